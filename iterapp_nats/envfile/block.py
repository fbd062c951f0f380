"""Our marked block within a file that belongs to somebody else"""

from __future__ import annotations

import re
from typing import Final

from iterapp_nats.errors import InputError

BEGIN: Final = "# >>> iterapp-nats >>>"
END: Final = "# <<< iterapp-nats <<<"
_MARKER: Final = re.compile(
    rf"^({re.escape(BEGIN)}|{re.escape(END)})[ \t]*\r?(?:\n|\Z)", re.MULTILINE
)


def update_block(old_text: str, block_text: str) -> str:
    """Return `old_text` with our block set to `block_text`; every other character stays

    The block is appended when there is none. Only for a consumer with `takes_block`. Read and write
    the file without newline translation.

    Raises:
        InputError: `env-block-damaged`, when the markers are not one BEGIN and one END after it

    """
    block = f"{BEGIN}\n{_ended(block_text)}{END}\n"
    markers = list(_MARKER.finditer(old_text))
    match [marker[1] for marker in markers]:
        case []:
            return _ended(old_text) + block
        case [first, second] if (first, second) == (BEGIN, END):
            return old_text[: markers[0].start()] + block + old_text[markers[1].end() :]
        case _:
            raise _damaged(old_text.count("\n", 0, markers[0].start()) + 1)


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _damaged(line: int) -> InputError:
    return InputError(
        "env-block-damaged",
        f"the markers of the iterapp-nats block from line {line} on do not match",
        hints=(f"remove the lines {BEGIN} and {END} and what we wrote between them",),
        context={"line": str(line)},
    )
