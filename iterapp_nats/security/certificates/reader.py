"""What a certificate says, read without OpenSSL: of any key type, expired or not

Python's ssl describes a certificate only after it has verified it.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from iterapp_nats.errors import InputError
from iterapp_nats.security.certificates.der import Element, Tag, malformed, read_elements, read_time

MAX_PEM_CHARACTERS: Final = 1024 * 1024  # a bundle of all public authorities has 220,000

_VERSION: Final = 0xA0
_EXTENSIONS: Final = 0xA3
_KEY_IDENTIFIER: Final = 0x80
_DNS_NAME: Final = 0x82
_IP_ADDRESS: Final = 0x87
_BASIC_CONSTRAINTS: Final = bytes.fromhex("551d13")
_ALTERNATIVE_NAMES: Final = bytes.fromhex("551d11")
_KEY_USAGE: Final = bytes.fromhex("551d0f")
_SUBJECT_KEY_IDENTIFIER: Final = bytes.fromhex("551d0e")
_AUTHORITY_KEY_IDENTIFIER: Final = bytes.fromhex("551d23")
_WEAK_SIGNATURES: Final = {
    bytes.fromhex("2a864886f70d010104"): "MD5",
    bytes.fromhex("2a864886f70d010105"): "SHA-1",
    bytes.fromhex("2a8648ce3d0401"): "SHA-1",
}
_NAME_LABELS: Final = {
    bytes.fromhex("550403"): "CN",
    bytes.fromhex("550406"): "C",
    bytes.fromhex("55040a"): "O",
    bytes.fromhex("55040b"): "OU",
}


@dataclass(frozen=True, slots=True)
class Certificate:
    """The parts of a certificate that explain whether it will be trusted

    Names are rendered as `CN=…, O=…`; `subject_der` and `issuer_der` are what is compared. Times
    are Unix seconds. `names` are the host names and addresses that it is valid for. Two key
    identifiers belong together when they are equal; they are empty where the certificate has none.
    `weak_signature` names a hash that nobody trusts any more.
    """

    subject: str
    issuer: str
    subject_der: bytes
    issuer_der: bytes
    not_before: int
    not_after: int
    names: tuple[str, ...]
    is_authority: bool
    is_authority_critical: bool
    has_key_usage: bool
    key_identifier: bytes
    issuer_key_identifier: bytes
    weak_signature: str

    @property
    def is_self_issued(self) -> bool:
        """Whether subject and issuer are one, as in a root"""
        return self.subject_der == self.issuer_der


def read_certificates(pem: str) -> tuple[Certificate, ...]:
    """Read all certificates of a file

    Raises InputError `certificate-missing`, `certificate-malformed` or `certificate-too-large`.
    """
    if len(pem) > MAX_PEM_CHARACTERS:
        message = f"the certificates have {len(pem)} characters, more than {MAX_PEM_CHARACTERS}"
        raise InputError("certificate-too-large", message)
    blocks = read_pem(pem, "CERTIFICATE")
    if not blocks:
        raise InputError("certificate-missing", "there is no BEGIN CERTIFICATE line")
    return tuple(read_certificate_der(block) for block in blocks)


def read_certificate(pem: str) -> Certificate:
    """Read the first certificate of a file; raises InputError as `read_certificates`"""
    return read_certificates(pem)[0]


def read_certificate_der(data: bytes) -> Certificate:
    """Read a certificate as it comes from a TLS handshake; raises `certificate-malformed`"""
    try:
        return _read(data)
    except (IndexError, ValueError):
        # A field that is missing or of another shape than RFC 5280 gives it.
        raise malformed() from None


def read_pem(text: str, label: str) -> tuple[bytes, ...]:
    """Return the bytes of all PEM blocks of a label; raises `certificate-malformed`"""
    blocks = []
    for part in text.split(f"-----BEGIN {label}-----")[1:]:
        body, end, _ = part.partition(f"-----END {label}-----")
        if not end:
            raise InputError("certificate-malformed", f"the {label} block has no END line")
        try:
            blocks.append(b64decode("".join(body.split()), validate=True))
        except ValueError:
            message = f"the {label} block is not base64"
            raise InputError("certificate-malformed", message) from None
    return tuple(blocks)


def _read(data: bytes) -> Certificate:
    signed = read_elements(read_elements(data)[0].content)[0]
    fields = list(read_elements(signed.content))
    if fields[0].tag == _VERSION:
        fields.pop(0)
    _serial, algorithm, issuer, validity, subject, *rest = fields
    not_before, not_after = read_elements(validity.content)
    extensions, critical = _read_extensions(rest)
    return Certificate(
        subject=_render_name(subject),
        issuer=_render_name(issuer),
        subject_der=subject.encoded,
        issuer_der=issuer.encoded,
        not_before=read_time(not_before),
        not_after=read_time(not_after),
        names=_read_names(extensions.get(_ALTERNATIVE_NAMES)),
        is_authority=_read_is_authority(extensions.get(_BASIC_CONSTRAINTS)),
        is_authority_critical=_BASIC_CONSTRAINTS in critical,
        has_key_usage=_KEY_USAGE in extensions,
        key_identifier=_read_own_identifier(extensions.get(_SUBJECT_KEY_IDENTIFIER)),
        issuer_key_identifier=_read_issuer_identifier(extensions.get(_AUTHORITY_KEY_IDENTIFIER)),
        weak_signature=_WEAK_SIGNATURES.get(read_elements(algorithm.content)[0].content, ""),
    )


def _read_extensions(fields: list[Element]) -> tuple[dict[bytes, bytes], frozenset[bytes]]:
    """Return the value of each extension by its object identifier, and which are critical"""
    values, critical = {}, set()
    for field in fields:
        if field.tag != _EXTENSIONS:
            continue
        for extension in read_elements(read_elements(field.content)[0].content):
            identifier, *marks, value = read_elements(extension.content)
            values[identifier.content] = value.content
            if any(any(mark.content) for mark in marks):
                critical.add(identifier.content)
    return values, frozenset(critical)


def _read_own_identifier(value: bytes | None) -> bytes:
    return read_elements(value)[0].content if value else b""


def _read_issuer_identifier(value: bytes | None) -> bytes:
    if value is None:
        return b""
    parts = read_elements(read_elements(value)[0].content)
    return next((part.content for part in parts if part.tag == _KEY_IDENTIFIER), b"")


def _read_names(value: bytes | None) -> tuple[str, ...]:
    if value is None:
        return ()
    names = []
    for name in read_elements(read_elements(value)[0].content):
        if name.tag == _DNS_NAME:
            names.append(_text(name))
        elif name.tag == _IP_ADDRESS:
            names.append(str(ip_address(name.content)))
    return tuple(names)


def _read_is_authority(value: bytes | None) -> bool:
    if value is None:
        return False
    constraints = read_elements(read_elements(value)[0].content)
    return bool(constraints) and constraints[0].tag == Tag.BOOLEAN and any(constraints[0].content)


def _render_name(name: Element) -> str:
    parts = []
    for group in read_elements(name.content):
        for attribute in read_elements(group.content):
            identifier, value = read_elements(attribute.content)
            label = _NAME_LABELS.get(identifier.content)
            if label:
                parts.append(f"{label}={_text(value)}")
    return ", ".join(parts)


def _text(element: Element) -> str:
    return element.content.decode("utf-8", errors="replace")
