"""A report of our own bug, without any value that the user gave"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from typing import TYPE_CHECKING

from iterapp_nats import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence


def save_crash_report(error: BaseException, words: Sequence[str]) -> str:
    """Write the report, 0600, to the system's temporary folder and return its path

    It names types and places of the chain of exceptions, never their texts: those may quote
    creds or a payload.
    """
    try:
        descriptor, path = tempfile.mkstemp(prefix="iterapp-nats-crash-", suffix=".txt")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(render_crash_report(error, words))
    except OSError:
        return "(which could not be written)"
    return path


def render_crash_report(error: BaseException, words: Sequence[str]) -> str:
    """Return the text of a crash report"""
    lines = [
        f"iterapp-nats {__version__}, Python {platform.python_version()}, {sys.platform}",
        f"command: {' '.join(words)}",
    ]
    cause: BaseException | None = error
    while cause:
        lines += ["", f"{type(cause).__module__}.{type(cause).__qualname__}"]
        lines += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(cause.__traceback__, limit=-40)
        ]
        cause = cause.__cause__ or cause.__context__
    return "\n".join(lines) + "\n"
