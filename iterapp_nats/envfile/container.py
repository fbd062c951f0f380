"""What addresses and files of the host are within a container"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.settings import CA_FILE, CREDENTIALS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.envfile.variables import Variables

MOUNT_FOLDER: Final = "/run/iterapp-nats"
HOST: Final = "host.docker.internal"
# Docker Desktop knows the name by itself, an engine on Linux from 20.10 on by this entry.
HOST_GATEWAY: Final = f"{HOST}:host-gateway"
_LOOPBACK: Final = re.compile(
    r"\A(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?=[:/]|\Z)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Mount:
    """A file of the host, and the variable that names it within the container"""

    variable: str
    source: str
    target: str


def find_mounts(variables: Variables) -> Iterator[Mount]:
    """Yield a mount for each variable that holds a path"""
    if variables.credentials_file:
        target = f"{MOUNT_FOLDER}/nats.creds"
        yield Mount(CREDENTIALS_FILE, variables.credentials_file, target)
    if variables.ca_file:
        yield Mount(CA_FILE, variables.ca_file, f"{MOUNT_FOLDER}/ca.pem")


def container_url(url: str) -> str:
    """Return the addresses with the host's loopback replaced by `host.docker.internal`"""
    return ",".join(_container_address(address.strip()) for address in url.split(","))


def _container_address(address: str) -> str:
    scheme, separator, rest = address.rpartition("://")
    login, at, host = rest.rpartition("@")
    return f"{scheme}{separator}{login}{at}{_LOOPBACK.sub(HOST, host)}"
