"""What is wrong with a CA or a server's certificate, and whose TLS library minds

What Python and Go refuse is held by tests/security/test_certificate_rules.py; Node was measured,
and Rust read in the source of rustls-webpki.
An authority that is older than these rules works for years, until somebody takes a newer client.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from iterapp_nats.security.identity import render_time
from iterapp_nats.security.reason import Reason, Weight, failure, warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from iterapp_nats.security.certificates.reader import Certificate

_STRICT: Final = "Python 3.13 and newer"
_NO_COMMON_NAME: Final = "Go and Rust"
_EVERYBODY: Final = "all current clients"
_CA_AGAIN: Final = "the CA has to be made again, and then the server's certificate"
_LEAF_AGAIN: Final = "the operator of the server has to issue its certificate again"
_RIGHT_CA: Final = "set NATS_CA_FILE to the CA that signed the server's certificate"


class Role(Enum):
    """What a certificate is used for"""

    AUTHORITY = "the CA"
    SERVER = "the server's certificate"


def judge_authorities(certificates: Sequence[Certificate], now: int) -> Iterator[Reason]:
    """Yield what is wrong with the certificates of a CA file, before any server is asked"""
    authorities = [certificate for certificate in certificates if certificate.is_authority]
    if not authorities:
        yield replace(_no_authority(certificates[0]), weight=Weight.WARNING)
        return
    has_valid = any(each.not_before <= now <= each.not_after for each in authorities)
    for certificate in authorities:
        for reason in _judge_validity(certificate, Role.AUTHORITY, now):
            # In a bundle the others may do.
            yield replace(reason, weight=Weight.WARNING) if has_valid else reason
        yield from judge_form(certificate, Role.AUTHORITY)


def judge_server(leaf: Certificate, host: str, now: int) -> Iterator[Reason]:
    """Yield what is wrong with the certificate that a server shows to a client of `host`"""
    yield from _judge_validity(leaf, Role.SERVER, now)
    if not covers(leaf, host):
        yield failure(
            "tls-hostname",
            f"the server's certificate is for {', '.join(leaf.names) or leaf.subject},"
            f" not for {host}",
            "use one of these names as the host of NATS_URL",
            _LEAF_AGAIN,
        )
    yield from judge_form(leaf, Role.SERVER)


def judge_trust(leaf: Certificate, authorities: Sequence[Certificate]) -> Reason:
    """Return why the certificate is not trusted; no authorities means those of the system"""
    if not authorities:
        return failure(
            "tls-ca-missing",
            f"the server's certificate was issued by {leaf.issuer}, which this machine does not"
            " know, and no CA is given",
            _RIGHT_CA,
        )
    if not any(each.is_authority for each in authorities):
        return _no_authority(authorities[0])
    if any(each.subject_der == leaf.issuer_der for each in authorities):
        return failure(
            "tls-untrusted",
            f"the server's certificate was issued by a CA that is also called {leaf.issuer}, but"
            " has another key than the one of NATS_CA_FILE: the CA was made again",
            _RIGHT_CA,
        )
    return failure(
        "tls-untrusted",
        f"the server's certificate was issued by {leaf.issuer}, and NATS_CA_FILE holds"
        f" {', '.join(each.subject for each in authorities)}",
        _RIGHT_CA,
        "if a proxy that opens TLS stands in between, ask for a way around it",
    )


def judge_form(certificate: Certificate, role: Role) -> Iterator[Reason]:
    """Yield what some clients refuse in the certificate itself"""
    again = _CA_AGAIN if role is Role.AUTHORITY else _LEAF_AGAIN
    for code, text, refused_by in _faults(certificate, role):
        yield warning(
            code, f"{role.value} {name_of(certificate)} {text}: refused by {refused_by}", again
        )


def covers(leaf: Certificate, host: str) -> bool:
    """Tell whether the certificate names the host, by RFC 6125: a wildcard is one whole label"""
    names = leaf.names or (_common_name(leaf),)
    try:
        address = str(ip_address(host))
    except ValueError:
        return any(_matches(name.lower(), host.lower().rstrip(".")) for name in names)
    return address in leaf.names


def name_of(certificate: Certificate) -> str:
    """Return how to call a certificate in a message"""
    return certificate.subject or ", ".join(certificate.names) or "without a name"


def _no_authority(first: Certificate) -> Reason:
    return failure(
        "ca-not-an-authority",
        f"the CA file holds the certificate of a server ({name_of(first)}) and no CA: refused by"
        " Python before 3.13, Node and Java",
        f"{_RIGHT_CA}: {first.issuer}",
    )


def _faults(certificate: Certificate, role: Role) -> Iterator[tuple[str, str, str]]:
    if certificate.weak_signature:
        yield "weak-signature", f"is signed with {certificate.weak_signature}", _EVERYBODY
    if role is Role.AUTHORITY:
        if not certificate.has_key_usage:
            yield "ca-without-key-usage", "has no keyUsage", _STRICT
        if not certificate.is_authority_critical:
            yield "ca-not-critical", "has basicConstraints that are not critical", _STRICT
        if not certificate.key_identifier:
            yield "ca-without-key-identifier", "has no subject key identifier", _STRICT
        return
    if not certificate.issuer_key_identifier and not certificate.is_self_issued:
        yield "leaf-without-authority-key", "has no authority key identifier", _STRICT
    if not certificate.names:
        yield "leaf-without-names", "names its host in CN alone", _NO_COMMON_NAME
    if certificate.is_authority:
        yield "one-certificate-for-both", "is that of a CA too", "Python, Node and Rust"


def _judge_validity(certificate: Certificate, role: Role, now: int) -> Iterator[Reason]:
    name = f"{role.value} {name_of(certificate)}"
    again = _CA_AGAIN if role is Role.AUTHORITY else _LEAF_AGAIN
    code = "ca" if role is Role.AUTHORITY else "tls"
    clock = f"if that is wrong, set the clock of this machine: {render_time(now)}"
    if now > certificate.not_after:
        until = render_time(certificate.not_after)
        yield failure(f"{code}-expired", f"{name} expired at {until}", again, clock)
    if now < certificate.not_before:
        since = render_time(certificate.not_before)
        yield failure(f"{code}-not-yet-valid", f"{name} is not valid before {since}", clock)


def _common_name(leaf: Certificate) -> str:
    parts = dict(part.partition("=")[::2] for part in leaf.subject.split(", "))
    return parts.get("CN", "")


def _matches(pattern: str, host: str) -> bool:
    first, _, rest = pattern.partition(".")
    if first != "*":
        return pattern == host
    return bool(rest) and host.partition(".")[2] == rest
