"""Pods of the example, each started by `dev run`, so that they share one local server"""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.support.servers import HOST, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.languages.workshop import Built

READY_S: Final = 30.0
END_S: Final = 20.0
_VARIABLES: Final = ("NATS_URL", "NATS_CREDENTIALS", "NATS_CREDENTIALS_FILE", "NATS_CA_FILE")


@dataclass(slots=True)
class Pod:
    """One pod, and where its page is"""

    name: str
    built: Built
    project: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/"

    def start(self) -> None:
        environ = {name: text for name, text in os.environ.items() if name not in _VARIABLES}
        environ |= {"HOSTNAME": self.name, "HOST": HOST, "PORT": str(self.port)}
        command = (sys.executable, "-m", "iterapp_nats", "dev", "run", "--", *self.built.command)
        with (self.project / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=self.project,
                env=environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_ready()

    def kill(self) -> None:
        """End it as a node that fails does"""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(END_S)

    def stop(self) -> int:
        """End it as the platform does, and return its exit code"""
        assert self.process
        self.process.terminate()
        return self.process.wait(END_S)

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            assert self.process
            assert self.process.poll() is None, f"pod {self.name} ended"
            if self._is_ready():
                return
            time.sleep(0.05)
        raise AssertionError(f"pod {self.name} is not ready")

    def _is_ready(self) -> bool:
        asking = http.client.HTTPConnection(HOST, self.port, timeout=READY_S)
        with contextlib.closing(asking):
            try:
                asking.request("GET", "/ready")
                return asking.getresponse().status == http.HTTPStatus.OK
            except OSError:
                return False


@contextlib.contextmanager
def running_pods(built: Built, project: Path, *names: str) -> Iterator[list[Pod]]:
    """Run a pod for each name; the logs of a failing test are printed"""
    (project / "iterapp.toml").write_text("port = 8080\n\n[nats]\n")
    pods = [Pod(name, built, project, free_port()) for name in names]
    try:
        for pod in pods:
            pod.start()
        yield pods
    except BaseException:
        for pod in pods:
            log = project / f"{pod.name}.log"
            print(log.read_text() if log.exists() else "")  # noqa: T201 - beside the failure
        raise
    finally:
        for pod in pods:
            pod.kill()
        subprocess.run(
            [sys.executable, "-m", "iterapp_nats", "dev", "down"],
            cwd=project,
            check=True,
            capture_output=True,
        )
