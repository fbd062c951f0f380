from __future__ import annotations

from iterapp_nats.dev.accounts.system_requests import Guest
from iterapp_nats.dev.homecoming import GuestReturn, Return, match_guests


def guest(client_id: int, name: str, since_s: float) -> Guest:
    return Guest(client_id, name, "python3", since_s)


def test_same_connection_has_stayed() -> None:
    api = guest(1, "api", 10.0)
    assert match_guests([api], [api], 20.0) == (GuestReturn("api", Return.STAYED),)


def test_same_number_at_a_new_server_is_another_connection() -> None:
    found = match_guests([guest(1, "api", 10.0)], [guest(1, "api", 22.5)], 20.0)
    assert found == (GuestReturn("api", Return.BACK, 2.5),)


def test_of_several_with_one_name_those_that_are_missing_are_gone() -> None:
    before = [guest(number, "pod", 10.0) for number in range(3)]
    after = [before[0], guest(7, "pod", 21.0), guest(8, "stranger", 22.0)]
    assert [one.outcome for one in match_guests(before, after, 20.0)] == [
        Return.STAYED,
        Return.GONE,
        Return.BACK,
    ]


def test_nameless_client_is_called_by_its_language() -> None:
    assert guest(1, "", 0.0).label == "python3 client"
