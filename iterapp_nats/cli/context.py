"""What a command knows of the world it was started in"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from iterapp_nats import files
from iterapp_nats.dev.state import StateFolder
from iterapp_nats.errors import InputError
from iterapp_nats.project import find_project
from iterapp_nats.settings import (
    URL,
    Flags,
    Layer,
    Origin,
    Settings,
    Source,
    layer_of,
    resolve_settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from iterapp_nats.output import Output
    from iterapp_nats.project import Project


@dataclass(frozen=True, slots=True)
class ConnectionFlags:
    """The options that every connecting command has"""

    server: str | None = None
    creds: str | None = None
    ca: str | None = None
    env_file: str | None = None
    connect_timeout: float = 5.0


@dataclass(frozen=True, slots=True)
class Context:
    """Environment, folder, streams and clock of one command line"""

    environ: Mapping[str, str]
    cwd: Path
    stdin: TextIO
    output: Output
    now: Callable[[], float]
    flags: ConnectionFlags = field(default_factory=ConnectionFlags)

    @property
    def project(self) -> Project:
        """The project that the current folder belongs to"""
        return find_project(self.cwd)

    @property
    def state_folder(self) -> StateFolder:
        """Where the project's local server keeps its state"""
        return StateFolder(self.project.state_folder)

    def path(self, text: str) -> Path:
        """Return a path as the user meant it, from the current folder"""
        return self.cwd / Path(text).expanduser()

    def settings(self, *, app: str | None = None, environment: str | None = None) -> Settings:
        """Resolve where to connect: flags, env file, environment, dev server, default

        An app or an environment means an account of the dev server, wherever else an address is.

        Raises:
            InputError: `url-invalid`, `file-unreadable`, `env-file-malformed`, `account-unknown`

        """
        flags = Flags(
            server=self.flags.server,
            creds=self._absolute(self.flags.creds),
            ca=self._absolute(self.flags.ca),
        )
        if app or environment:
            chosen = self._dev_server_layer(app, environment)
            if chosen is None:
                raise _server_missing(environment)
            layers = [chosen]
        else:
            layers = list(self._layers())
        settings = resolve_settings(flags, layers)
        for name, source in settings.sources.items():
            self.output.detail(f"{name} from {source}")
        for name, source in settings.ignored:
            self.output.detail(f"{name} of {source} is ignored: no NATS_URL beside it")
        return settings

    def _layers(self) -> Iterator[Layer]:
        is_settled = self.flags.server is not None
        for layer in self._given_layers():
            is_settled |= layer.get(URL) is not None
            yield layer
        # Asked only where it counts: a broken dev server is no concern of who goes elsewhere.
        if not is_settled and (running := self._dev_server_layer()):
            yield running

    def _given_layers(self) -> Iterator[Layer]:
        if self.flags.env_file:
            yield self._env_file_layer(self.flags.env_file)
        yield layer_of(Source(Origin.ENVIRON), self.environ)

    def _dev_server_layer(
        self, app: str | None = None, environment: str | None = None
    ) -> Layer | None:
        folder = self.state_folder
        if not folder.path.is_dir():
            return None
        from iterapp_nats.dev.inspection import Condition, inspect

        found = inspect(folder)
        if found.condition is not Condition.RUNNING or found.state is None:
            return None
        from iterapp_nats.dev.variables import load_variables

        variables = load_variables(folder, found.state, app=app, environment=environment)
        return Layer(Source(Origin.DEV_SERVER, str(self.project.root)), dict(variables.items()))

    def _env_file_layer(self, name: str) -> Layer:
        from iterapp_nats.envfile.reader import parse_env_file

        text = files.read_text(self.path(name), purpose="--env-file")
        return Layer(Source(Origin.ENV_FILE, name), parse_env_file(text, path=name))

    def _absolute(self, text: str | None) -> str | None:
        return str(self.path(text)) if text else None


def _server_missing(environment: str | None) -> InputError:
    wish = f"--environment {environment}" if environment else "--secure"
    return InputError(
        "server-not-running",
        "no local server runs whose account could be chosen",
        hints=(f"start it with iterapp-nats dev up {wish}",),
    )
