from __future__ import annotations

import pytest

from iterapp_nats.cli.views.table import (
    plural,
    render_age,
    render_bytes,
    render_rate,
    render_server,
    render_table,
)


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert list(render_table([("A", "LONG"), ("wide", "x")])) == ["A     LONG", "wide  x"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "-"), (0.4, "0 s"), (59.4, "59 s"), (90, "2 min"), (7200, "2 h"), (200_000, "2 d")],
)
def test_age_is_in_its_largest_unit(seconds: float | None, text: str) -> None:
    assert render_age(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (1023, "1023 B"), (2048, "2 KiB"), (5 << 30, "5.0 GiB")]
)
def test_bytes_are_in_their_largest_unit(count: int, text: str) -> None:
    assert render_bytes(count) == text


@pytest.mark.parametrize(
    ("rate", "text"), [(0, "0/s"), (0.25, "0.2/s"), (42.4, "42/s"), (12_345, "12.3k/s")]
)
def test_rate_has_the_digits_that_matter(rate: float, text: str) -> None:
    assert render_rate(rate) == text


def test_key_in_place_of_a_server_name_is_cut() -> None:
    assert render_server("n0") == "n0"
    assert render_server("N" + "A" * 55) == "NAAAAAAA"


def test_plural() -> None:
    assert (plural(1, "server"), plural(2, "server")) == ("1 server", "2 servers")
