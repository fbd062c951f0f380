"""Podman in the place of Docker: another tool with the same words, which has no engine to ask

It has a network of its own here, with a machine's own loopback: what it does to packet filters and
bridges ends with the test.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.dev.dev_project import REPOSITORY
from tests.support.servers import server_binary
from tests.support.tools import require_file, require_tool

if TYPE_CHECKING:
    from collections.abc import Iterator

# Cgroups of this file's own, and limits that whoever is no full root may set too.
CONTAINERS_CONF = """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
"""
BEGIN = """\
trap 'podman rm --all --force >/dev/null 2>&1' EXIT
{
  ip link set lo up
  tar -C "$BINARIES" -c nats-server |
    podman import --change 'ENTRYPOINT ["/nats-server"]' - nats:latest
} >import.log 2>&1 || cat import.log
"""


@dataclass(frozen=True, slots=True)
class Podman:
    """Podman with images, containers and settings in a folder"""

    folder: Path

    def play(self, script: str) -> list[str]:
        """Run a script beside it, and return the lines of both streams"""
        ended = subprocess.run(
            ["unshare", "--net", "bash", "-euo", "pipefail", "-c", BEGIN + script],
            cwd=self.folder / "shop",
            env={
                "PATH": f"{self.folder}:{os.environ['PATH']}",
                "PYTHONPATH": str(REPOSITORY),
                "BINARIES": str(Path(server_binary()).parent),
                "CONTAINERS_CONF": str(self.folder / "containers.conf"),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        text = ended.stdout.decode()
        assert ended.returncode == 0, text
        return text.splitlines()


@pytest.fixture
def podman() -> Iterator[Podman]:
    if os.getuid():
        pytest.skip("only root can give Podman a network of its own")
    path = require_tool("podman")
    for helper in ("netavark", "aardvark-dns"):
        require_file(f"/usr/lib/podman/{helper}", of=helper)
    # Not below pytest's folder: the path of one of its own may be 50 characters long.
    with tempfile.TemporaryDirectory(prefix="podman.", dir="/tmp") as name:
        folder = Path(name)
        (folder / "shop").mkdir()
        (folder / "shop" / "iterapp.toml").write_text("[nats]\n")
        (folder / "containers.conf").write_text(CONTAINERS_CONF)
        write(folder / "dev", f'exec {sys.executable} -m iterapp_nats dev "$@"\n')
        options = ("root", "runroot", "tmpdir", "network-config-dir")
        places = " ".join(f"--{option} {folder / option}" for option in options)
        write(folder / "podman", f'exec {path} --storage-driver vfs {places} "$@"\n')
        yield Podman(folder)


def write(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}")
    path.chmod(0o755)


def test_life_of_a_server_is_that_of_any_other(podman: Podman) -> None:
    lines = podman.play("""
        dev up --docker-command podman --secure --jetstream
        dev status | head -n 1
        podman kill $(podman ps --quiet) >/dev/null
        dev status 2>&1 | head -n 1 || true
        dev up --quiet
        podman pause $(podman ps --quiet) >/dev/null
        dev status 2>&1 | head -n 1 || true
        dev down
        podman ps --all --quiet
    """)
    text = "\n".join(lines)
    assert lines[0].startswith("nats-server is running at tls://127.0.0.1:4222"), text
    running, killed, paused, down = lines[-4:]
    assert "container of nats:latest" in running, text
    assert "secure, JetStream" in running
    assert killed == "not running: it ended without dev down at tls://127.0.0.1:4222"
    assert paused == "alive, but silent at tls://127.0.0.1:4222"
    assert down == "stopped the local server at tls://127.0.0.1:4222"


def test_nodes_of_a_cluster_find_each_other(podman: Podman) -> None:
    lines = podman.play("""
        dev up --docker-command podman --nodes 3 --quiet
        dev restart --rolling --quiet
        dev status | head -n 1
        dev down
        podman ps --all --quiet
        podman network ls --quiet
    """)
    assert "3 of 3 nodes" in lines[0], "\n".join(lines)
    assert lines[2:] == ["podman"]
