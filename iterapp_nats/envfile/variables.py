"""The four variables of a connection, who reads them, and what a rendering of them is"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret
from iterapp_nats.settings import CA_FILE, CREDENTIALS, CREDENTIALS_FILE, URL

if TYPE_CHECKING:
    from collections.abc import Iterator


class Consumer(StrEnum):
    """Who reads the text; each has quoting rules of its own"""

    SH = "sh"
    FISH = "fish"
    POWERSHELL = "powershell"
    DOTENV = "dotenv"
    DOTENV_ESCAPED = "dotenv-escaped"
    JSON = "json"
    NULL = "null"
    DOCKER = "docker"
    COMPOSE = "compose"
    NODE = "node"
    SYSTEMD = "systemd"
    GITHUB = "github"
    GITLAB = "gitlab"
    KUBERNETES = "kubernetes"

    @property
    def takes_block(self) -> bool:
        """Whether `update_block` may put the text among other lines of an existing file

        The others have no comments for the markers (json, null, docker, and by their documentation
        github and gitlab), or one document that cannot be appended to (compose, kubernetes).
        """
        return self in _LINE_BASED


_LINE_BASED = frozenset(
    {
        Consumer.SH,
        Consumer.FISH,
        Consumer.POWERSHELL,
        Consumer.DOTENV,
        Consumer.DOTENV_ESCAPED,
        Consumer.NODE,
        Consumer.SYSTEMD,
    }
)


@dataclass(frozen=True, slots=True)
class Variables:
    """The values to hand on; None and empty mean unset

    `url` may hold a password, so it is not shown either. Paths are absolute, because the consumer
    may run in another folder.
    """

    url: str = field(repr=False)
    credentials: Secret | None = None
    credentials_file: str | None = None
    ca_file: str | None = None

    def items(self) -> Iterator[tuple[str, Secret]]:
        """Yield name and value of each variable that is set, in the platform's order"""
        if self.url:
            yield URL, Secret(self.url)
        if self.credentials:
            yield CREDENTIALS, self.credentials
        if self.credentials_file:
            yield CREDENTIALS_FILE, Secret(self.credentials_file)
        if self.ca_file:
            yield CA_FILE, Secret(self.ca_file)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Text for one consumer

    `notes` say in a sentence each what this consumer cannot carry and what works instead.
    `log_commands` are lines for the log of a pipeline that make it hide the secrets; they are
    printed before the text is used, and are empty for every consumer but GitHub.
    """

    text: str = field(repr=False)
    notes: tuple[str, ...] = ()
    log_commands: str = field(default="", repr=False)


def unsupported_value(name: str, consumer: Consumer, reason: str) -> InputError:
    """Return the error for a value that the consumer has no exact form for"""
    return InputError(
        "env-value-unsupported",
        f"{name} cannot be written for {consumer}: {reason}",
        hints=("choose another form with --for, sh and json carry every value",),
        context={"variable": name, "consumer": str(consumer)},
    )
