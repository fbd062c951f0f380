"""Where to connect and as whom: layers of variables to one set of settings

Layers stand in an order of rank. The highest layer that names a URL gives credentials and CA too,
so that the credentials of one server are never sent to another; flags override single fields.
An empty variable counts as unset.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret
from iterapp_nats.server_url import ServerUrl, parse_server_urls

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

URL: Final = "NATS_URL"
CREDENTIALS: Final = "NATS_CREDENTIALS"
CREDENTIALS_FILE: Final = "NATS_CREDENTIALS_FILE"
CA_FILE: Final = "NATS_CA_FILE"
VARIABLES: Final = (URL, CREDENTIALS, CREDENTIALS_FILE, CA_FILE)
DEFAULT_URL: Final = "nats://127.0.0.1:4222"


class Origin(StrEnum):
    """The kind of layer that a value came from"""

    FLAG = "flag"
    ENV_FILE = "env file"
    ENVIRON = "environment variable"
    DEV_SERVER = "running dev server"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Source:
    """Where one value came from: the kind of layer and its name, for example a path or a flag"""

    origin: Origin
    name: str = ""

    def __str__(self) -> str:
        return f"{self.origin} {self.name}".rstrip()


@dataclass(frozen=True, slots=True)
class Layer:
    """One set of the platform's four variables"""

    source: Source
    values: Mapping[str, Secret] = field(default_factory=dict)

    def get(self, name: str) -> Secret | None:
        """Return the variable's value, None when it is unset or empty"""
        return self.values.get(name) or None


@dataclass(frozen=True, slots=True)
class Flags:
    """`--server`, `--creds FILE` and `--ca FILE`"""

    server: str | None = None
    creds: str | None = None
    ca: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What a connection needs, each field with the place it came from

    `ignored` names variables that were set but not used, because their layer names no URL.
    """

    servers: tuple[ServerUrl, ...]
    credentials: Secret | None
    credentials_file: str | None
    ca_file: str | None
    sources: Mapping[str, Source]
    ignored: tuple[tuple[str, Source], ...] = ()

    @property
    def wants_tls(self) -> bool:
        """Whether plaintext would be a downgrade: a CA is given, or an address says tls://"""
        return self.ca_file is not None or any(url.wants_tls for url in self.servers)

    @property
    def url(self) -> str:
        """The addresses as one text that is safe to print"""
        return ",".join(str(server) for server in self.servers)


def layer_of(source: Source, variables: Mapping[str, str]) -> Layer:
    """Pick the platform's variables out of `variables`"""
    return Layer(source, {name: Secret(variables[name]) for name in VARIABLES if name in variables})


def resolve_settings(flags: Flags, layers: Iterable[Layer]) -> Settings:
    """Return the settings of the highest layer that names a URL, overridden by `flags`

    Raises:
        InputError: `url-invalid`, `content-as-path`

    """
    ranked = [_flag_layer(flags), *layers, _DEFAULT_LAYER]
    base = next(layer for layer in ranked if layer.get(URL))
    sources = {name: base.source for name in VARIABLES if base.get(name)}
    fields = {name: base.get(name) for name in VARIABLES}
    for name, flag, value in _overrides(flags):
        fields[name] = Secret(value)
        sources[name] = Source(Origin.FLAG, flag)
    if flags.creds:
        fields[CREDENTIALS] = None
        sources.pop(CREDENTIALS, None)
    url = fields[URL]
    return Settings(
        servers=parse_server_urls(url.reveal() if url else DEFAULT_URL),
        credentials=fields[CREDENTIALS],
        credentials_file=_path(fields, CREDENTIALS_FILE),
        ca_file=_path(fields, CA_FILE),
        sources=sources,
        ignored=tuple(_ignored(ranked, base)),
    )


_DEFAULT_LAYER: Final = layer_of(Source(Origin.DEFAULT), {URL: DEFAULT_URL})


def _flag_layer(flags: Flags) -> Layer:
    return layer_of(Source(Origin.FLAG, "--server"), {URL: flags.server or ""})


def _overrides(flags: Flags) -> Iterator[tuple[str, str, str]]:
    if flags.server:
        yield URL, "--server", flags.server
    if flags.creds:
        yield CREDENTIALS_FILE, "--creds", flags.creds
    if flags.ca:
        yield CA_FILE, "--ca", flags.ca


def _ignored(ranked: list[Layer], base: Layer) -> Iterator[tuple[str, Source]]:
    for layer in ranked[: ranked.index(base)]:
        yield from ((name, layer.source) for name in VARIABLES if layer.get(name))


def require_path(text: str, name: str) -> str:
    """Return a path, or refuse the content of a file in its place without repeating it

    Every message about a file names its path, so that a seed would end up on the screen.

    Raises:
        InputError: `content-as-path`

    """
    if "-----BEGIN " not in text and "\n" not in text:
        return text
    raise InputError(
        "content-as-path",
        f"{name} holds the content of a file, not a path",
        hints=(f"write it to a file that only you may read, and give {name} its path",),
        context={"variable": name},
    )


def _path(fields: Mapping[str, Secret | None], name: str) -> str | None:
    secret = fields[name]
    return require_path(secret.reveal(), name) if secret else None
