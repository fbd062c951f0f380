"""Fetching an image, with an eye on how far it is"""

from __future__ import annotations

import os
import select
import subprocess
import time
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.engines.trouble import image_missing, tool_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iterapp_nats.dev.engines.engine import Engine

PATIENCE_S: Final = 600.0
_PIECE_BYTES: Final = 4096
_END_GRACE_S: Final = 0.5


def pull(
    engine: Engine, image: str, tell: Callable[[str], None], *, patience_s: float = PATIENCE_S
) -> None:
    """Fetch an image; `tell` hears every line of the tool meanwhile

    Raises:
        LocalServerError: `docker-image-missing`, also when it does not come within `patience_s`,
            and `docker-missing`

    """
    deadline, lines = time.monotonic() + patience_s, []
    try:
        process = subprocess.Popen(
            [*engine.prefix, "pull", image],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise tool_missing(engine.tool, error) from error
    try:
        for line in _read_lines(process, deadline):
            lines.append(line)
            tell(line)
        code = process.wait(max(0.0, deadline - time.monotonic()))
    except (TimeoutError, subprocess.TimeoutExpired) as error:
        said = f"it did not come within {patience_s:g} s"
        raise image_missing(engine.tool, image, said) from error
    finally:
        # An engine gives up what nobody waits for.
        _end(process)
    if code:
        raise image_missing(engine.tool, image, "\n".join(lines))


def _read_lines(process: subprocess.Popen[bytes], deadline: float) -> Iterator[str]:
    """Yield what a process says, as long as it has its output open"""
    stream, rest = process.stdout, b""
    while stream:
        ready, _, _ = select.select([stream], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        piece = os.read(stream.fileno(), _PIECE_BYTES)
        *lines, rest = (rest + (piece or b"\n")).split(b"\n")
        # A registry has a say in the words, and is to steer no terminal.
        texts = ("".join(filter(str.isprintable, line.decode(errors="replace"))) for line in lines)
        yield from (text for text in texts if text.strip())
        if not piece:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    # Asked first: sudo can tell it to the tool that it runs for us, which a kill cannot.
    process.terminate()
    try:
        process.wait(_END_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()
