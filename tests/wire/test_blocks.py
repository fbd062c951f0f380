from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.wire.blocks import BlockCutter, Run

if TYPE_CHECKING:
    from collections.abc import Iterable

FOREIGN = 9
PROTOCOL_WORDS = [
    b"MSG a 1 5\r\nhello\r\n",
    b"HMSG a 1 12 17\r\nNATS/1.0\r\n\r\nhello\r\n",
    b"PING\r\n",
    b"-ERR 'Slow Consumer'\r\n",
    b"\r\n",
    b"\n",
    b"MSG a 1 5\r\n",
]
LINES = [
    b"PING\r\n",
    b"PONG\r\n",
    b"+OK\r\n",
    b"-ERR 'Permissions Violation for Publish to \"MSG a 1 5\"'\r\n",
    b'INFO {"server_id":"N","connect_urls":["127.0.0.1:1"]}\r\n',
]


@dataclass(frozen=True)
class Sent:
    """One thing that a server sends, and what must come out of it"""

    data: bytes
    number: int | None = None
    subject: str = ""
    reply: str = ""
    header_block: bytes = b""
    payload: bytes = b""

    @property
    def expected(self) -> tuple[object, ...]:
        if self.number is None or self.number == FOREIGN:
            return ("line", self.data)
        return (self.number, self.subject, self.reply, self.header_block, self.payload)


def message(number: int, subject: str, reply: str, header_block: bytes, payload: bytes) -> Sent:
    words = [subject, str(number), *([reply] if reply else [])]
    sizes = [str(len(header_block) + len(payload))]
    if header_block:
        sizes.insert(0, str(len(header_block)))
    line = " ".join(["HMSG" if header_block else "MSG", *words, *sizes]).encode()
    data = line + b"\r\n" + header_block + payload + b"\r\n"
    return Sent(data, number, subject, reply, header_block, payload)


payloads = st.one_of(
    st.binary(max_size=40),
    st.lists(st.sampled_from(PROTOCOL_WORDS), max_size=4).map(b"".join),
    st.sampled_from([b"x" * 5, b"y" * 5, b"z" * 3000]),
)
header_blocks = st.sampled_from(
    [b"", b"", b"", b"NATS/1.0\r\nA: 1\r\n\r\n", b"NATS/1.0 503\r\n\r\n"]
)
messages = st.builds(
    message,
    st.sampled_from([1, 1, 1, 2, FOREIGN]),
    st.sampled_from(["a", "a", "orders.new", "blå"]),
    st.sampled_from(["", "", "", "_INBOX.x.1", "5", "17"]),
    header_blocks,
    payloads,
)
streams = st.lists(st.one_of(messages, messages, st.sampled_from(LINES).map(Sent)), max_size=40)


def cut_all(blocks: Iterable[bytes]) -> list[tuple[object, ...]]:
    """Cut a stream, and return each message and the bytes of everything else in order"""
    cutter = BlockCutter(lambda number: None if number == FOREIGN else number)
    found: list[tuple[object, ...]] = []
    for block in blocks:
        for piece in cutter.cut(block):
            if isinstance(piece, Run):
                columns = zip(piece.envelopes, piece.payloads, strict=True)
                found += [
                    (piece.receiver, each.subject, each.reply, each.header_block, payload)
                    for each, payload in columns
                ]
            else:
                found.append(("line", piece))
    return found


def with_lines_joined(found: Iterable[tuple[object, ...]]) -> list[tuple[object, ...]]:
    joined: list[tuple[object, ...]] = []
    for each in found:
        if each[0] == "line" and joined and joined[-1][0] == "line":
            _, before = joined.pop()
            assert isinstance(before, bytes)
            assert isinstance(each[1], bytes)
            joined.append(("line", before + each[1]))
        else:
            joined.append(each)
    return joined


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    ends = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[begin:end] for begin, end in pairwise(ends)]


@given(streams, st.lists(st.integers(0, 1 << 20), max_size=30))
def test_what_was_sent_comes_out_in_order_however_it_is_split(
    sent: list[Sent], cuts: list[int]
) -> None:
    data = b"".join(each.data for each in sent)
    found = cut_all(split(data, cuts))
    assert with_lines_joined(found) == with_lines_joined(each.expected for each in sent)


ALIKE = [b"x" * 20, b"\r\nMSG a 1 20\r\nyyyyyy", b"yyyyyy\r\nMSG a 1 20\r\n", b"\r\n" * 10]


@given(
    st.lists(st.tuples(st.sampled_from(ALIKE), st.integers(1, 120)), max_size=6),
    st.sampled_from([b"", b"PONG\r\n", b"MSG a 1 20\r\nbegun", b"MSG a 1 3\r\nabc\r\n"]),
    st.lists(st.integers(0, 1 << 16), max_size=3),
)
def test_long_runs_of_alike_messages_are_cut_where_they_end(
    runs: list[tuple[bytes, int]], behind: bytes, cuts: list[int]
) -> None:
    payloads = [payload for payload, times in runs for _ in range(times)]
    data = b"".join(b"MSG a 1 20\r\n" + payload + b"\r\n" for payload in payloads) + behind
    found = cut_all(split(data, cuts))
    assert [each[-1] for each in found if each[0] == 1][: len(payloads)] == payloads
    rest = [each[-1] for each in found][len(payloads) :]
    assert rest == {b"PONG\r\n": [b"PONG\r\n"], b"MSG a 1 3\r\nabc\r\n": [b"abc"]}.get(behind, [])


INTERRUPTIONS = [
    message(1, "b", "", b"", b"x" * 20),
    message(2, "a", "", b"", b"x" * 20),
    message(1, "a", "", b"", b"y" * 9),
    message(1, "a", "r", b"", b"y" * 20),
    message(FOREIGN, "a", "", b"", b"x" * 20),
]


@given(
    st.lists(st.tuples(st.integers(1, 120), st.sampled_from(INTERRUPTIONS)), max_size=5),
    st.lists(st.integers(0, 1 << 16), max_size=3),
)
def test_an_odd_message_between_many_alike_stays_in_its_place(
    runs: list[tuple[int, Sent]], cuts: list[int]
) -> None:
    alike = message(1, "a", "", b"", b"x" * 20)
    sent = [each for times, odd in runs for each in [*[alike] * times, odd]]
    found = cut_all(split(b"".join(each.data for each in sent), cuts))
    assert with_lines_joined(found) == with_lines_joined(each.expected for each in sent)


def test_alike_messages_may_be_split_anywhere() -> None:
    data = b"MSG a 1 3\r\nabc\r\n" * 4
    whole = cut_all([data])
    assert [each[-1] for each in whole] == [b"abc"] * 4
    for first in range(len(data)):
        for second in range(first, len(data)):
            assert cut_all([data[:first], data[first:second], data[second:]]) == whole


@given(streams)
def test_single_bytes_come_out_the_same(sent: list[Sent]) -> None:
    data = b"".join(each.data for each in sent)
    found = cut_all(data[at : at + 1] for at in range(len(data)))
    assert with_lines_joined(found) == with_lines_joined(each.expected for each in sent)


@given(streams)
def test_lines_are_handed_on_whole(sent: list[Sent]) -> None:
    data = b"".join(each.data for each in sent)
    for kind, *rest in cut_all([data]):
        if kind == "line":
            assert isinstance(rest[0], bytes)
            assert rest[0].endswith(b"\r\n")


def test_what_stands_behind_a_pong_is_not_handed_on_with_it() -> None:
    data = b"MSG a 1 1\r\nx\r\nPONG\r\nMSG a 1 1\r\ny\r\n"
    assert [each[-1] for each in cut_all([data])] == [b"x", b"PONG\r\n", b"y"]


@pytest.mark.parametrize("line", [b"MSG a 1\r\n", b"MSG a x 5\r\n", b"MSG\r\n", b"HMSG a 1 5\r\n"])
def test_a_broken_control_line_is_left_to_the_other_parser(line: bytes) -> None:
    assert cut_all([line]) == [("line", line)]


def test_receivers_are_asked_for_again_when_subscriptions_changed() -> None:
    known = {1}
    cutter = BlockCutter(lambda number: number if number in known else None)
    data = b"MSG a 1 1\r\nx\r\n"
    assert isinstance(next(cutter.cut(data)), Run)
    known.clear()
    cutter.forget_receivers()
    assert next(cutter.cut(data)) == data


def test_a_new_stream_begins_after_a_reset() -> None:
    cutter = BlockCutter(lambda number: number)
    assert not list(cutter.cut(b"MSG a 1 500\r\nbegun"))
    cutter.reset()
    assert list(cutter.cut(b"PING\r\n")) == [b"PING\r\n"]


def test_many_different_lines_are_not_all_kept() -> None:
    cutter = BlockCutter(lambda number: number)
    for number in range(5000):
        assert list(cutter.cut(b"MSG a.%d 1 0\r\n\r\n" % number))
    assert len(cutter._known) <= 1024  # noqa: SLF001 - memory that nothing else shows
