"""The log and what is added to it"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev.logs import follow_lines, read_last_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "nats.log"


def next_lines(following: Iterator[str | None]) -> list[str]:
    """Return what one look at the log yields"""
    lines = []
    while (line := next(following)) is not None:
        lines.append(line)
    return lines


def add(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


@pytest.mark.parametrize(
    ("count", "lines"), [(None, ["a", "b", "c"]), (0, []), (2, ["b", "c"]), (9, ["a", "b", "c"])]
)
def test_last_lines_are_as_many_as_asked_for(
    count: int | None, lines: list[str], log: Path
) -> None:
    log.write_text("a\nb\nc\n")
    assert read_last_lines([log], count) == lines


def test_missing_log_has_no_lines(log: Path) -> None:
    assert read_last_lines([log], None) == []


def test_bytes_that_are_no_text_are_shown_as_such(log: Path) -> None:
    log.write_bytes(b"a\xff\n")
    assert read_last_lines([log], None) == ["a\N{REPLACEMENT CHARACTER}"]


def test_debug_lines_are_shown_to_who_asks(log: Path) -> None:
    log.write_text("[1] 2026/01/01 00:00:00 [DBG] why\n[1] 2026/01/01 00:00:00 [ERR] what\n")
    assert len(read_last_lines([log], None)) == 1
    assert len(read_last_lines([log], None, with_debug=True)) == 2
    assert next_lines(follow_lines([log], None, with_debug=True))[0].endswith("why")


def test_following_begins_with_the_last_lines(log: Path) -> None:
    log.write_text("a\nb\n")
    following = follow_lines([log], 1)
    assert next_lines(following) == ["b"]
    assert next_lines(following) == []
    add(log, "c\nd\n")
    assert next_lines(following) == ["c", "d"]


def test_half_a_line_waits_for_its_rest(log: Path) -> None:
    log.write_text("a\nhal")
    following = follow_lines([log], None)
    assert next_lines(following) == ["a"]
    add(log, "f\n")
    assert next_lines(following) == ["half"]


def test_following_waits_for_the_first_log(log: Path) -> None:
    following = follow_lines([log], None)
    assert next_lines(following) == []
    log.write_text("a\n")
    assert next_lines(following) == ["a"]


def test_rotation_loses_no_line(log: Path) -> None:
    log.write_text("a\n")
    following = follow_lines([log], None)
    assert next_lines(following) == ["a"]
    add(log, "b\n")
    log.rename(log.with_suffix(".1"))
    log.write_text("c\n")
    assert next_lines(following) == ["b", "c"]


def test_log_that_is_gone_is_followed_until_it_is_back(log: Path) -> None:
    log.write_text("a\n")
    following = follow_lines([log], 0)
    assert next_lines(following) == []
    log.unlink()
    assert next_lines(following) == []
    log.write_text("a\nb\n")
    assert next_lines(following) == ["a", "b"]


@pytest.fixture
def logs(tmp_path: Path) -> list[Path]:
    """Logs of two nodes, with a trace that has no date of its own"""
    paths = [tmp_path / "first.log", tmp_path / "second.log"]
    add(paths[0], "[1] 2026/01/01 00:00:00.1 [INF] a\ngoroutine 1\n")
    add(paths[0], "[1] 2026/01/01 00:00:02 [INF] c\n")
    add(paths[1], "[2] 2026/01/01 00:00:01 [INF] b\n[2] 2026/01/01 00:00:03 [INF] d\n")
    return paths


def words(lines: list[str]) -> list[str]:
    return [f"{line[:6]} {line.rpartition(' ')[2]}" for line in lines]


def test_logs_of_several_nodes_are_in_the_order_of_time(logs: list[Path]) -> None:
    found = read_last_lines(logs, None)
    assert words(found) == [
        "node 1 a",
        "node 1 1",
        "node 2 b",
        "node 1 c",
        "node 2 d",
    ]
    assert found[1] == "node 1  goroutine 1"
    assert words(read_last_lines(logs, 2)) == ["node 1 c", "node 2 d"]


def test_logs_of_several_nodes_are_followed(logs: list[Path]) -> None:
    following = follow_lines(logs, 1)
    assert words(next_lines(following)) == ["node 2 d"]
    add(logs[1], "[2] 2026/01/01 00:00:05 [INF] f\n")
    add(logs[0], "[1] 2026/01/01 00:00:04 [INF] e\n")
    assert words(next_lines(following)) == ["node 1 e", "node 2 f"]
