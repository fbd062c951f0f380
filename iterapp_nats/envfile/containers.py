"""Variables for a container: docker run arguments, a Compose file, a Kubernetes Secret

Within a container the host's loopback address and paths mean something else, so addresses are
rewritten to `host.docker.internal` and files are mounted below MOUNT_FOLDER.
"""

from __future__ import annotations

import csv
import io
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.envfile.variables import Consumer, Rendered, Variables, unsupported_value
from iterapp_nats.envfile.yaml import quote_yaml, yaml_text
from iterapp_nats.settings import CA_FILE, CREDENTIALS, CREDENTIALS_FILE, URL

if TYPE_CHECKING:
    from collections.abc import Iterator

MOUNT_FOLDER: Final = "/run/iterapp-nats"
HOST: Final = "host.docker.internal"
_HOST_GATEWAY: Final = f"{HOST}:host-gateway"
_LOOPBACK: Final = re.compile(
    r"\A(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?=[:/]|\Z)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Mount:
    """A file of the host and the variable that names it within the container"""

    variable: str
    source: str
    target: str


def render_docker(variables: Variables) -> Rendered:
    """Return arguments of `docker run` in one line

    An env file is no way: docker takes neither quotes nor several lines. Content of credentials
    never stands on a command line; `-e NATS_CREDENTIALS` hands on the shell's own variable.
    """
    words = []
    inherited = []
    if _has_login(variables.url):
        inherited.append(URL)
    elif variables.url:
        words += ["-e", f"{URL}={container_url(variables.url)}"]
    if variables.credentials and not variables.credentials_file:
        inherited.append(CREDENTIALS)
    for mount in _mounts(variables):
        words += ["--mount", _mount_argument(mount), "-e", f"{mount.variable}={mount.target}"]
    for name in inherited:
        words += ["-e", name]
    if container_url(variables.url) != variables.url:
        words.append(f"--add-host={_HOST_GATEWAY}")
    return Rendered(shlex.join(words) + "\n", tuple(_docker_notes(words, inherited)))


def render_compose(variables: Variables, *, service: str) -> Rendered:
    """Return a Compose file to merge with the app's own: `docker compose -f A -f B up`"""
    url = container_url(variables.url)
    environment = {URL: url} if url else {}
    if variables.credentials and not variables.credentials_file:
        environment[CREDENTIALS] = variables.credentials.reveal()
    mounts = tuple(_mounts(variables))
    environment |= {mount.variable: mount.target for mount in mounts}
    lines = ["services:", f"  {quote_yaml(service)}:", "    environment:"]
    # Compose replaces $NAME in every value; two dollars are one.
    lines += [
        f"      {name}: {yaml_text(value.replace('$', '$$'), indent=8)}"
        for name, value in environment.items()
    ]
    if url != variables.url:
        lines += ["    extra_hosts:", f"      - {quote_yaml(_HOST_GATEWAY)}"]
    if mounts:
        lines.append("    volumes:")
    for mount in mounts:
        source = quote_yaml(mount.source.replace("$", "$$"))
        lines += ["      - type: bind", f"        source: {source}"]
        lines += [f"        target: {mount.target}", "        read_only: true"]
    return Rendered("\n".join(lines) + "\n")


def render_kubernetes(variables: Variables, *, secret_name: str) -> Rendered:
    """Return a Secret for `envFrom`, with the values that mean the same in a pod"""
    values = {URL: variables.url} if variables.url else {}
    if variables.credentials:
        values[CREDENTIALS] = variables.credentials.reveal()
    lines = ["apiVersion: v1", "kind: Secret", "metadata:", f"  name: {quote_yaml(secret_name)}"]
    lines += ["type: Opaque", "stringData:"]
    lines += [f"  {name}: {yaml_text(value, indent=4)}" for name, value in values.items()]
    return Rendered("\n".join(lines) + "\n", tuple(_kubernetes_notes(variables)))


def container_url(url: str) -> str:
    """Return the addresses with the host's loopback replaced by `host.docker.internal`"""
    return ",".join(_container_address(address.strip()) for address in url.split(","))


def _container_address(address: str) -> str:
    scheme, separator, rest = address.rpartition("://")
    login, at, host = rest.rpartition("@")
    return f"{scheme}{separator}{login}{at}{_LOOPBACK.sub(HOST, host)}"


def _has_login(url: str) -> bool:
    return "@" in url


def _mounts(variables: Variables) -> Iterator[Mount]:
    if variables.credentials_file:
        target = f"{MOUNT_FOLDER}/nats.creds"
        yield Mount(CREDENTIALS_FILE, variables.credentials_file, target)
    if variables.ca_file:
        yield Mount(CA_FILE, variables.ca_file, f"{MOUNT_FOLDER}/ca.pem")


def _mount_argument(mount: Mount) -> str:
    if "\n" in mount.source:
        raise unsupported_value(mount.variable, Consumer.DOCKER, "the path holds a newline")
    # docker reads --mount as one line of CSV: a comma or a quote in the path asks for quotes.
    line = io.StringIO()
    fields = ["type=bind", f"source={mount.source}", f"target={mount.target}", "readonly"]
    csv.writer(line, lineterminator="").writerow(fields)
    return line.getvalue()


def _docker_notes(words: list[str], inherited: list[str]) -> Iterator[str]:
    if inherited:
        names = " and ".join(inherited)
        yield (
            f"{names} must be set in the shell that runs docker, because a secret does not belong"
            ' on a command line: eval "$(iterapp-nats env --for sh)"'
        )
    if URL in inherited:
        yield f"an address with a login is not rewritten: 127.0.0.1 must read {HOST}"
    if shlex.join(words) != " ".join(words):
        yield 'a path needs quotes, so run it as eval "docker run $(…) IMAGE"'


def _kubernetes_notes(variables: Variables) -> Iterator[str]:
    if container_url(variables.url) != variables.url:
        yield f"in a pod, the address in {URL} is the pod itself, not this machine"
    if variables.credentials_file and not variables.credentials:
        yield (
            f"{CREDENTIALS_FILE} is a path of this machine: kubectl create secret generic NAME"
            f" --from-file={CREDENTIALS}=FILE carries its content"
        )
    if variables.ca_file:
        yield f"{CA_FILE} is a path of this machine: mount the certificate from a ConfigMap"
