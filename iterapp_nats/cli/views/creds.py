"""How credentials are shown: who, until when, and what they allow"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.security.claims import UNLIMITED
from iterapp_nats.security.identity import render_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.security.claims import SubjectPermission, UserRights
    from iterapp_nats.security.creds import Creds
    from iterapp_nats.security.identity import CredsIdentity

_WIDTH: Final = 12


@dataclass(frozen=True, slots=True)
class CredsView:
    """Credentials as `--format json` shows them; `damage` names what other clients refuse"""

    identity: CredsIdentity
    damage: tuple[str, ...]


def view_identity(identity: CredsIdentity, creds: Creds) -> CredsView:
    """Return what a program reads"""
    return CredsView(identity, tuple(repair.value for repair in creds.repairs))


def describe_identity(identity: CredsIdentity) -> Iterator[str]:
    """Yield the lines that a person reads"""
    yield _line("user", f"{identity.user_name or '(no name)'} ({identity.user_public_key})")
    yield _line("account", identity.account_public_key)
    if identity.issuer != identity.account_public_key:
        yield _line("signed by", f"{identity.issuer}, a signing key of the account")
    yield _line("issued", render_time(identity.issued_at))
    if identity.not_before is not None:
        yield _line("valid from", render_time(identity.not_before))
    expires_at = identity.expires_at
    yield _line("expires", render_time(expires_at) if expires_at is not None else "never")
    if identity.tags:
        yield _line("tags", ", ".join(identity.tags))
    if identity.rights is None:
        yield _line("rights", "given by a scoped signing key: only the server knows them")
    else:
        yield from _describe_rights(identity.rights)


def _describe_rights(rights: UserRights) -> Iterator[str]:
    permissions = rights.permissions
    yield _line("publish", _describe_permission(permissions.publish))
    yield _line("subscribe", _describe_permission(permissions.subscribe))
    if permissions.response:
        yield _line("replies", f"{permissions.response.max_messages} for each request")
    limits = {
        "subscriptions": rights.limits.subscriptions,
        "data bytes": rights.limits.data_bytes,
        "payload bytes": rights.limits.payload_bytes,
    }
    found = [f"{value} {name}" for name, value in limits.items() if value != UNLIMITED]
    yield _line("limits", ", ".join(found) or "none")


def _describe_permission(permission: SubjectPermission) -> str:
    allowed = ", ".join(permission.allow) or "everything"
    return f"{allowed}, but not {', '.join(permission.deny)}" if permission.deny else allowed


def _line(name: str, value: str) -> str:
    # Names inside a JWT are somebody else's text: no control character reaches the terminal.
    shown = "".join(letter if letter.isprintable() else "?" for letter in value)
    return f"{name.ljust(_WIDTH)}{shown}"
