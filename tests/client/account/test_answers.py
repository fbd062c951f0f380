from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.client.account.answers import Answer
from iterapp_nats.client.account.facts import read_connected, read_user_info

VALUES: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["cid", "name", "data", "rtt", "stop"]), inner)
    ),
)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1.849812ms", 0.001849812),
        ("151µs", 0.000151),
        ("1m2.5s", 62.5),
        ("2d3h", 183_600),
        ("1y2d", 31_708_800),
        ("0s", 0),
        ("", None),
        ("soon", None),
    ],
)
def test_durations_are_those_of_go(text: str, seconds: float | None) -> None:
    assert Answer({"x": text}).duration_s("x") == (
        None if seconds is None else pytest.approx(seconds)
    )


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-11-25T16:53:03.660840861Z", 1_795_625_583.66084),
        ("2026-11-25T16:53:03Z", 1_795_625_583),
        ("2026-11-25T17:53:03.5+01:00", 1_795_625_583.5),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times_have_nanoseconds(text: str, seconds: float | None) -> None:
    assert Answer({"x": text}).time_s("x") == (None if seconds is None else pytest.approx(seconds))


def test_text_cannot_steer_a_terminal() -> None:
    assert Answer({"x": "pod\x1b[2J\n"}).text("x") == "pod?[2J?"


def test_a_jwt_beside_a_connection_is_left_there() -> None:
    assert "eyJ" not in repr(read_connected(Answer({"cid": 1, "jwt": "eyJ.x.y"}), "n0"))


@given(VALUES)
def test_any_answer_is_read(value: object) -> None:
    answer = Answer.nested(value)
    assert isinstance(read_connected(answer, "n0").number, int)
    assert isinstance(read_user_info(answer, 0.0).account, str)


@given(st.binary())
def test_any_bytes_are_an_answer(payload: bytes) -> None:
    assert isinstance(Answer.of(payload).values, dict)
