from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.headers import parse_header_block, render_header_block
from iterapp_nats.wire.blocks import Envelope
from iterapp_nats.wire.frames import join_frames

payloads = st.lists(
    st.one_of(st.binary(max_size=30), st.just(b"PUB a 5\r\n"), st.just(b"\r\n")), min_size=1
)
envelopes = st.builds(
    Envelope,
    st.sampled_from(["a", "orders.new", "blå"]),
    st.sampled_from(["", "_INBOX.1"]),
    st.sampled_from([b"", render_header_block((("A", "1"), ("A", "2")))]),
)


def read_frames(frames: bytes) -> list[tuple[str, str, bytes, bytes]]:
    """Read frames one at a time, as a server does"""
    read = []
    while frames:
        line, _, rest = frames.partition(b"\r\n")
        verb, subject, *between, last = line.decode().split(" ")
        header_size = int(between.pop()) if verb == "HPUB" else 0
        reply = between.pop() if between else ""
        size = int(last)
        assert rest[size : size + 2] == b"\r\n"
        read.append((subject, reply, rest[:header_size], rest[header_size:size]))
        frames = rest[size + 2 :]
    return read


@given(envelopes, payloads)
def test_a_server_reads_what_was_joined(envelope: Envelope, sent: list[bytes]) -> None:
    around = (envelope.subject, envelope.reply, envelope.header_block)
    assert read_frames(join_frames(envelope, sent)) == [(*around, each) for each in sent]


def test_a_frame_is_written_as_the_protocol_wants_it() -> None:
    assert join_frames(Envelope("a"), [b"hello"]) == b"PUB a 5\r\nhello\r\n"
    assert join_frames(Envelope("a", "r"), [b"", b"x"]) == b"PUB a r 0\r\n\r\nPUB a r 1\r\nx\r\n"
    header_block = render_header_block((("A", "1"),))
    assert header_block == b"NATS/1.0\r\nA: 1\r\n\r\n"
    assert join_frames(Envelope("a", "", header_block), [b"x"]) == (
        b"HPUB a 18 19\r\nNATS/1.0\r\nA: 1\r\n\r\nx\r\n"
    )


names = st.from_regex(r"[A-Za-z-]{1,10}", fullmatch=True)
values = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=10)


@given(st.lists(st.tuples(names, values), min_size=1))
def test_a_header_block_is_read_as_it_was_written(pairs: list[tuple[str, str]]) -> None:
    assert parse_header_block(render_header_block(tuple(pairs))) == tuple(pairs)


def test_a_status_of_the_server_becomes_headers() -> None:
    assert parse_header_block(b"NATS/1.0 503\r\n\r\n") == (("Status", "503"),)
    assert parse_header_block(b"NATS/1.0 100 Idle Heartbeat\r\nA: 1\r\n\r\n") == (
        ("Status", "100"),
        ("Description", "Idle Heartbeat"),
        ("A", "1"),
    )
