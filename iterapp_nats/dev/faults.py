"""Faults of the local server itself: away for a while, hung, saying goodbye, impatient

Of a cluster they strike one node, the first unless another is named; the others go on. Each of
them is a block: at its end the server is as it was, whatever ended the block. Waiting is the
caller's, so that it can be interrupted.
"""

from __future__ import annotations

import contextlib
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.agreement import agree_on_plan
from iterapp_nats.dev.clusters.nodes import heal
from iterapp_nats.dev.ending import end_server, send_signal
from iterapp_nats.dev.inspection import Condition, inspect, inspect_node
from iterapp_nats.dev.launch import launch, try_plan
from iterapp_nats.dev.lease import hold_lock
from iterapp_nats.dev.plan import ServerOptions
from iterapp_nats.errors import InputError, LocalServerError
from iterapp_nats.server_config import tightened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.dev.backend import Backend
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder

_LOCK_TIMEOUT_S: Final = 30.0
_PURPOSE: Final = "dev chaos"


@dataclass(frozen=True, slots=True)
class RunningServer:
    """The server of a project, or one node of its cluster, to be ended or signalled

    Made by `replacing` and its like; `folder` is the node's own.
    """

    folder: StateFolder
    state: ServerState

    @property
    def has_ended(self) -> bool:
        """Whether it is gone"""
        found = inspect_node(self.folder).condition
        return found in {Condition.STALE, Condition.STOPPED}

    def end(self) -> None:
        """Let it end as it does on TERM, and wait until it has; raises `server-not-stopped`"""
        end_server(self.folder, self.state)

    def kill(self) -> None:
        """End it without a last word, and wait until it has; raises `server-not-stopped`"""
        self._send(signal.SIGKILL)
        self.end()

    def say_goodbye(self) -> None:
        """Make it a lame duck: it tells its clients, closes them one by one, and ends"""
        self._send(signal.SIGUSR2)

    def pause(self) -> None:
        """Stop it in the middle of whatever it does"""
        self._send(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on behind a pause"""
        self._send(signal.SIGCONT)

    def read_config_again(self) -> None:
        """Let it take over its changed configuration"""
        self._send(signal.SIGHUP)

    def _send(self, number: int) -> None:
        if not send_signal(self.folder, self.state, number):
            raise _not_running()


@contextlib.contextmanager
def replacing(folder: StateFolder, backend: Backend, number: int = 1) -> Iterator[RunningServer]:
    """Yield a server that may end within the block; behind it one runs at the same address

    Other commands that change the server wait meanwhile. A proxy in front stays where it is.

    Raises:
        InputError: `server-not-running`, `node-missing`, and as `try_plan`
        LocalServerError: `state-locked`, and as `launch`

    """
    with _holding(folder, number) as running:
        state = require_running(folder)
        plan, _ = agree_on_plan(
            folder, ServerOptions(port=state.port), state, is_temporary=state.is_temporary
        )
        # What could not start again is not ended.
        try_plan(folder, plan, backend)
        try:
            yield running
        finally:
            running.end()
            if state.nodes == 1:
                launch(folder, plan, backend)
            else:
                heal(folder, state, plan, backend)


@contextlib.contextmanager
def pausing(folder: StateFolder, number: int = 1) -> Iterator[RunningServer]:
    """Stop the server in the middle of whatever it does, as long as the block lasts

    Raises:
        InputError: `server-not-running`, `node-missing`
        LocalServerError: `state-locked`

    """
    with _holding(folder, number) as running:
        running.pause()
        try:
            yield running
        finally:
            running.go_on()


@contextlib.contextmanager
def impatient(folder: StateFolder, write_deadline_s: float) -> Iterator[RunningServer]:
    """Let the server cut off whoever does not read for so long, until the end of the block

    Raises:
        InputError: `server-not-running`
        LocalServerError: `state-locked`, `state-unwritable`

    """
    with _holding(folder) as running:
        usual = folder.config_file.read_text("ascii")
        folder.save_private(folder.config_file, tightened(usual, write_deadline_s))
        try:
            running.read_config_again()
            yield running
        finally:
            folder.save_private(folder.config_file, usual)
            running.read_config_again()


@contextlib.contextmanager
def _holding(folder: StateFolder, number: int = 1) -> Iterator[RunningServer]:
    with hold_lock(folder.lock_file, purpose=_PURPOSE, timeout_s=_LOCK_TIMEOUT_S):
        yield RunningServer(folder.node(number), require_node(folder, number))


def require_running(folder: StateFolder) -> ServerState:
    """Return the state of the server that runs; raises `server-not-running`"""
    found = inspect(folder) if folder.path.is_dir() else None
    if found is None or found.state is None or found.condition is not Condition.RUNNING:
        raise _not_running()
    return found.state


def require_node(folder: StateFolder, number: int) -> ServerState:
    """Return the state of a node of what runs; raises `server-not-running`, `node-missing`"""
    nodes = require_running(folder).nodes
    state = folder.node(number).load_state() if number <= nodes else None
    if state is None:
        there_are = f"the cluster has {nodes} nodes" if nodes > 1 else "no cluster runs"
        raise InputError(
            "node-missing",
            f"there is no node {number}: {there_are}",
            hints=("see what runs with iterapp-nats dev status",),
        )
    return state


def require_nodes(folder: StateFolder, number: int | None) -> tuple[ServerState, ...]:
    """Return the states of all servers of a project, or of one node, and each of them runs

    Raises:
        InputError: `server-not-running`, `node-missing`
        LocalServerError: `node-not-running`

    """
    state = require_running(folder)
    if state.nodes == 1 and number in {None, 1}:
        return (state,)
    numbers = [number] if number else range(1, state.nodes + 1)
    states = tuple(require_node(folder, each) for each in numbers)
    conditions = {each: inspect_node(folder.node(each)).condition for each in numbers}
    for each, condition in conditions.items():
        if condition is not Condition.RUNNING:
            raise LocalServerError(
                "node-not-running",
                f"node {each} of the cluster does not run: it is {condition}",
                hints=("bring it back with iterapp-nats dev up",),
                context={"node": str(each)},
            )
    return states


def _not_running() -> InputError:
    return InputError(
        "server-not-running",
        "the local server does not run",
        hints=("start it with iterapp-nats dev up",),
    )
