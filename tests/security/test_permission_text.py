from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.security.claims import Permissions, ResponsePermission, SubjectPermission
from iterapp_nats.security.permission_text import (
    describe_permissions,
    describe_subjects,
    explain_denial,
    nearest_subject,
)
from iterapp_nats.subject import matches


@pytest.mark.parametrize(
    ("subject", "allowed", "nearest"),
    [
        ("order.new", ("orders.>", "invoices.>"), "orders.new"),
        ("orders.new", ("orders.*.created",), "orders.new.created"),
        ("Orders.New", ("orders.new",), "orders.new"),
        ("orders.new.eu", ("orders.*",), "orders.new"),
        ("metrics", ("orders.>", "invoices.>"), None),
        ("orders", ("_INBOX.>", "$SYS.REQ.USER.INFO"), None),
        ("orders", (), None),
    ],
)
def test_nearest_subject_is_one_that_could_be_meant(
    subject: str, allowed: tuple[str, ...], nearest: str | None
) -> None:
    assert nearest_subject(subject, allowed) == nearest


TOKENS = st.sampled_from(["a", "orders", "new", "*"])
PATTERNS = st.lists(TOKENS, min_size=1, max_size=4).map(".".join)


@given(st.lists(TOKENS.filter("*".__ne__), min_size=1).map(".".join), st.lists(PATTERNS))
def test_nearest_subject_is_allowed(subject: str, allowed: list[str]) -> None:
    nearest = nearest_subject(subject, allowed)
    assert nearest is None or any(matches(pattern, nearest) for pattern in allowed)


def test_denial_names_what_is_allowed_and_what_is_near() -> None:
    hints = explain_denial("order.new", SubjectPermission(allow=("orders.>", "_INBOX.>")))
    assert hints == (
        "allowed: orders.>, _INBOX.>",
        "the nearest allowed subject is orders.new",
    )


def test_denial_by_name_is_told_as_such() -> None:
    permission = SubjectPermission(allow=("orders.>",), deny=("orders.secret.*",))
    assert explain_denial("orders.secret.x", permission) == (
        "the permissions deny orders.secret.*",
    )


def test_long_lists_are_cut() -> None:
    allowed = tuple(f"subject.{number}" for number in range(20))
    assert describe_subjects(SubjectPermission(allowed)).endswith("subject.7 and 12 more")


def test_both_directions_are_described() -> None:
    permissions = Permissions(
        publish=SubjectPermission(allow=("orders.>",), deny=("orders.x",)),
        response=ResponsePermission(),
    )
    assert list(describe_permissions(permissions)) == [
        "may publish to orders.>, but not to orders.x",
        "may subscribe to everything",
        "may answer requests on their reply subjects",
    ]
