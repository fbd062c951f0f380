from __future__ import annotations

import pytest

from iterapp_nats.manifest.check import check_manifest
from iterapp_nats.manifest.source import ManifestSource


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('[env.prod]\nKEY = "{ encrypted = "x" }"', (2, 7), "quotes round an inline table"),
        ("name = my-app", (1, 8), "a string without quotes"),
        ("port = 1\nname = two words # why", (2, 8), "a string without quotes"),
        ('name = "app', (1, 8), "a string is not closed"),
        ("name = 'app\nport = 1", (1, 8), "a string is not closed"),
        ('name = "an "old" app"', (1, 13), "something stands behind a string"),
        ('path = "C:\\data"', (1, 11), "a backslash in double quotes begins an escape"),
        ("name = \u201capp\u201d", (1, 8), "curly quotes are no quotes in TOML"),
        ("nats: {}", (1, 5), "this looks like YAML, not TOML"),
        ("env:\n  prod:\n    A: b", (1, 4), "this looks like YAML, not TOML"),
        ("---\nport: 80", (1, 1), "this looks like YAML, not TOML"),
        ('{ "port": 80 }', (1, 1), "this looks like JSON, not TOML"),
        ("; a comment", (1, 1), "a semicolon begins a comment in INI, not in TOML"),
        ("// a comment", (1, 1), "// begins no comment in TOML"),
        ("[nats", (1, 1), "a header is not closed"),
        ("[[nats]", (1, 1), "a header opens with [[ and closes with ]"),
        ("[nats.]", (1, 1), "a header has an empty name"),
        ("[]", (1, 1), "a header has an empty name"),
        ("[nats] on", (1, 8), "something stands behind a header"),
        ("flag = True", (1, 8), "a boolean is not written like that"),
        ("flag = null", (1, 8), "TOML has no empty value"),
        ("port = 0080", (1, 8), "a number begins with 0"),
        ("port =", (1, 7), "a key has no value"),
        ("port", (1, 1), "a name stands alone"),
        ("<<<<<<< HEAD\nport = 1", (1, 1), "a merge conflict is not resolved"),
        ("port = 1\rname = 'a'\r", (1, 9), "a line ends with a carriage return alone"),
        ("port = 1\nname = a\r", (2, 9), "a line ends with a carriage return alone"),
        ("port = 1\0", (1, 9), "the invisible character U+0000 cannot stand here"),
        ("[nats\u00a0]", (1, 6), "the invisible character U+00A0 cannot stand here"),
        ("[n\u0430ts]", (1, 3), "the character U+0430 cannot stand here without quotes"),
        ('a = 1\nb = """\nc', (2, 5), "a multi-line string is not closed"),
        (
            "a = [\n  'b'\n  'c'\n]",
            (1, 5),
            "an array is not closed, or lacks a comma between two elements",
        ),
        ("a = { b = 1", (1, 12), "invalid TOML: unclosed inline table"),
        ("a = { b = 1, b = 2 }", (1, 14), "a.b is defined twice, first in line 1"),
        ("a.b = 1\na = 2", (2, 1), "a contradicts a.b in line 1"),
        ("x = " + "[" * 600, (1, 1), "invalid TOML: nested too deep"),
    ],
)
def test_a_slip_is_named_by_its_intent_at_its_place(
    text: str, place: tuple[int, int], message: str
) -> None:
    (finding,) = check_manifest(ManifestSource("iterapp.toml", text.encode())).findings
    start = finding.span.start
    assert (finding.message, (start.line, start.column)) == (message, place)
