"""Server addresses: NATS_URL text to values that are safe to print"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urlsplit

from iterapp_nats.errors import InputError
from iterapp_nats.secret import MASK, Secret

DEFAULT_PORT: Final = 4222
SCHEMES: Final = ("nats", "tls")
_UNSUPPORTED: Final = ("ws", "wss")
_MAX_PORT: Final = 65535


@dataclass(frozen=True, slots=True)
class ServerUrl:
    """One address; prints without user, password or token"""

    scheme: str
    host: str
    port: int
    user: Secret | None = None
    password: Secret | None = None

    @property
    def wants_tls(self) -> bool:
        """Whether the scheme itself asks for TLS"""
        return self.scheme == "tls"

    @property
    def address(self) -> str:
        """`host:port`, an IPv6 address in brackets"""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def reveal(self) -> str:
        """Return the address with its login: for an app's variables, never for a person"""
        if not self.user:
            return str(self)
        password = f":{quote(self.password.reveal(), safe='')}" if self.password else ""
        login = f"{quote(self.user.reveal(), safe='')}{password}"
        return f"{self.scheme}://{login}@{self.address}"

    def __str__(self) -> str:
        login = f"{MASK}@" if self.user else ""
        return f"{self.scheme}://{login}{self.address}"


def parse_server_urls(text: str) -> tuple[ServerUrl, ...]:
    """Read a comma-separated list of addresses, or raise `url-invalid`

    `host`, `host:port`, `nats://…` and `tls://…` are accepted, as every NATS client does.
    """
    parts = [part.strip() for part in text.split(",")]
    urls = tuple(_parse_one(part) for part in parts if part)
    if not urls:
        raise _invalid(text, "it is empty")
    return urls


def _parse_one(text: str) -> ServerUrl:
    if any(letter.isspace() or not letter.isprintable() for letter in text):
        raise _invalid(_masked(text), "blanks and control characters are not allowed")
    split = _split(text if "://" in text else f"nats://{text}", text)
    _require_scheme(split, text)
    if split.path not in ("", "/") or split.query or split.fragment:
        raise _invalid(_masked(text), "nothing may follow the port")
    if not split.hostname:
        raise _invalid(_masked(text), "the host is missing")
    return ServerUrl(
        scheme=split.scheme,
        host=split.hostname,
        port=_port(split, text),
        user=_secret(split.username),
        password=_secret(split.password),
    )


def _split(url: str, text: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise _invalid(_masked(text), "the brackets of an IPv6 address do not match") from error


def _require_scheme(split: SplitResult, text: str) -> None:
    if split.scheme in SCHEMES:
        return
    if split.scheme in _UNSUPPORTED:
        raise _invalid(_masked(text), "WebSocket is for browsers, use the nats:// address")
    raise _invalid(_masked(text), f"unknown scheme {split.scheme}://, expected nats:// or tls://")


def _port(split: SplitResult, text: str) -> int:
    reason = f"the port must be a number from 1 to {_MAX_PORT}"
    try:
        port = split.port
    except ValueError as error:
        raise _invalid(_masked(text), reason) from error
    if port is None:
        return DEFAULT_PORT
    if port == 0:
        raise _invalid(_masked(text), reason)
    return port


def _secret(text: str | None) -> Secret | None:
    return Secret(unquote(text)) if text else None


def _masked(text: str) -> str:
    if "@" not in text:
        return text
    start = text.find("://") + 3 if "://" in text else 0
    return f"{text[:start]}{MASK}@{text.rpartition('@')[2]}"


def _invalid(text: str, reason: str) -> InputError:
    return InputError(
        "url-invalid",
        f"invalid server address {text!r}: {reason}",
        hints=("write it as nats://HOST:PORT, several separated by commas",),
        context={"url": text},
    )
