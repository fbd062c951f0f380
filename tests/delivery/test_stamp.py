from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.delivery.sequences import Origin
from iterapp_nats.delivery.stamp import MIN_BYTES, Stamp, parse_stamp, render_stamp

SHORT, LONG = st.integers(0, 2**16 - 1), st.integers(0, 2**63 - 1)
STAMPS = st.builds(Stamp, st.builds(Origin, SHORT, SHORT), LONG, LONG)


@given(STAMPS, st.integers(MIN_BYTES, 500))
def test_stamp_comes_back_from_a_payload_of_the_wanted_size(stamp: Stamp, size: int) -> None:
    payload = render_stamp(stamp, size)
    assert len(payload) == size
    assert parse_stamp(payload) == stamp


@given(st.binary(max_size=60))
def test_other_payloads_are_no_stamps(payload: bytes) -> None:
    assert parse_stamp(payload) is None
