"""A container engine, through its command line tool: docker, podman, or what behaves like them"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.engines.trouble import (
    engine_hung,
    engine_trouble,
    last_line,
    tool_missing,
)
from iterapp_nats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DEFAULT_COMMAND: Final = "docker"
DEFAULT_IMAGE: Final = "nats:latest"
_ANSWER_TIMEOUT_S: Final = 5.0
_CREATE_TIMEOUT_S: Final = 60.0
_INTERRUPTED_TIMEOUT_S: Final = 3.0
_KILLED_TIMEOUT_S: Final = 1.0
_REMOVE_PATIENCE_S: Final = 5.0
_POLL_S: Final = 0.05
_LAST_LOG_LINES: Final = "20"
_MISSING: Final = (
    "no such container",
    "no such object",
    "no such image",
    "image not known",
    "is not running",
)
_UNDER_WAY: Final = "is already in progress"
# A shell that holds its stdin, and not the tool: Podman leaves programs behind that keep what they
# inherit, such as the one for the names of a network, as long as there is a container.
_HOLDING: Final = ("sh", "-c", '"$@" </dev/null; exit $?', "sh")
# Another shell may have other values: what a container was started with belongs to its state.
_VARIABLES: Final = (
    "DOCKER_HOST",
    "DOCKER_CONTEXT",
    "DOCKER_CONFIG",
    "DOCKER_CERT_PATH",
    "DOCKER_TLS_VERIFY",
    "CONTAINER_HOST",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the tool said, and the code it ended with"""

    code: int
    text: str
    said: str

    @property
    def is_missing(self) -> bool:
        """Whether the engine works, and does not know what it was asked about"""
        return self.code != 0 and any(words in self.said.lower() for words in _MISSING)


@dataclass(frozen=True, slots=True)
class ContainerState:
    """What the engine says of one container"""

    status: str
    exit_code: int

    @property
    def is_alive(self) -> bool:
        """Whether its program runs or may run on: paused counts, created does not"""
        return self.status in {"running", "paused", "restarting", "stopping"}


@dataclass(frozen=True, slots=True)
class Engine:
    """How to call the tool: the beginning of every command line"""

    prefix: tuple[str, ...]

    @classmethod
    def of(cls, command: str | None, environ: Mapping[str, str]) -> Engine:
        """Return the engine of a command as a user writes it; raises `docker-command-invalid`"""
        try:
            words = shlex.split(command or DEFAULT_COMMAND)
        except ValueError as error:
            raise _bad_command(command) from error
        if not words:
            raise _bad_command(command)
        given = [f"{name}={environ[name]}" for name in _VARIABLES if environ.get(name)]
        return cls(("env", *given, *words) if given else tuple(words))

    @property
    def tool(self) -> str:
        """The tool's name, for a person"""
        words = self.prefix[1:] if self.prefix[0] == "env" else self.prefix
        return " ".join(word for word in words if not word.startswith(_VARIABLES))

    def require(self) -> None:
        """Do nothing where the engine works; raises `docker-missing` and its like"""
        self.ask("ps", "--quiet", "--filter", "label=iterapp-nats")

    def has_image(self, image: str) -> bool:
        """Tell whether an image is on this machine"""
        return self._find("image", "inspect", "--format", "{{.Id}}", image) is not None

    def find(self, name: str) -> ContainerState | None:
        """Return the state of a container, None when there is none of this name"""
        text = self._find("container", "inspect", "--format", "{{json .State}}", name)
        if text is None:
            return None
        fields = json.loads(text)
        return ContainerState(str(fields.get("Status")), int(fields.get("ExitCode") or 0))

    def is_alive(self, label: str) -> bool:
        """Tell whether a container with a label runs; one that was only created does not"""
        status = ("--filter", "status=running", "--filter", "status=paused")
        return bool(self.ask("ps", "--quiet", "--filter", f"label={label}", *status))

    def labelled(self, label: str) -> list[str]:
        """Return the ids of all containers with a label `name=value`, running or not"""
        return self.ask("ps", "--all", "--quiet", "--filter", f"label={label}").split()

    def run(self, arguments: Sequence[str], *, lease: int) -> str | None:
        """Create and start a container; return why that failed, None when it has started

        Until the tool has ended `lease` is held, so that nobody takes the container for a left-over
        when we are killed.
        """
        try:
            process = subprocess.Popen(
                [*_HOLDING, *self.prefix, "run", "--detach", *arguments],
                stdin=lease,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                # Ctrl-C of the terminal is ours: half a container cannot be found and removed.
                start_new_session=True,
            )
        except OSError as error:
            raise tool_missing(self.tool, error) from error
        said = self._wait(process)
        return said.decode(errors="replace") if process.returncode else None

    def run_once(self, arguments: Sequence[str]) -> str | None:
        """Run a container to its end, and return what it says when it fails"""
        answer = self._call("run", "--rm", *arguments, timeout_s=_CREATE_TIMEOUT_S)
        return last_line(answer.said) if answer.code else None

    def create_network(self, name: str, label: str) -> None:
        """Have a network for containers, with a label `name=value`"""
        answer = self._call("network", "create", "--label", label, name)
        if answer.code and "already exists" not in answer.said:
            raise engine_trouble(self.tool, answer.said)

    def remove_network(self, name: str) -> None:
        """Remove a network that no container uses any more"""
        self._call("network", "rm", name)

    def stop(self, *names: str, grace_s: float, lease: int | None = None) -> None:
        """Ask the programs of containers to end, all at once, and kill them after `grace_s`

        One that cannot be asked, such as a paused one of Podman, is left to be removed. Until the
        tool has ended `lease` is held, so that nobody takes for a server what is about to end.
        """
        timeout_s = grace_s + 2 * _ANSWER_TIMEOUT_S
        words = ("stop", "-t", str(max(1, round(grace_s))), *names)
        if names:
            self._call(*words, timeout_s=timeout_s, lease=lease)

    def send(self, name: str, signal_name: str) -> bool:
        """Send a signal to the program of a container; return whether there is one"""
        return self._find("kill", "--signal", signal_name, name) is not None

    def remove(self, *names: str) -> None:
        """Remove containers, whatever they are doing"""
        deadline = time.monotonic() + _REMOVE_PATIENCE_S
        while names:
            answer = self._call("rm", "--force", *names, timeout_s=2 * _ANSWER_TIMEOUT_S)
            # Somebody else may be at it.
            if _UNDER_WAY not in answer.said or time.monotonic() > deadline:
                self._found(answer)
                return
            time.sleep(_POLL_S)

    def last_lines(self, name: str) -> str:
        """Return the end of what the program of a container wrote to its standard streams"""
        answer = self._call("logs", "--tail", _LAST_LOG_LINES, name)
        return answer.text + answer.said if answer.code == 0 else ""

    def ask(self, *arguments: str) -> str:
        """Return what the tool prints; raises `docker-not-running` and its like"""
        answer = self._call(*arguments)
        if answer.code:
            raise engine_trouble(self.tool, answer.said)
        return answer.text

    def _find(self, *arguments: str, timeout_s: float = _ANSWER_TIMEOUT_S) -> str | None:
        return self._found(self._call(*arguments, timeout_s=timeout_s))

    def _found(self, answer: Answer) -> str | None:
        if answer.is_missing:
            return None
        if answer.code:
            raise engine_trouble(self.tool, answer.said)
        return answer.text

    def _call(
        self, *arguments: str, timeout_s: float = _ANSWER_TIMEOUT_S, lease: int | None = None
    ) -> Answer:
        holding = () if lease is None else _HOLDING
        try:
            process = subprocess.Popen(
                [*holding, *self.prefix, *arguments],
                stdin=subprocess.DEVNULL if lease is None else lease,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise tool_missing(self.tool, error) from error
        try:
            streams = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired as error:
            _kill(process)
            raise engine_hung(self.tool, timeout_s) from error
        except BaseException:
            _kill(process)
            raise
        text, said = (stream.decode(errors="replace") for stream in streams)
        if process.returncode == _NOT_FOUND_BY_ENV and self.prefix[0] == "env":
            raise tool_missing(self.tool, FileNotFoundError())
        return Answer(process.returncode, text, said)

    def _wait(self, process: subprocess.Popen[bytes]) -> bytes:
        try:
            return process.communicate(timeout=_CREATE_TIMEOUT_S)[1]
        except subprocess.TimeoutExpired as error:
            _end(process, 0)
            raise engine_hung(self.tool, _CREATE_TIMEOUT_S) from error
        except BaseException:
            _end(process, _INTERRUPTED_TIMEOUT_S)
            raise


_NOT_FOUND_BY_ENV: Final = 127


def _end(process: subprocess.Popen[bytes], patience_s: float) -> None:
    """Let the tool finish what it began, so that the engine is not asked for two things at once"""
    try:
        process.communicate(timeout=patience_s)
    except subprocess.TimeoutExpired:
        _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the tool with the shell around it and what it has started"""
    # One that sudo runs may not be killed by us, and is not waited for.
    with contextlib.suppress(PermissionError, ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=_KILLED_TIMEOUT_S)


def _bad_command(command: str | None) -> InputError:
    return InputError(
        "docker-command-invalid",
        f"cannot read --docker-command {command!r}",
        hints=("write it as in a shell, for example --docker-command podman",),
    )
