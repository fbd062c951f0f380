"""The configuration text that nats-server reads"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

# The server cuts a client that reads too slowly; a developer who stops a pager for a minute
# should not lose messages for it (measured: the defaults lost 97 % of a burst in six seconds).
_MAX_PENDING: Final = "1GB"
_WRITE_DEADLINE: Final = "60s"
_LOG_BYTES: Final = 50 << 20
_LOG_FILES: Final = 3


@dataclass(frozen=True, slots=True)
class ServerPlan:
    """What one server is to be; every path is absolute"""

    generation: str
    host: str
    port: int
    log_file: str
    pid_file: str
    store_folder: str | None = None

    @property
    def url(self) -> str:
        """The address that clients use"""
        return f"nats://{self.host}:{self.port}"


def render_server_config(plan: ServerPlan) -> str:
    """Return the configuration file of a server without credentials and TLS"""
    lines = [
        "# written by iterapp-nats dev up; changes are lost at the next start",
        f"server_name: {json.dumps(plan.generation)}",
        f"listen: {json.dumps(f'{plan.host}:{plan.port}')}",
        f"pid_file: {json.dumps(plan.pid_file)}",
        f"log_file: {json.dumps(plan.log_file)}",
        f"logfile_size_limit: {_LOG_BYTES}",
        f"logfile_max_num: {_LOG_FILES}",
        f"max_pending: {_MAX_PENDING}",
        f"write_deadline: {json.dumps(_WRITE_DEADLINE)}",
    ]
    if plan.store_folder:
        lines.append(f"jetstream {{ store_dir: {json.dumps(plan.store_folder)} }}")
    return "\n".join(lines) + "\n"
