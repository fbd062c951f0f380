"""The payload of a JWT -> claims; fields that are not modelled are ignored

An absent limit is read as 0, which is what the server makes of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

from iterapp_nats.errors import InputError
from iterapp_nats.security.claims import (
    AccountClaims,
    AccountLimits,
    AnyClaims,
    ConnectTimes,
    DeleteClaims,
    JetStreamLimits,
    OperatorClaims,
    Permissions,
    ResponsePermission,
    Revocation,
    ScopedSigningKey,
    SubjectPermission,
    UserClaims,
    UserLimits,
    UserRights,
)

if TYPE_CHECKING:
    from iterapp_nats.security.fields import Fields

_NO_RIGHTS: Final = UserRights(limits=UserLimits(0, 0, 0))
_JETSTREAM_FIELDS: Final = frozenset({"mem_storage", "disk_storage", "streams", "consumer"})


class _Common(TypedDict):
    public_key: str
    name: str
    expires_at: int | None
    not_before: int | None
    tags: tuple[str, ...]


def read_claims(payload: Fields) -> AnyClaims:
    """Return the claims; raises InputError `jwt-malformed` or `jwt-unknown-type`"""
    nats = payload.child("nats")
    common = _Common(
        public_key=payload.text("sub"),
        name=payload.text("name"),
        expires_at=payload.integer("exp") or None,
        not_before=payload.integer("nbf") or None,
        tags=nats.texts("tags"),
    )
    match nats.text("type"):
        case "operator":
            return _operator(common, nats)
        case "account":
            return _account(common, nats)
        case "user":
            return _user(common, nats)
        case "generic":
            return DeleteClaims(**common, accounts=nats.texts("accounts"))
    raise InputError(
        "jwt-unknown-type", "the JWT is not one of an operator, an account, a user or a deletion"
    )


def _operator(common: _Common, nats: Fields) -> OperatorClaims:
    return OperatorClaims(
        **common,
        system_account=nats.text("system_account"),
        signing_keys=nats.texts("signing_keys"),
        account_server_url=nats.text("account_server_url"),
        operator_service_urls=nats.texts("operator_service_urls"),
        strict_signing_key_usage=nats.flag("strict_signing_key_usage"),
    )


def _account(common: _Common, nats: Fields) -> AccountClaims:
    revocations = nats.child("revocations")
    return AccountClaims(
        **common,
        limits=_account_limits(nats.child("limits")),
        default_permissions=_permissions(nats.child("default_permissions")),
        signing_keys=tuple(_signing_key(item, nats) for item in nats.items("signing_keys")),
        revocations=tuple(
            Revocation(user, revocations.integer(user)) for user in revocations.names()
        ),
        description=nats.text("description"),
    )


def _account_limits(limits: Fields) -> AccountLimits:
    return AccountLimits(
        subscriptions=limits.integer("subs"),
        data_bytes=limits.integer("data"),
        payload_bytes=limits.integer("payload"),
        imports=limits.integer("imports"),
        exports=limits.integer("exports"),
        connections=limits.integer("conn"),
        leaf_nodes=limits.integer("leaf"),
        wildcard_exports=limits.flag("wildcards"),
        jetstream=_jetstream(limits),
    )


def _jetstream(limits: Fields) -> JetStreamLimits | None:
    if _JETSTREAM_FIELDS.isdisjoint(limits.values):
        return None
    return JetStreamLimits(
        memory_bytes=limits.integer("mem_storage"),
        disk_bytes=limits.integer("disk_storage"),
        streams=limits.integer("streams"),
        consumers=limits.integer("consumer"),
    )


def _signing_key(item: object, nats: Fields) -> str | ScopedSigningKey:
    if isinstance(item, str):
        return item
    key = nats.nested(item, "signing_keys")
    return ScopedSigningKey(key.text("key"), key.text("role"), _rights(key.child("template")))


def _user(common: _Common, nats: Fields) -> UserClaims:
    issuer_account = nats.text("issuer_account")
    rights = _rights(nats)
    scoped = bool(issuer_account) and rights == _NO_RIGHTS
    return UserClaims(**common, issuer_account=issuer_account, rights=None if scoped else rights)


def _rights(fields: Fields) -> UserRights:
    windows = (fields.nested(item, "times") for item in fields.items("times"))
    return UserRights(
        permissions=_permissions(fields),
        limits=UserLimits(
            subscriptions=fields.integer("subs"),
            data_bytes=fields.integer("data"),
            payload_bytes=fields.integer("payload"),
        ),
        sources=fields.texts("src"),
        times=tuple(ConnectTimes(window.text("start"), window.text("end")) for window in windows),
        times_location=fields.text("times_location"),
        connection_types=fields.texts("allowed_connection_types"),
        bearer_token=fields.flag("bearer_token"),
    )


def _permissions(fields: Fields) -> Permissions:
    response = fields.child("resp")
    return Permissions(
        publish=_subjects(fields.child("pub")),
        subscribe=_subjects(fields.child("sub")),
        response=ResponsePermission(response.integer("max"), response.integer("ttl"))
        if response.values
        else None,
    )


def _subjects(fields: Fields) -> SubjectPermission:
    return SubjectPermission(fields.texts("allow"), fields.texts("deny"))
