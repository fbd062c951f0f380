from __future__ import annotations

import pytest

from iterapp_nats.errors import InputError
from iterapp_nats.template import render_template


def render(template: bytes) -> bytes:
    return render_template(template, count=7, now_s=1_700_000_000.5, entropy=b"\x01\xff")


def test_known_placeholders_are_replaced() -> None:
    template = b"{{count}} {{ id }} {{unix}} {{time}}"
    assert render(template) == b"7 01ff 1700000000 2023-11-14T22:13:20.500000Z"


@pytest.mark.parametrize("text", [b"", b"plain", b"{ count }", b"\xff{count}", b'{"a": {"b": 1}}'])
def test_all_other_bytes_stay(text: bytes) -> None:
    assert render(text) == text


def test_unknown_placeholder_is_named() -> None:
    with pytest.raises(InputError, match=r"\{\{counter\}\}"):
        render(b"{{counter}}")
