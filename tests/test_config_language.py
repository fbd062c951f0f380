"""The configuration language: what stands in a text, as the real server reads it"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.config_language import ConfigUnreadable, parse_config
from tests.support.servers import server_binary

if TYPE_CHECKING:
    from pathlib import Path

KEYS = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
VALUES = st.recursive(
    st.integers(0, 99).map(str) | st.from_regex(r'"[a-z #/:{}]{0,9}"', fullmatch=True),
    lambda inner: st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
)
SAMPLE = """\
# a comment { with signs }
debug: false   // another
Max_Payload = 2MB; "write_deadline" '10s'
mappings {
  foo: [ { destination: bar, weight: 50% }, {destination: "b # }", weight: 50%}, ]
  inner { deep: { x = 1 } }
}
server_tags ["a:b", 'c'],
text (
any } thing (
)
http: 127.0.0.1:8222
"""


def test_keys_places_and_values_of_every_form() -> None:
    entries = {entry.key: entry for entry in parse_config(SAMPLE)}
    assert list(entries) == [
        "debug", "max_payload", "write_deadline", "mappings", "server_tags", "text", "http",
    ]  # fmt: skip
    assert (entries["max_payload"].line, entries["max_payload"].column) == (3, 1)
    assert (entries["write_deadline"].line, entries["write_deadline"].column) == (3, 20)
    assert entries["write_deadline"].text == "10s"
    assert entries["http"].text == "127.0.0.1:8222"
    children = entries["mappings"].children
    assert children
    assert [child.key for child in children] == ["foo", "inner"]
    assert SAMPLE[entries["mappings"].inside - 1] == "{"


@given(st.dictionaries(KEYS, VALUES | st.dictionaries(KEYS, VALUES, max_size=3), max_size=4))
def test_keys_of_any_configuration_are_found(settings: dict[str, str | dict[str, str]]) -> None:
    assert _keys(parse_config(_render(settings))) == _keys_of(settings)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: 1\n}", 2, 1),
        ("a {\n b: 1\n", 3, 1),
        ('a: "open', 1, 4),
        ("a: 'open", 1, 4),
        ("a: [1, 2", 1, 9),
        ("a: (\nopen", 1, 4),
        ("a:", 1, 3),
        ("= 3", 1, 1),
        ("a {" * 99, 1, 196),
        ("a: " + "[" * 99, 1, 70),
    ],
)
def test_what_cannot_be_read_is_placed(text: str, line: int, column: int) -> None:
    with pytest.raises(ConfigUnreadable) as caught:
        parse_config(text)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_server_reads_the_same_keys(tmp_path: Path) -> None:
    """It names the first key that it does not know: each of ours in its turn"""
    config = tmp_path / "server.conf"
    config.write_text(SAMPLE.replace("server_tags", "unknown_1").replace("text", "debug_2"))
    ended = subprocess.run(
        [server_binary(), "-t", "-c", config], capture_output=True, text=True, check=False
    )
    entries = {entry.key: entry for entry in parse_config(config.read_text())}
    unknown = [name for name in ("unknown_1", "debug_2") if f'"{name}"' in ended.stderr]
    assert unknown, ended.stderr
    for name in unknown:
        assert f":{entries[name].line}:" in ended.stderr


def _render(settings: dict[str, str | dict[str, str]]) -> str:
    lines = []
    for key, value in settings.items():
        text = f"{{\n{_render({**value})}\n}}" if isinstance(value, dict) else value
        lines.append(f"{key}: {text}")
    return "\n".join(lines)


def _keys(entries: object) -> object:
    assert isinstance(entries, tuple)
    return {e.key: _keys(e.children) if e.children is not None else None for e in entries}


def _keys_of(settings: dict[str, str | dict[str, str]]) -> object:
    return {
        key: _keys_of({**value}) if isinstance(value, dict) else None
        for key, value in settings.items()
    }
