"""What runs where: the project's private folder, and what stands in it

A server holds the *lease*, a kernel lock that it inherits: it is taken exactly as long as the
server lives. The *lock* is held while a command changes something. `state.json` is written before
the server starts, so that a command killed at any moment leaves enough to find the server again.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from iterapp_nats import files
from iterapp_nats.dev.forgetting import forget, not_forgotten, state_is_link
from iterapp_nats.dev.migration import SCHEMA, migrate_state
from iterapp_nats.dev.plan import HOST
from iterapp_nats.dev.server_state import parse_preferences, parse_state
from iterapp_nats.dev.trust import (
    bind,
    is_bound,
    is_bound_to,
    read_own,
    read_own_json,
    require_own_folder,
)
from iterapp_nats.errors import LocalServerError

if TYPE_CHECKING:
    from typing import Self

    from iterapp_nats.dev.server_state import Preferences, ServerState

_STORE: Final = "data"
"""How the folders begin in which servers keep their streams"""


@dataclass(frozen=True, slots=True)
class StateFolder:
    """`.iterapp-nats/` beside the root iterapp.toml: private, and ignored by git

    Nodes of a cluster beyond the first have folders of the same kind in it.
    """

    path: Path
    number: int = 1

    @property
    def top(self) -> StateFolder:
        """The folder of the project, which is that of the first node too"""
        return self if self.number == 1 else StateFolder(self.path.parent)

    def node(self, number: int) -> StateFolder:
        """Return the folder of a node; they are counted from 1"""
        return self if number == 1 else StateFolder(self.path / f"node-{number}", number)

    def nodes(self) -> list[StateFolder]:
        """Return the folders of all nodes that there are, were, or were about to be"""
        state = self.load_state()
        count = state.nodes if state else 1
        while self.node(count + 1).path.is_dir():
            count += 1
        return [self.node(number) for number in range(1, count + 1)]

    def log_files(self) -> list[Path]:
        """Return the logs of all nodes that run or ran last"""
        try:
            last = self.load_state() or self.load_preferences()
        except LocalServerError:
            # Of a version that this one does not know: there are logs all the same.
            last = self.load_preferences()
        return [self.node(number).log_file for number in range(1, last.nodes + 1)]

    @property
    def lock_file(self) -> Path:
        """Locked while a command changes the state"""
        return self.path / "lock"

    @property
    def lease_file(self) -> Path:
        """Locked by the server for its whole life; never removed while the folder is in use"""
        return self.path / "lease"

    @property
    def users_file(self) -> Path:
        """Locked, shared, by every `dev run` that uses the server"""
        return self.path / "users"

    @property
    def config_file(self) -> Path:
        """What the server reads"""
        return self.path / "nats.conf"

    @property
    def pid_file(self) -> Path:
        """What the server wrote: a hint, which is never trusted alone"""
        return self.path / "nats.pid"

    @property
    def env_file(self) -> Path:
        """The variables of this server for a shell or a container"""
        return self.path / "nats.env"

    @property
    def log_file(self) -> Path:
        """The server's own log"""
        return self.path / "log" / "nats.log"

    @property
    def previous_log_file(self) -> Path:
        """The log of the run before"""
        return self.path / "log" / "previous.log"

    @property
    def startup_log_file(self) -> Path:
        """What the server said on its standard streams, before its log was open"""
        return self.path / "log" / "startup.log"

    def store_folder(self, nodes: int) -> Path:
        """Where JetStream keeps the data of this one of so many nodes"""
        return self.path / (f"{_STORE}-{nodes}-nodes" if nodes > 1 else _STORE)

    @property
    def version_file(self) -> Path:
        """The version of the server that has kept streams here"""
        return self.path / "streams-version"

    @property
    def _state_file(self) -> Path:
        return self.path / "state.json"

    @property
    def _instance_file(self) -> Path:
        return self.path / "instance.json"

    def create(self) -> Self:
        """Make the folder, so that git and other users of the machine do not look into it"""
        try:
            files.persist(self._make)
        except OSError as error:
            raise self.unusable(error) from error
        return self

    def _make(self) -> None:
        files.make_private_folder(self.path)
        self.path.chmod(files.PRIVATE_FOLDER)
        files.make_private_folder(self.log_file.parent)
        ignore = self.path / ".gitignore"
        if not ignore.exists():
            files.write_atomic(ignore, b"*\n", mode=files.PUBLIC_FILE)

    def remove(self) -> None:
        """Remove the folder with all data, at once for whoever makes a new one meanwhile

        Raises:
            LocalServerError: `state-unwritable`, also for a link, whose target may hold more

        """
        if self.path.is_symlink():
            raise state_is_link(self.path)
        try:
            files.remove_folder(self.path)
        except OSError as error:
            raise self.unusable(error) from error

    def tidy(self, now: float) -> None:
        """Remove what commands that were killed have left half written; `now` is in Unix seconds"""
        for folder, names, _ in os.walk(self.path):
            # Those of the server are its own.
            names[:] = [name for name in names if not name.startswith(_STORE)]
            files.remove_stale_siblings(Path(folder), now)

    def load_state(self) -> ServerState | None:
        """Return the state of the last start, None if there is none

        Raises:
            LocalServerError: `state-schema`, `state-untrusted`

        """
        values = read_own_json(self._state_file)
        if values is None:
            return None
        values = self._believed(migrate_state(values))
        if values.get("schema") != SCHEMA:
            raise LocalServerError(
                "state-schema",
                f"{self._state_file} was written by another version of iterapp-nats"
                f" (schema {values.get('schema')}, this one knows {SCHEMA})",
                hints=("stop the server with that version, or remove the file when none runs",),
            )
        # A copy has no server of its own: that of the original is none of its concern.
        if is_bound(values) and not is_bound_to(values, self.path):
            return None
        state = parse_state(values)
        return self._with_others(state) if state else None

    def _believed(self, values: dict[str, Any]) -> dict[str, Any]:
        """Leave out what is executed, read or dialled unless it was written in this folder"""
        if is_bound(values) and is_bound_to(values, self.path):
            return values
        return {**values, "engine": [], "snippet": "", "server_binary": "", "host": HOST}

    def _with_others(self, state: ServerState) -> ServerState:
        if self.number > 1 or state.nodes == 1:
            return state
        # Each node writes its own state, so that one that is killed at any moment is found.
        others = [self.node(number).load_state() for number in range(2, state.nodes + 1)]
        return replace(state, other_ports=tuple(other.port for other in others if other))

    def save_state(self, state: ServerState) -> None:
        """Write the state in one step"""
        self._save(self._state_file, asdict(state))

    def clear_state(self) -> None:
        """Forget the last start, after its server has ended; raises `state-unwritable`"""
        try:
            forget(self._state_file)
            forget(self.pid_file)
        except OSError as error:
            raise not_forgotten(self.path, error) from error

    def keep_last_log(self) -> None:
        """Put the log of the last run aside; raises `state-unwritable`"""
        try:
            if self.log_file.exists():
                self.log_file.replace(self.previous_log_file)
        except OSError as error:
            raise self.unusable(error) from error

    def load_preferences(self) -> Preferences:
        """Return what this project used last; raises `state-untrusted`"""
        values = self._believed(read_own_json(self._instance_file) or {})
        return parse_preferences(values)

    def save_preferences(self, preferences: Preferences) -> None:
        """Remember them for the next start; raises `state-unwritable`"""
        if preferences != self.load_preferences():
            self._save(self._instance_file, asdict(preferences))

    def keep_name(self, name: str) -> str:
        """Return the name that this node of a cluster has, which is `name` the first time

        Raises:
            LocalServerError: `state-unwritable`, `state-untrusted`

        """
        path = self.path / "node-name"
        if known := read_own(path):
            return known
        self.save_private(path, name)
        return name

    def save_private(self, path: Path, content: str) -> None:
        """Write a file of the folder, 0600; raises `state-unwritable`"""
        try:
            files.write_private(path, content)
        except OSError as error:
            raise self.unusable(error) from error

    def unusable(self, error: OSError) -> LocalServerError:
        """Return the error for a folder that cannot be written"""
        return state_unwritable(self.path, error)

    def _save(self, path: Path, values: dict[str, object]) -> None:
        try:
            bound = bind(values, self.path)
        except OSError as error:
            raise self.unusable(error) from error
        self.save_private(path, json.dumps(bound, indent=2) + "\n")


def state_unwritable(folder: Path, error: OSError) -> LocalServerError:
    """Return the error for a state folder that cannot be written, or that is not ours"""
    if isinstance(error, PermissionError):
        require_own_folder(folder)
    is_in_the_way = isinstance(error, FileExistsError)
    reason = "a file is in its place" if is_in_the_way else (error.strerror or str(error)).lower()
    return LocalServerError(
        "state-unwritable",
        f"cannot write {error.filename or folder}: {reason}",
        hints=("the folder of iterapp.toml must be writable and have free space",),
        context={"folder": str(folder)},
    )
