"""Real tools that a test needs: found, or the test is skipped, which `conftest.py` fails in CI"""

from __future__ import annotations

import os
import shutil

import pytest


def require_tool(name: str) -> str:
    """Return the path of an executable"""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def require_file(path: str, *, of: str) -> str:
    """Return `path` of a program that stands outside PATH; `of` names what brings it"""
    if not os.access(path, os.X_OK):
        pytest.skip(f"{of} is not installed: {path} is missing")
    return path
