"""What runs where: the project's private folder, and what stands in it

A server holds the *lease*, a kernel lock that it inherits: it is taken exactly as long as the
server lives. The *lock* is held while a command changes something. `state.json` is written before
the server starts, so that a command killed at any moment leaves enough to find the server again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from iterapp_nats import files
from iterapp_nats.errors import LocalServerError
from iterapp_nats.security.realm import AppEnvironment

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

SCHEMA: Final = 2
_SCHEMA_WITHOUT_ACCOUNTS: Final = 1


@dataclass(frozen=True, slots=True)
class ServerState:
    """One start of a server: who it is and how to reach it

    `is_temporary` marks a server that `dev run` started and that ends with its last user.
    `default_account` is whose variables are given when nobody chooses; None: a plain server.
    """

    generation: str
    backend: str
    executable: str
    host: str
    port: int
    jetstream: bool
    is_temporary: bool
    started_at: int
    default_account: AppEnvironment | None = None
    schema: int = SCHEMA

    @property
    def url(self) -> str:
        """The address that clients use"""
        scheme = "tls" if self.default_account else "nats"
        return f"{scheme}://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the next start is to be like when nothing else is asked for

    `proxy_port` is where a proxy listens in front of the server, None for no proxy.
    """

    port: int | None = None
    jetstream: bool = False
    default_account: AppEnvironment | None = None
    proxy_port: int | None = None


@dataclass(frozen=True, slots=True)
class StateFolder:
    """`.iterapp-nats/` beside the root iterapp.toml: private, and ignored by git"""

    path: Path

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

    @property
    def store_folder(self) -> Path:
        """Where JetStream keeps its data"""
        return self.path / "data"

    @property
    def _state_file(self) -> Path:
        return self.path / "state.json"

    @property
    def _instance_file(self) -> Path:
        return self.path / "instance.json"

    def create(self) -> Self:
        """Make the folder, so that git and other users of the machine do not look into it"""
        try:
            files.make_private_folder(self.path)
            self.path.chmod(files.PRIVATE_FOLDER)
            files.make_private_folder(self.log_file.parent)
            ignore = self.path / ".gitignore"
            if not ignore.exists():
                files.write_atomic(ignore, b"*\n", mode=files.PUBLIC_FILE)
        except OSError as error:
            raise self.unusable(error) from error
        return self

    def load_state(self) -> ServerState | None:
        """Return the state of the last start, None if there is none; raises `state-schema`"""
        values = _load_json(self._state_file)
        if values is None:
            return None
        values = _migrated(values)
        if values.get("schema") != SCHEMA:
            raise LocalServerError(
                "state-schema",
                f"{self._state_file} was written by another version of iterapp-nats"
                f" (schema {values.get('schema')}, this one knows {SCHEMA})",
                hints=("stop the server with that version, or remove the file when none runs",),
            )
        values["default_account"] = _account(values.get("default_account"))
        try:
            return ServerState(**{item.name: values[item.name] for item in fields(ServerState)})
        except KeyError:
            return None

    def save_state(self, state: ServerState) -> None:
        """Write the state in one step"""
        self._save(self._state_file, asdict(state))

    def clear_state(self) -> None:
        """Forget the last start, after its server has ended; raises `state-unwritable`"""
        try:
            self._state_file.unlink(missing_ok=True)
            self.pid_file.unlink(missing_ok=True)
        except OSError as error:
            raise self.unusable(error) from error

    def keep_last_log(self) -> None:
        """Put the log of the last run aside; raises `state-unwritable`"""
        try:
            if self.log_file.exists():
                self.log_file.replace(self.previous_log_file)
        except OSError as error:
            raise self.unusable(error) from error

    def load_preferences(self) -> Preferences:
        """Return what this project used last"""
        values = _load_json(self._instance_file) or {}
        port, proxy_port = values.get("port"), values.get("proxy_port")
        return Preferences(
            port=port if isinstance(port, int) else None,
            jetstream=values.get("jetstream") is True,
            default_account=_account(values.get("default_account")),
            proxy_port=proxy_port if isinstance(proxy_port, int) else None,
        )

    def save_preferences(self, preferences: Preferences) -> None:
        """Remember them for the next start; raises `state-unwritable`"""
        if preferences != self.load_preferences():
            self._save(self._instance_file, asdict(preferences))

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
        self.save_private(path, json.dumps(values, indent=2) + "\n")


def state_unwritable(folder: Path, error: OSError) -> LocalServerError:
    """Return the error for a state folder that cannot be written"""
    is_in_the_way = isinstance(error, FileExistsError)
    reason = "a file is in its place" if is_in_the_way else (error.strerror or str(error)).lower()
    return LocalServerError(
        "state-unwritable",
        f"cannot write {error.filename or folder}: {reason}",
        hints=("the folder of iterapp.toml must be writable and have free space",),
        context={"folder": str(folder)},
    )


def _load_json(path: Path) -> dict[str, Any] | None:
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return values if isinstance(values, dict) else None


def _migrated(values: dict[str, Any]) -> dict[str, Any]:
    """Read the state of an older version, whose servers were all plain"""
    if values.get("schema") != _SCHEMA_WITHOUT_ACCOUNTS:
        return values
    return {**values, "schema": SCHEMA, "default_account": None}


def _account(values: object) -> AppEnvironment | None:
    if not isinstance(values, dict):
        return None
    return AppEnvironment(str(values.get("app", "")), str(values.get("environment", "")))
