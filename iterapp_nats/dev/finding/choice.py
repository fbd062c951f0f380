"""Which way to run the server: what the user asked for, what the project used, what is there"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from iterapp_nats.dev.binary import BinaryBackend
from iterapp_nats.dev.finding.discover import BINARY_OPTION, LAST_BINARY, find_server_binary
from iterapp_nats.dev.finding.ways import list_ways
from iterapp_nats.dev.inspection import is_alive
from iterapp_nats.dev.plan import BackendName
from iterapp_nats.errors import InputError, LocalServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from iterapp_nats.dev.backend import Backend
    from iterapp_nats.dev.engines.docker import DockerBackend
    from iterapp_nats.dev.finding.discover import Attempt
    from iterapp_nats.dev.server_state import Preferences, ServerState
    from iterapp_nats.dev.state import StateFolder


@dataclass(frozen=True, slots=True)
class BackendWishes:
    """`--backend` and its like, as they were written; None means that any answer is welcome

    An empty `server_binary` is a wish for what is found, whatever was named before.
    """

    backend: str | None = None
    server_binary: str | None = None
    image: str | None = None
    docker_command: str | None = None

    def kind(self) -> BackendName:
        """Return the backend that is asked for: whoever names an image wants a container

        Raises:
            InputError: `backend-invalid`, `backend-unclear`

        """
        try:
            named = BackendName(self.backend or BackendName.AUTO)
        except ValueError as error:
            raise InputError(
                "backend-invalid",
                f"{self.backend!r} is no backend: name one of {', '.join(BackendName)}",
            ) from error
        wants_docker = bool(self.image or self.docker_command) or named is BackendName.DOCKER
        wants_binary = bool(self.server_binary) or named is BackendName.BINARY
        if wants_docker and wants_binary:
            raise InputError(
                "backend-unclear",
                "--server-binary and --backend binary mean a process,"
                " --image, --docker-command and --backend docker a container",
                hints=("leave out those of one kind",),
            )
        if wants_docker:
            return BackendName.DOCKER
        return BackendName.BINARY if wants_binary else BackendName.AUTO


@dataclass(frozen=True, slots=True)
class BackendChooser:
    """What a choice depends on beside the wishes; `notify` tells a person what takes long"""

    folder: StateFolder
    environ: Mapping[str, str]
    resolve: Callable[[str], Path]
    notify: Callable[[str], None]
    detail: Callable[[str], None]

    def choose(self, wishes: BackendWishes) -> Backend:
        """Return the way to run the server

        Raises:
            InputError: `backend-unclear`, `server-binary-invalid`, `docker-command-invalid`
            LocalServerError: `server-binary-missing`, `state-schema`

        """
        kind = wishes.kind()
        last = self._load_last()
        if kind is BackendName.DOCKER or (kind is BackendName.AUTO and last.engine):
            docker = self._docker(wishes)
            self.detail(f"nats-server from image {docker.image}, by {docker.engine.tool}")
            return docker
        explicit, origin = self._named_binary(wishes.server_binary)
        binary, attempts = find_server_binary(explicit, self.environ, origin)
        for attempt in attempts:
            self.detail(f"nats-server from {attempt}")
        if binary:
            return BinaryBackend(binary, self.environ)
        if kind is BackendName.BINARY:
            raise binary_missing(attempts)
        return self._last_resort(wishes, attempts)

    def _named_binary(self, wish: str | None) -> tuple[Path | None, str]:
        """Return the nats-server that is asked for, or was asked for before, and where"""
        if wish is not None:
            return self.resolve(wish) if wish else None, BINARY_OPTION
        last = self.folder.load_preferences().server_binary
        return Path(last) if last else None, LAST_BINARY

    def _docker(self, wishes: BackendWishes) -> DockerBackend:
        from iterapp_nats.dev.engines.docker import DockerBackend
        from iterapp_nats.dev.engines.engine import DEFAULT_IMAGE, Engine

        last = self._load_last()
        is_going_on = last.engine and wishes.docker_command is None
        engine = (
            Engine(last.engine) if is_going_on else Engine.of(wishes.docker_command, self.environ)
        )
        image = wishes.image or (last.executable if last.engine else "") or DEFAULT_IMAGE
        return DockerBackend(engine, image, self.notify)

    def _load_last(self) -> ServerState | Preferences:
        """Return what runs or ran last, unless that was for a run which is over"""
        state = self.folder.load_state()
        if state is None or (state.is_temporary and not is_alive(self.folder)):
            return self.folder.load_preferences()
        return state

    def _last_resort(self, wishes: BackendWishes, attempts: tuple[Attempt, ...]) -> DockerBackend:
        docker = self._docker(wishes)
        try:
            docker.engine.require()
        except LocalServerError as trouble:
            raise binary_missing(attempts, trouble) from trouble
        self.detail(f"no nats-server on this machine: it runs in a container of {docker.image}")
        return docker


def binary_missing(
    attempts: tuple[Attempt, ...], trouble: LocalServerError | None = None
) -> LocalServerError:
    """Return the error for a machine without nats-server, with the ways to get one"""
    obstacles = [str(attempt) for attempt in attempts if attempt.path]
    if trouble:
        obstacles.append(trouble.message)
    reasons = f": {'; '.join(obstacles)}" if obstacles else ""
    ways = list_ways(platform.system(), platform.machine())
    return LocalServerError(
        "server-binary-missing",
        f"no nats-server found on this machine{reasons}",
        hints=("get one in one of these ways", *ways, "or name one with --server-binary PATH"),
    )
