"""Claims -> the `nats` object of a JWT, in the field names of version 2

Empty optional fields are left out; limits never are (see claims.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats.security.claims import (
    AccountClaims,
    AccountLimits,
    AnyClaims,
    DeleteClaims,
    JetStreamLimits,
    OperatorClaims,
    Permissions,
    ScopedSigningKey,
    SubjectPermission,
    UserClaims,
    UserRights,
)

if TYPE_CHECKING:
    from iterapp_nats.security.fields import JsonObject

CLAIMS_VERSION: Final = 2


def render_nats_object(claims: AnyClaims) -> JsonObject:
    """Return the object with its type and version last, as the server's own tools write it"""
    kind, values = _kind_and_values(claims)
    return values | _given(tags=list(claims.tags)) | {"type": kind, "version": CLAIMS_VERSION}


def _kind_and_values(claims: AnyClaims) -> tuple[str, JsonObject]:
    match claims:
        case OperatorClaims():
            return "operator", _operator(claims)
        case AccountClaims():
            return "account", _account(claims)
        case UserClaims():
            return "user", _user(claims)
        case DeleteClaims():
            return "generic", {"accounts": list(claims.accounts)}


def _operator(claims: OperatorClaims) -> JsonObject:
    return _given(
        signing_keys=list(claims.signing_keys),
        account_server_url=claims.account_server_url,
        operator_service_urls=list(claims.operator_service_urls),
        system_account=claims.system_account,
        strict_signing_key_usage=claims.strict_signing_key_usage,
    )


def _account(claims: AccountClaims) -> JsonObject:
    values: JsonObject = {"limits": _account_limits(claims.limits)}
    values |= _given(
        signing_keys=[_signing_key(key) for key in claims.signing_keys],
        revocations={item.user: item.issued_until for item in claims.revocations},
        description=claims.description,
    )
    return values | {"default_permissions": _permissions(claims.default_permissions)}


def _account_limits(limits: AccountLimits) -> JsonObject:
    values: JsonObject = {
        "subs": limits.subscriptions,
        "data": limits.data_bytes,
        "payload": limits.payload_bytes,
        "imports": limits.imports,
        "exports": limits.exports,
        "wildcards": limits.wildcard_exports,
        "conn": limits.connections,
        "leaf": limits.leaf_nodes,
    }
    return values | (_jetstream(limits.jetstream) if limits.jetstream else {})


def _jetstream(limits: JetStreamLimits) -> JsonObject:
    return {
        "mem_storage": limits.memory_bytes,
        "disk_storage": limits.disk_bytes,
        "streams": limits.streams,
        "consumer": limits.consumers,
    }


def _signing_key(key: str | ScopedSigningKey) -> str | JsonObject:
    if isinstance(key, str):
        return key
    template = _rights(key.template)
    return {"kind": "user_scope", "key": key.public_key, "role": key.role, "template": template}


def _user(claims: UserClaims) -> JsonObject:
    rights = _rights(claims.rights) if claims.rights else {}
    return rights | _given(issuer_account=claims.issuer_account)


def _rights(rights: UserRights) -> JsonObject:
    optional = _given(
        src=list(rights.sources),
        times=[{"start": window.start, "end": window.end} for window in rights.times],
        times_location=rights.times_location,
        bearer_token=rights.bearer_token,
        allowed_connection_types=list(rights.connection_types),
    )
    limits: JsonObject = {
        "subs": rights.limits.subscriptions,
        "data": rights.limits.data_bytes,
        "payload": rights.limits.payload_bytes,
    }
    return _permissions(rights.permissions) | limits | optional


def _permissions(permissions: Permissions) -> JsonObject:
    values: JsonObject = {
        "pub": _subjects(permissions.publish),
        "sub": _subjects(permissions.subscribe),
    }
    if permissions.response:
        response = permissions.response
        values["resp"] = {"max": response.max_messages, "ttl": response.ttl_ns}
    return values


def _subjects(permission: SubjectPermission) -> JsonObject:
    return _given(allow=list(permission.allow), deny=list(permission.deny))


def _given(**fields: object) -> JsonObject:
    return {name: value for name, value in fields.items() if value}
