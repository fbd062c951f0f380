from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.errors import InputError
from iterapp_nats.headers import parse_header, parse_headers, require_header

NAMES = st.from_regex(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20}", fullmatch=True)
VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"))


@given(NAMES, VALUES.map(str.strip))
def test_what_was_written_is_read(name: str, value: str) -> None:
    assert parse_header(f"{name}:{value}") == (name, value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Trace:7", ("Trace", "7")),
        ("Trace: 7", ("Trace", "7")),
        (" Trace :\t7 ", ("Trace", "7")),
        ("Trace:", ("Trace", "")),
        ("Link: http://example.com:80/a", ("Link", "http://example.com:80/a")),
        ("X-Name:blå bær", ("X-Name", "blå bær")),
    ],
)
def test_a_header_is_split_at_its_first_colon(text: str, expected: tuple[str, str]) -> None:
    assert parse_header(text) == expected


def test_order_and_repeated_names_are_kept() -> None:
    assert parse_headers(["b:1", "a:2", "b:3"]) == (("b", "1"), ("a", "2"), ("b", "3"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Trace", "colon is missing"),
        ("", "colon is missing"),
        (":7", "the name needs"),
        ("A b:7", "the name needs"),
        ("blå:7", "the name needs"),
        ("Trace:a\nInjected:b", "one line"),
        ("Trace:a\rb", "one line"),
        ("Trace:\udcff", "not UTF-8"),
    ],
)
def test_a_bad_header_is_named_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as raised:
        parse_header(text)
    assert raised.value.code == "header-invalid"
    assert raised.value.context == {"header": text}


@given(st.text(), st.text())
def test_no_accepted_header_can_end_its_line(name: str, value: str) -> None:
    try:
        accepted = require_header(name, value)
    except InputError:
        return
    assert not {"\r", "\n"} & set("".join(accepted))
    assert ":" not in accepted[0]
    "".join(accepted).encode()
