from __future__ import annotations

import inspect
import socket
import ssl  # noqa: TID253 - tests need not start fast

import nats.errors  # noqa: TID253 - as above
import pytest

from iterapp_nats.client.translate import Phase, client_error, connect_error, server_error
from iterapp_nats.client.verdicts import CLIENT_ERRORS, SERVER_TEXTS, UNKNOWN_TEXT
from iterapp_nats.errors import (
    InputError,
    IterappNatsError,
    NoAnswer,
    Refused,
    Unreachable,
)

PLACE = "nats://127.0.0.1:4222"
CLASSES = [
    kind
    for _, kind in inspect.getmembers(nats.errors, inspect.isclass)
    if issubclass(kind, Exception) and kind.__module__ == "nats.errors"
]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_exception_of_nats_py_is_in_the_table(kind: type[Exception]) -> None:
    assert kind.__name__ in CLIENT_ERRORS
    error = client_error(kind.__new__(kind), PLACE, "orders.new")
    assert isinstance(error, IterappNatsError)
    assert not isinstance(error, InputError) or error.code != "internal"


def test_no_row_is_left_of_an_exception_that_is_gone() -> None:
    new_in_2_16 = {"BadHeaderError"}
    assert set(CLIENT_ERRORS) - {kind.__name__ for kind in CLASSES} <= new_in_2_16


@pytest.mark.parametrize(
    ("text", "family", "code"),
    [
        ("'Authorization Violation'", Refused, "login-refused"),
        ("user authentication revoked", Refused, "credentials-revoked"),
        ("User Authentication Expired", Refused, "credentials-expired"),
        ("account authentication expired", Refused, "account-closed"),
        ("maximum payload violation", Refused, "payload-limit"),
        ("maximum subscriptions exceeded", Refused, "subscription-limit"),
        ("maximum account active connections exceeded", Refused, "connection-limit"),
        ("maximum connections exceeded", Unreachable, "server-full"),
        ("Secure Connection - TLS Required", Unreachable, "tls-required"),
        ("attempted to connect to route port", Unreachable, "not-a-client-port"),
        ("stale connection", Unreachable, "connection-lost"),
        ("unknown protocol operation", Unreachable, "protocol-error"),
    ],
)
def test_server_texts_have_a_meaning(text: str, family: type[IterappNatsError], code: str) -> None:
    error = server_error(text, PLACE)
    assert (type(error), error.code) == (family, code)


def test_an_unknown_server_text_is_passed_on() -> None:
    error = server_error("'The Moon Is Full'", PLACE)
    assert error.code == UNKNOWN_TEXT.code
    assert "The Moon Is Full" in error.message


def test_no_text_hides_behind_an_earlier_one() -> None:
    fragments = [fragment for fragment, _ in SERVER_TEXTS]
    for position, fragment in enumerate(fragments):
        assert not any(earlier in fragment for earlier in fragments[:position]), fragment


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "server-unreachable"),
        (OSError(113, "No route to host"), "server-unreachable"),
        (socket.gaierror(-2, "Name or service not known"), "dns-failed"),
        (TimeoutError(), "connect-timeout"),
        (nats.errors.TimeoutError(), "connect-timeout"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), "tls-failed"),
        (nats.errors.Error("nats: 'Authorization Violation'"), "login-refused"),
        (nats.errors.AuthorizationError(), "login-refused"),
        (nats.errors.SecureConnWantedError(), "tls-not-offered"),
    ],
)
def test_connect_failures_name_server_and_code(cause: Exception, code: str) -> None:
    error = connect_error(cause, PLACE, Phase.LOGIN)
    assert error.code == code
    assert PLACE in error.message
    assert error.context["server"] == PLACE


@pytest.mark.parametrize(
    ("number", "text", "code"),
    [
        (10, "certificate has expired", "tls-expired"),
        (62, "Hostname mismatch, certificate is not valid for 'x'.", "tls-hostname"),
        (64, "IP address mismatch, certificate is not valid for '127.0.0.1'.", "tls-hostname"),
        (20, "unable to get local issuer certificate", "tls-untrusted"),
        (92, "CA cert does not include key usage extension", "tls-malformed"),
        (26, "unsuitable certificate purpose", "tls-wrong-purpose"),
    ],
)
def test_certificate_failures_are_told_apart(number: int, text: str, code: str) -> None:
    cause = ssl.SSLCertVerificationError(1, text)
    cause.verify_code, cause.verify_message = number, text
    error = connect_error(cause, PLACE, Phase.TLS)
    assert error.code == code
    assert text.rstrip(".") in error.message


def test_messages_follow_the_style() -> None:
    for _, verdict in (*SERVER_TEXTS, *CLIENT_ERRORS.items()):
        error = verdict.error(PLACE, "orders.new")
        for text in (error.message, *error.hints):
            assert not text.endswith((".", "!"))
            assert text[0].islower()


def test_our_own_errors_pass_through() -> None:
    error = NoAnswer("no-responders", "nobody")
    assert client_error(error, PLACE) is error
    assert connect_error(error, PLACE, Phase.OPEN) is error
