"""Real tools that a test needs: found, or the test is skipped; in CI a missing one is a failure"""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def require_tool(name: str) -> str:
    """Return the path of an executable; skip without it, fail where CI is `true`"""
    path = shutil.which(name)
    if path is None:
        _miss(f"{name} is not installed")
    return path


def require_file(path: str, tool: str) -> str:
    """Return `path` of a program that stands outside PATH; `tool` names what brings it"""
    if not os.access(path, os.X_OK):
        _miss(f"{tool} is not installed: {path} is missing")
    return path


def _miss(reason: str) -> NoReturn:
    ci = os.environ.get("CI")  # noqa: TID251 - a test has no injected environ
    if ci == "true":
        pytest.fail(reason)
    pytest.skip(reason)
