from __future__ import annotations

import tomllib
from random import Random
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.manifest.document import parse_manifest
from iterapp_nats.manifest.scanner import scan
from tests.manifest.samples import SAMPLES, mutate

if TYPE_CHECKING:
    from iterapp_nats.manifest.findings import KeyPath, Span
    from iterapp_nats.manifest.positions import Layout


def leaf_paths(value: object, path: KeyPath = ()) -> dict[KeyPath, object]:
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    else:
        return {path: value}
    return {
        leaf: inner
        for name, part in items
        for leaf, inner in leaf_paths(part, (*path, name)).items()
    }


def read_leaves(layout: Layout) -> dict[KeyPath, object]:
    def value_at(start: int, end: int) -> object:
        return tomllib.loads(f"v = {layout.text[start:end]}", parse_float=str)["v"]

    return {leaf.path: value_at(leaf.extent.start, leaf.extent.end) for leaf in layout.leaves}


@pytest.mark.parametrize("text", SAMPLES)
def test_each_value_stands_where_the_scanner_says(text: str) -> None:
    check_leaves(text)


def test_each_value_of_valid_mutants_stands_where_the_scanner_says() -> None:
    random = Random(7)  # noqa: S311 - test data that must be the same each time
    texts = [mutate(random, random.choice(SAMPLES)) for _ in range(8_000)]
    valid = [text for text in texts if parse_manifest(text).failure is None]
    assert len(valid) > 500
    for text in valid:
        check_leaves(text)


def check_leaves(text: str) -> None:
    manifest = parse_manifest(text)
    if manifest.failure is None:
        expected = leaf_paths(tomllib.loads(text, parse_float=str))
        assert read_leaves(manifest.layout) == expected


def places(span: Span) -> tuple[int, int, int, int]:
    return span.start.line, span.start.column, span.end.line, span.end.column


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("[nats]", ("nats",), (1, 2, 1, 6)),
        ("a = 1\r\n\r\n  [ nats ]\r\n", ("nats",), (3, 5, 3, 9)),
        ('["nats"]', ("nats",), (1, 2, 1, 8)),
        ('["\\u006eats"]', ("nats",), (1, 2, 1, 13)),
        ("nats . x = 1", ("nats", "x"), (1, 8, 1, 9)),
        ("[nats.x]\n[nats]", ("nats",), (1, 2, 1, 6)),
        ('emoji = "\U0001f468\u200d\U0001f680" # \u00e6\n[nats]', ("nats",), (2, 2, 2, 6)),
        ('emoji = { a = "\U0001f468", nats = 1 }', ("emoji", "nats"), (1, 20, 1, 24)),
        ("[[a]]\n[[a]]\nb = 1", ("a", 1, "b"), (3, 1, 3, 2)),
        ("[[a]]\n[a.c]\n[[a]]\n[a.c]\nb = 1", ("a", 1, "c", "b"), (5, 1, 5, 2)),
        ("[[nats]]", ("nats",), (1, 3, 1, 7)),
        ("a = 1", ("b",), (1, 1, 1, 1)),
    ],
)
def test_a_key_is_found(text: str, path: KeyPath, expected: tuple[int, ...]) -> None:
    assert places(scan(text).key_span(path)) == expected


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("a = 12", ("a",), (1, 5, 1, 7)),
        ("a = [\n  'x',\n  'yy' ]", ("a", 1), (3, 3, 3, 7)),
        ("a = [\n  'x' ]", ("a",), (1, 5, 2, 8)),
        ('a = """\nb\n""""', ("a",), (1, 5, 3, 5)),
        ("[t]", ("t",), (1, 2, 1, 3)),
    ],
)
def test_a_value_is_found(text: str, path: KeyPath, expected: tuple[int, ...]) -> None:
    assert places(scan(text).value_span(path)) == expected


def test_columns_of_the_first_line_do_not_count_a_byte_order_mark() -> None:
    manifest = parse_manifest("\ufeff[nats]".encode())
    assert places(manifest.layout.key_span(("nats",))) == (1, 2, 1, 6)


def test_a_comment_is_told_from_a_hash_in_a_string() -> None:
    layout = scan("a = \"# no\" # yes\n# too\nb = '''\n# no\n'''\n")
    assert [layout.text[c.start : c.end] for c in layout.comments] == ["# yes", "# too"]


def test_what_stands_before_a_syntax_error_is_kept() -> None:
    layout = scan("a = 1\n[b]\nc = = 2")
    assert [entry.path for entry in layout.entries] == [("a",), ("b",)]
    assert layout.stopped_at == len("a = 1\n[b]\nc = ")


def test_a_path_without_end_is_not_followed_to_its_end() -> None:
    text = "a = " + f"{{ b{'.b' * 90} = " * 2 + "1 } }"
    assert parse_manifest(text).failure is None
    assert scan(text).stopped_at is not None


@pytest.mark.parametrize("text", ["x = " + "[" * 3000, "x = " + "{a=" * 3000])
def test_nesting_without_end_is_not_followed_without_end(text: str) -> None:
    assert scan(text).stopped_at is not None
