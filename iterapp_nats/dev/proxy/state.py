"""Which proxy of a project runs, and how to talk to it"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from iterapp_nats.dev.lease import is_taken
from iterapp_nats.secret import Secret

if TYPE_CHECKING:
    from pathlib import Path

    from iterapp_nats.dev.state import StateFolder


@dataclass(frozen=True, slots=True)
class ProxyState:
    """One start of a proxy; whoever knows the token may order faults at the control port"""

    generation: str
    port: int
    control_port: int
    target_port: int
    token: Secret


@dataclass(frozen=True, slots=True)
class ProxyFiles:
    """Where the proxy keeps what is its own, within the state folder of the server"""

    folder: StateFolder

    @property
    def lease_file(self) -> Path:
        """Locked by the proxy for its whole life"""
        return self.folder.path / "proxy.lease"

    @property
    def state_file(self) -> Path:
        """Its state; the proxy itself reads it too"""
        return self.folder.path / "proxy.json"

    @property
    def pid_file(self) -> Path:
        """Its pid: a hint, which is never trusted alone"""
        return self.folder.path / "proxy.pid"

    @property
    def log_file(self) -> Path:
        """What it says, which is nothing as long as all is well"""
        return self.folder.path / "log" / "proxy.log"

    def save(self, state: ProxyState) -> None:
        """Write the state in one step, 0600; raises `state-unwritable`"""
        values = {
            "generation": state.generation,
            "port": state.port,
            "control_port": state.control_port,
            "target_port": state.target_port,
            "token": state.token.reveal(),
        }
        self.folder.save_private(self.state_file, json.dumps(values, indent=2) + "\n")

    def load(self) -> ProxyState | None:
        """Return the state of the last start, None when there was none"""
        return load_proxy_state(self.state_file)

    def find_running(self) -> ProxyState | None:
        """Return the state of the proxy that runs, None when none does"""
        return self.load() if is_taken(self.lease_file) else None


def load_proxy_state(path: Path) -> ProxyState | None:
    """Read the state from its file, None when it is not there or not whole"""
    try:
        values: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return ProxyState(
            generation=str(values["generation"]),
            port=int(values["port"]),
            control_port=int(values["control_port"]),
            target_port=int(values["target_port"]),
            token=Secret(str(values["token"])),
        )
    except (OSError, ValueError, LookupError, TypeError):
        return None
