from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret
from iterapp_nats.server_url import DEFAULT_PORT, ServerUrl, parse_server_urls

LOGINS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(Secret)
HOSTS = st.sampled_from(["127.0.0.1", "nats.example.com", "::1", "localhost"])
URLS = st.builds(
    ServerUrl,
    st.sampled_from(["nats", "tls"]),
    HOSTS,
    st.integers(1, 65535),
    LOGINS,
    st.none() | LOGINS,
)


@given(URLS)
def test_a_revealed_address_is_read_back(url: ServerUrl) -> None:
    assert parse_server_urls(url.reveal()) == (url,)


@given(URLS)
def test_a_printed_address_holds_no_login(url: ServerUrl) -> None:
    assert str(url) == f"{url.scheme}://*****@{url.address}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("example.com", ServerUrl("nats", "example.com", DEFAULT_PORT)),
        ("example.com:4333", ServerUrl("nats", "example.com", 4333)),
        ("nats://example.com/", ServerUrl("nats", "example.com", DEFAULT_PORT)),
        ("NATS://Example.COM", ServerUrl("nats", "example.com", DEFAULT_PORT)),
        ("tls://example.com", ServerUrl("tls", "example.com", DEFAULT_PORT)),
        ("nats://[::1]:4333", ServerUrl("nats", "::1", 4333)),
        ("nats://token@h", ServerUrl("nats", "h", DEFAULT_PORT, Secret("token"))),
        ("a:b%40c@h:1", ServerUrl("nats", "h", 1, Secret("a"), Secret("b@c"))),
    ],
)
def test_the_forms_of_one_address(text: str, expected: ServerUrl) -> None:
    assert parse_server_urls(text) == (expected,)


def test_several_addresses_are_separated_by_commas() -> None:
    urls = parse_server_urls(" nats://a:1, b:2 ,")
    assert [str(url) for url in urls] == ["nats://a:1", "nats://b:2"]


def test_an_ipv6_address_is_printed_in_brackets() -> None:
    assert str(parse_server_urls("nats://[::1]:4333")[0]) == "nats://[::1]:4333"


def test_only_tls_asks_for_tls() -> None:
    assert [url.wants_tls for url in parse_server_urls("nats://a,tls://a")] == [False, True]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" , ", "empty"),
        ("nats://a b", "blanks"),
        ("nats://a\nb", "blanks"),
        ("http://a", "unknown scheme http://"),
        ("ws://a", "WebSocket"),
        ("nats://", "host is missing"),
        ("nats://:4222", "host is missing"),
        ("nats://a:0", "from 1 to 65535"),
        ("nats://a:65536", "from 1 to 65535"),
        ("nats://a:-1", "from 1 to 65535"),
        ("nats://a:port", "from 1 to 65535"),
        ("nats://a/path", "may follow the port"),
        ("nats://a?x=1", "may follow the port"),
        ("nats://[::1", "brackets"),
    ],
)
def test_a_bad_address_is_named_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as raised:
        parse_server_urls(text)
    assert raised.value.code == "url-invalid"
    assert repr(text.strip(" ,") or text) in raised.value.message


@pytest.mark.parametrize(
    "text",
    [
        "nats://app:hunter2@a:0",
        "nats://hunter2@a/path",
        "http://hunter2@a",
        "hunter2:x@a b",
        "nats://a@hunter2@[::1",
    ],
)
def test_a_refused_address_shows_no_password(text: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_server_urls(text)
    shown = (raised.value.message, *raised.value.hints, *raised.value.context.values())
    assert "hunter2" not in "".join(shown)
