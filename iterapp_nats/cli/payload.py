"""The payload of a message: an argument of the command line, or what stands on stdin"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from iterapp_nats.errors import InputError

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context

STDIN: Final = "-"
PayloadArgument = Annotated[
    str | None, typer.Argument(help="Payload; - or nothing reads stdin", show_default=False)
]


def payload_source(
    context: Context, argument: str | None, *, streams: bool = False
) -> bytes | None:
    """Return the payload of the command line, None when stdin is to be read

    Raises:
        InputError: `payload-missing`, `usage`

    """
    if streams and argument not in (None, STDIN):
        raise InputError("usage", "a payload argument and --lines exclude each other")
    if argument is not None and argument != STDIN:
        # Bytes of the command line that are not UTF-8 arrive as surrogates: send what was typed.
        return argument.encode("utf-8", "surrogateescape")
    if argument is None and not streams and context.stdin.isatty():
        raise InputError(
            "payload-missing",
            "no payload: give it as an argument or on stdin",
            hints=('send an empty message with "" as the payload',),
        )
    return None
