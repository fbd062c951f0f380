"""What a command knows of the world it was started in"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from iterapp_nats import files
from iterapp_nats.dev.state import StateFolder
from iterapp_nats.project import find_project
from iterapp_nats.settings import (
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

    def settings(self) -> Settings:
        """Resolve where to connect: flags, env file, environment, dev server, default

        Raises:
            InputError: `url-invalid`, `file-unreadable`, `env-file-malformed`

        """
        flags = Flags(
            server=self.flags.server,
            creds=self._absolute(self.flags.creds),
            ca=self._absolute(self.flags.ca),
        )
        settings = resolve_settings(flags, self._layers())
        for name, source in settings.sources.items():
            self.output.detail(f"{name} from {source}")
        for name, source in settings.ignored:
            self.output.detail(f"{name} of {source} is ignored: no NATS_URL beside it")
        return settings

    def _layers(self) -> Iterator[Layer]:
        if self.flags.env_file:
            yield self._env_file_layer(self.flags.env_file)
        yield layer_of(Source(Origin.ENVIRON), self.environ)
        if variables := running_variables(self.state_folder):
            yield layer_of(Source(Origin.DEV_SERVER, str(self.project.root)), variables)

    def _env_file_layer(self, name: str) -> Layer:
        from iterapp_nats.envfile.reader import parse_env_file

        text = files.read_text(self.path(name), purpose="--env-file")
        return Layer(Source(Origin.ENV_FILE, name), parse_env_file(text, path=name))

    def _absolute(self, text: str | None) -> str | None:
        return str(self.path(text)) if text else None


def running_variables(folder: StateFolder) -> dict[str, str]:
    """Return the variables of the project's running server, empty when none runs"""
    if not folder.path.is_dir():
        return {}
    from iterapp_nats.dev.inspection import Condition, inspect

    found = inspect(folder)
    if found.condition is not Condition.RUNNING or found.state is None:
        return {}
    return {"NATS_URL": found.state.url}
