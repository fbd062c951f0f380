"""The reasons of a refused login as a pure function of what is known"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.security.claims import ConnectTimes, UserRights
from iterapp_nats.security.connect_times import is_within_times
from iterapp_nats.security.diagnosis import (
    LoginAttempt,
    Owner,
    find_login_reasons,
    judge_owner,
    owner_of_account,
    owner_of_tags,
)
from iterapp_nats.security.identity import identify_creds
from iterapp_nats.security.server_log import find_last_refusal
from tests.security.samples import ACCOUNT, CREDS, NOW, OTHER_ACCOUNT

IDENTITY: Final = identify_creds(CREDS)
ATTEMPT: Final = LoginAttempt(IDENTITY, has_password=False, client_ip="10.1.2.3", now=NOW)
NOON: Final = NOW - NOW % 86_400 + 12 * 3600


def attempt(rights: UserRights) -> LoginAttempt:
    return replace(ATTEMPT, identity=replace(IDENTITY, rights=rights))


def codes(login: LoginAttempt) -> set[str]:
    return {reason.code for reason in find_login_reasons(login)}


def test_right_creds_leave_what_only_the_server_knows() -> None:
    (reason,) = find_login_reasons(ATTEMPT)
    assert reason.code == "login-refused"
    assert ACCOUNT.public_key in reason.text
    assert "lookup" not in reason.text


def test_slow_refusal_points_to_the_account() -> None:
    (reason,) = find_login_reasons(replace(ATTEMPT, waited_s=1.9))
    assert "it took 1.9 s, as a lookup in vain does" in reason.text


def test_signing_key_is_named_only_where_there_is_one() -> None:
    assert "signing key" not in find_login_reasons(ATTEMPT)[0].text
    other = replace(IDENTITY, issuer=OTHER_ACCOUNT.public_key)
    (reason,) = find_login_reasons(replace(ATTEMPT, identity=other))
    assert f"{OTHER_ACCOUNT.public_key}, which signed them, is no signing key" in reason.text


def test_all_certain_reasons_are_told_together() -> None:
    rights = UserRights(connection_types=("MQTT",), sources=("192.0.2.0/24",))
    assert codes(attempt(rights)) == {"login-connection-type", "login-source-address"}


@pytest.mark.parametrize(
    ("rights", "is_refused"),
    [
        (UserRights(sources=("10.0.0.0/8",)), False),
        (UserRights(sources=("192.0.2.0/24", "10.1.0.0/16")), False),
        (UserRights(sources=("192.0.2.0/24",)), True),
        (UserRights(sources=("nonsense",)), False),
        (UserRights(connection_types=("standard",)), False),
        (UserRights(connection_types=("WEBSOCKET", "LEAFNODE")), True),
    ],
)
def test_rights_are_judged_as_the_server_does(rights: UserRights, *, is_refused: bool) -> None:
    assert (codes(attempt(rights)) != {"login-refused"}) == is_refused


@pytest.mark.parametrize(
    ("start", "end", "is_open"),
    [
        ("08:00:00", "18:00:00", True),
        ("13:00:00", "18:00:00", False),
        ("08:00:00", "11:00:00", False),
        ("11:00:00", "02:00:00", True),
        # As in nats-server: the part after midnight of a window is never open.
        ("22:00:00", "14:00:00", False),
        ("nonsense", "18:00:00", None),
    ],
)
def test_daily_window_at_noon(start: str, end: str, *, is_open: bool | None) -> None:
    assert is_within_times(UserRights(times=(ConnectTimes(start, end),)), NOON) is is_open


def test_window_is_in_the_time_of_its_place() -> None:
    window = (ConnectTimes("20:00:00", "22:00:00"),)
    assert is_within_times(UserRights(times=window, times_location="Asia/Tokyo"), NOON) is True
    assert is_within_times(UserRights(times=window), NOON) is False
    assert is_within_times(UserRights(times=window, times_location="No/Where"), NOON) is None


@given(st.text(), st.text(), st.text())
def test_any_window_is_judged_or_unknown(start: str, end: str, place: str) -> None:
    rights = UserRights(times=(ConnectTimes(start, end),), times_location=place)
    assert is_within_times(rights, NOON) in {True, False, None}


@pytest.mark.parametrize(
    ("owner", "wanted", "found"),
    [
        (Owner("shop", "test"), Owner("shop", "test"), []),
        (Owner("shop", "test"), Owner("", ""), []),
        (Owner("", ""), Owner("shop", "test"), []),
        (Owner("shop", "test"), Owner("shop", "prod"), ["creds-other-environment"]),
        (Owner("shop", "test"), Owner("chat", ""), ["creds-other-app"]),
    ],
)
def test_owner_is_compared_where_both_are_known(
    owner: Owner, wanted: Owner, found: list[str]
) -> None:
    assert [reason.code for reason in judge_owner(owner, wanted)] == found


def test_owner_is_read_from_tags_and_names() -> None:
    assert owner_of_tags(("app:shop", "team:x", "env:test")) == Owner("shop", "test")
    assert owner_of_account("web-shop-test") == Owner("web-shop", "test")
    assert owner_of_account("SYS") == owner_of_account("web-shop") == Owner()


LOG: Final = """\
[1] 2026/11/25 16:59:17.1 [DBG] 127.0.0.1:1 - cid:5 - User authentication revoked
[1] 2026/11/25 16:59:17.2 [DBG] 127.0.0.1:2 - cid:6 - Outside connect times
[1] 2026/11/25 16:59:17.3 [ERR] 127.0.0.1:1 - cid:5 - authentication error
[1] 2026/11/25 16:59:17.4 [DBG] 127.0.0.1:3 - cid:7 - Client connection created
""".splitlines()


def test_log_line_of_the_same_connection_counts() -> None:
    found = find_last_refusal(LOG)
    assert found
    assert found.reason
    assert (found.reason.code, found.line) == ("login-user-revoked", LOG[0])


def test_log_of_several_nodes_is_one_of_each_process() -> None:
    others = ["node 1  " + LOG[1].replace("cid:6", "cid:5")]
    found = find_last_refusal(["node 2  " + LOG[0], *others, "node 2  " + LOG[2]])
    assert found
    assert found.reason
    assert (found.reason.code, found.line) == ("login-user-revoked", "node 2  " + LOG[0])


def test_log_without_debug_lines_shows_its_only_line() -> None:
    found = find_last_refusal(LOG[2:])
    assert found
    assert (found.reason, found.line) == (None, LOG[2])


def test_log_without_a_refusal() -> None:
    assert find_last_refusal(LOG[:2]) is None
    assert find_last_refusal([]) is None
