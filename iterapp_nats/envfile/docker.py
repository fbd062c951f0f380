"""Variables as arguments of `docker run`

An env file is no way: docker takes neither quotes nor several lines. What is secret never stands on
a command line; `-e NAME` hands on the shell's own variable.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from iterapp_nats.envfile.container import HOST, HOST_GATEWAY, container_url, find_mounts
from iterapp_nats.envfile.variables import Consumer, Rendered, Variables, unsupported_value
from iterapp_nats.settings import CREDENTIALS, URL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.envfile.container import Mount


def render_docker(variables: Variables) -> Rendered:
    """Return the arguments in one line; files are mounted, the host's loopback is renamed"""
    inherited = tuple(_inherited(variables))
    words = [word for name in inherited for word in ("-e", name)]
    if variables.url and URL not in inherited:
        words += ["-e", f"{URL}={container_url(variables.url)}"]
    for mount in find_mounts(variables):
        words += ["--mount", _mount_argument(mount), "-e", f"{mount.variable}={mount.target}"]
    if container_url(variables.url) != variables.url:
        words.append(f"--add-host={HOST_GATEWAY}")
    return Rendered(shlex.join(words) + "\n", tuple(_notes(words, inherited)))


def _inherited(variables: Variables) -> Iterator[str]:
    has_login = "@" in variables.url
    if has_login:
        yield URL
    if variables.credentials and not variables.credentials_file:
        yield CREDENTIALS


def _mount_argument(mount: Mount) -> str:
    import csv  # slow, and of use here alone
    import io

    if "\n" in mount.source:
        raise unsupported_value(mount.variable, Consumer.DOCKER, "the path holds a newline")
    # docker reads --mount as one line of CSV: a comma or a quote in the path asks for quotes.
    line = io.StringIO()
    fields = ["type=bind", f"source={mount.source}", f"target={mount.target}", "readonly"]
    csv.writer(line, lineterminator="").writerow(fields)
    return line.getvalue()


def _notes(words: list[str], inherited: tuple[str, ...]) -> Iterator[str]:
    if inherited:
        yield (
            f"{' and '.join(inherited)} must be set in the shell that runs docker, because a secret"
            ' does not belong on a command line: eval "$(iterapp-nats env --for sh)"'
        )
    if URL in inherited:
        yield f"an address with a login is not rewritten: 127.0.0.1 must read {HOST}"
    if shlex.join(words) != " ".join(words):
        yield 'a path needs quotes, so run it as eval "docker run $(…) IMAGE"'
