"""Variables as YAML documents: a Compose file, a Kubernetes Secret"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.envfile.container import HOST_GATEWAY, container_url, find_mounts
from iterapp_nats.envfile.variables import Rendered, Variables
from iterapp_nats.envfile.yaml import quote_yaml, yaml_text
from iterapp_nats.settings import CA_FILE, CREDENTIALS, CREDENTIALS_FILE, URL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.envfile.container import Mount


def render_compose(variables: Variables, *, service: str) -> Rendered:
    """Return a Compose file to merge with the app's own: `docker compose -f A -f B up`"""
    mounts = tuple(find_mounts(variables))
    lines = ["services:", f"  {quote_yaml(service)}:", "    environment:"]
    lines += [
        f"      {name}: {yaml_text(_doubled(value), indent=8)}"
        for name, value in _compose_environment(variables, mounts).items()
    ]
    if container_url(variables.url) != variables.url:
        lines += ["    extra_hosts:", f"      - {quote_yaml(HOST_GATEWAY)}"]
    if mounts:
        lines.append("    volumes:")
    lines += [line for mount in mounts for line in _compose_volume(mount)]
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


def _compose_environment(variables: Variables, mounts: tuple[Mount, ...]) -> dict[str, str]:
    environment = {URL: container_url(variables.url)} if variables.url else {}
    if variables.credentials and not variables.credentials_file:
        environment[CREDENTIALS] = variables.credentials.reveal()
    return environment | {mount.variable: mount.target for mount in mounts}


def _compose_volume(mount: Mount) -> Iterator[str]:
    yield "      - type: bind"
    yield f"        source: {quote_yaml(_doubled(mount.source))}"
    yield f"        target: {mount.target}"
    yield "        read_only: true"


def _doubled(text: str) -> str:
    # Compose replaces $NAME in every value; two dollars are one.
    return text.replace("$", "$$")


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
