"""Running the server in a container"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.engines.containers import (
    container_label,
    container_name,
    network_name,
    node_name,
    project_label,
)
from iterapp_nats.dev.engines.facts import is_podman, is_rootless
from iterapp_nats.dev.engines.pulling import pull
from iterapp_nats.dev.engines.trouble import USE_BINARY, last_line
from iterapp_nats.dev.logs import last_words
from iterapp_nats.dev.plan import BackendName
from iterapp_nats.dev.process import ServerMark
from iterapp_nats.errors import LocalServerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from iterapp_nats.dev.engines.engine import Engine
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder

# Asking the engine takes 20 ms, and the server's own INFO is asked for all the time.
_LOOK_AGAIN_S: Final = 0.2
_KILLED: Final = 128 + signal.SIGKILL
_PORT_ALLOCATED: Final = "port is already allocated"


@dataclass(slots=True)
class StartedContainer:
    """A container that was just created; `failure` is why it could not be started"""

    engine: Engine
    name: str
    folder: StateFolder
    failure: str | None
    _last_look_s: float = 0.0

    def death_note(self) -> str | None:
        """Return the server's last words when it has ended, None while it lives"""
        if self.failure:
            return self.failure
        if time.monotonic() - self._last_look_s < _LOOK_AGAIN_S:
            return None
        self._last_look_s = time.monotonic()
        state = self.engine.find(self.name)
        if state and state.is_alive:
            return None
        # What is about to be removed is killed first.
        if state is None or state.exit_code == _KILLED:
            return "its container was killed or removed"
        said = self.engine.last_lines(self.name)
        self.folder.save_private(self.folder.startup_log_file, said)
        return last_words(self.folder) or f"its container ended with code {state.exit_code}"

    def release(self) -> None:
        """Let the container live on: the engine looks after it"""

    def abandon(self) -> None:
        """Remove the container"""
        self.engine.remove(self.name)


@dataclass(frozen=True, slots=True)
class DockerBackend:
    """nats-server in a container, reached through a port of this machine's loopback

    The state folder is mounted at its own path, so that one configuration serves both backends.
    `notify` tells a person what takes long.
    """

    engine: Engine
    image: str
    notify: Callable[[str], None]

    @property
    def name(self) -> str:
        """The word of `--backend`"""
        return BackendName.DOCKER

    @property
    def executable(self) -> str:
        """The image"""
        return self.image

    @property
    def named_binary(self) -> str:
        """An image brings its own"""
        return ""

    @property
    def listen_host(self) -> str:
        """All addresses of the container's own network; what is published is loopback alone"""
        return "0.0.0.0"  # noqa: S104 - the container's, not this machine's

    def route_host(self, number: int) -> str:
        """Each node has a name in the network of its project"""
        return node_name(number)

    def test(self, folder: StateFolder, config_file: Path) -> str | None:
        """Let the server read a configuration; return what it says against it"""
        confinement = _confinement(folder.top, self.engine)
        return self.engine.run_once([*confinement, self.image, "-t", "-c", str(config_file)])

    def prepare(self) -> None:
        """Bring the image; raises `docker-missing` and its like"""
        if not self.engine.has_image(self.image):
            self.notify(f"pulling image {self.image} with {self.engine.tool}, which takes a while")
            pull(self.engine, self.image, lambda line: self.notify(f"  {line}"))

    def start(self, folder: StateFolder, state: ServerState, *, lease: int) -> StartedContainer:
        """Create the container and start it; raises `docker-missing` and its like"""
        # A container that has crashed is kept until now, so that its words can be read.
        self.engine.remove(*self.engine.labelled(container_label(folder)))
        if state.routes:
            self.engine.create_network(network_name(folder), project_label(folder))
        name = container_name(state)
        try:
            said = self.engine.run(self._arguments(folder, state), lease=lease)
        except BaseException:
            self.engine.remove(name)
            raise
        return StartedContainer(self.engine, name, folder, _failure(said) if said else None)

    def _arguments(self, folder: StateFolder, state: ServerState) -> list[str]:
        ports = [port for port in (state.port, state.websocket_port) if port]
        return [
            "--name", container_name(state),
            "--label", container_label(folder),
            "--label", project_label(folder),
            *(self._joining(folder) if state.routes else []),
            *(f"--publish={state.host}:{port}:{port}" for port in ports),
            *_confinement(folder.top, self.engine),
            self.image,
            *ServerMark.of(folder, state).arguments(),
        ]  # fmt: skip

    def _joining(self, folder: StateFolder) -> list[str]:
        """Return the options of a container among those of other nodes"""
        return [
            "--network", network_name(folder),
            "--network-alias", node_name(folder.number),
            # Nobody else is to be asked for a node that is away, and hardly waited for: a server
            # that looks for another one does not end before it was told that there is none. Podman
            # would ask nobody but the one that is named here.
            *([] if is_podman(self.engine) else ["--dns", "127.0.0.1"]),
            "--dns-option", "timeout:1", "--dns-option", "attempts:1",
        ]  # fmt: skip


def _confinement(folder: StateFolder, engine: Engine) -> list[str]:
    """Return the options that let a container see the state folder, and nothing else"""
    path = str(folder.path)
    if not _is_utf_8(path):
        raise LocalServerError(
            "path-not-utf-8",
            f"no container can use the folder {path!a}: its name is not UTF-8",
            hints=(USE_BINARY,),
        )
    return [
        "--pull", "never",
        # Files in the folder belong to the user, also those that the server writes.
        "--user", _user(engine),
        "--cap-drop", "ALL",
        "--read-only",
        "--security-opt", "no-new-privileges",
        # SELinux would have the folder relabelled, for good.
        "--security-opt", "label=disable",
        # A folder, not files: a file that is replaced would stay the old one inside.
        "--mount", _mount(path),
    ]  # fmt: skip


def _user(engine: Engine) -> str:
    """Return who we are in a container"""
    if os.getuid() and is_rootless(engine):
        return "0:0"
    return f"{os.getuid()}:{os.getgid()}"


def _is_utf_8(path: str) -> bool:
    # Other bytes stand in it as lone surrogates (PEP 383).
    return not any("\ud800" <= letter <= "\udfff" for letter in path)


def _mount(path: str) -> str:
    # The value is a line of CSV, in which a path may hold commas and quotes.
    quoted = path.replace('"', '""')
    return f'type=bind,"source={quoted}","target={quoted}"'


def _failure(said: str) -> str:
    """Return why the engine could not start a container, in words that the binary has too"""
    if _PORT_ALLOCATED in said:
        return "address already in use"
    return last_line(said)
