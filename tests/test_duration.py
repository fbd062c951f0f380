from __future__ import annotations

import pytest

from iterapp_nats.duration import parse_duration
from iterapp_nats.errors import InputError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5s", 5), ("200ms", 0.2), ("2m", 120), ("1h", 3600), ("1.5", 1.5), (".5s", 0.5), ("0", 0)],
)
def test_duration_is_read_as_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "s", "-1s", "1d", "1 s", "1e3", "inf", "nan", "1s2"])
def test_anything_else_is_named(text: str) -> None:
    with pytest.raises(InputError, match="invalid duration") as caught:
        parse_duration(text)
    assert caught.value.context["duration"] == text
