"""`pub --template`: placeholders in a payload, only where the user asks for them"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from iterapp_nats.errors import InputError

NAMES: Final = ("count", "id", "time", "unix")
_PLACEHOLDER: Final = re.compile(rb"\{\{\s*([^{}]*?)\s*\}\}")


def render_template(template: bytes, *, count: int, now_s: float, entropy: bytes) -> bytes:
    """Replace `{{count}}`, `{{id}}`, `{{time}}` and `{{unix}}`

    `count` is the number of the message, from 1; `id` is `entropy` in hexadecimal; `time` is
    RFC 3339 in UTC, `unix` seconds.

    Raises:
        InputError: `template-unknown`, for any other name

    """
    values = {
        b"count": str(count),
        b"id": entropy.hex(),
        b"time": datetime.fromtimestamp(now_s, UTC).isoformat().replace("+00:00", "Z"),
        b"unix": str(int(now_s)),
    }

    def replace(found: re.Match[bytes]) -> bytes:
        if (value := values.get(found[1])) is None:
            raise _unknown(found[1].decode(errors="replace"))
        return value.encode()

    return _PLACEHOLDER.sub(replace, template)


def _unknown(name: str) -> InputError:
    return InputError(
        "template-unknown",
        f"unknown placeholder {{{{{name}}}}}",
        hints=(f"known are {', '.join(NAMES)}; without --template nothing is replaced",),
        context={"placeholder": name},
    )
