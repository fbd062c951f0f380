"""What a command knows of the world it was started in"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from iterapp_nats.errors import InputError
from iterapp_nats.project import find_project

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from iterapp_nats.dev.state import StateFolder
    from iterapp_nats.output import Output
    from iterapp_nats.project import Project
    from iterapp_nats.security.certificates.key_type import KeyType
    from iterapp_nats.settings import Settings


@dataclass(frozen=True, slots=True)
class ConnectionFlags:
    """The options that every connecting command has"""

    server: str | None = None
    creds: str | None = None
    ca: str | None = None
    env_file: str | None = None
    connect_timeout: float = 5.0


@dataclass(frozen=True, slots=True)
class StartFlags:
    """The options of a local server, which every command that starts one has, as they were given

    None and empty mean that nothing was said.
    """

    port: int | None = None
    jetstream: bool | None = None
    secure: bool | None = None
    environments: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    key_type: KeyType | None = None
    proxy: bool | None = None
    backend: str | None = None
    server_binary: str | None = None
    image: str | None = None
    docker_command: str | None = None
    nodes: int | None = None
    websocket: bool | None = None
    config_snippet: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """Environment, folder, streams and clock of one command line"""

    environ: Mapping[str, str]
    cwd: Path
    stdin: TextIO
    output: Output
    now: Callable[[], float]
    flags: ConnectionFlags = field(default_factory=ConnectionFlags)
    start_flags: StartFlags = field(default_factory=StartFlags)

    @property
    def project(self) -> Project:
        """The project that the current folder belongs to"""
        return find_project(self.cwd)

    @property
    def state_folder(self) -> StateFolder:
        """Where the project's local server keeps its state"""
        from iterapp_nats.dev.state import StateFolder

        return StateFolder(self.project.state_folder)

    def path(self, text: str) -> Path:
        """Return a path as the user meant it, from the current folder; raises `usage`"""
        try:
            return self.cwd / Path(text).expanduser()
        except RuntimeError as error:
            raise InputError(
                "usage",
                f"cannot tell where {text} is: there is no home folder for its first part",
                hints=("write the path from / on",),
                context={"path": text},
            ) from error

    def settings(self, *, app: str | None = None, environment: str | None = None) -> Settings:
        """Resolve where to connect: flags, env file, environment, dev server, default

        An app or an environment means an account of the dev server, wherever else an address is.

        Raises:
            InputError: `url-invalid`, `file-unreadable`, `env-file-malformed`, `account-unknown`

        """
        from iterapp_nats.cli.layers import resolve

        return resolve(self, app=app, environment=environment)
