"""Variables for the later steps of a GitHub job: lines for the file behind `$GITHUB_ENV`"""

from __future__ import annotations

import re

from iterapp_nats.envfile.variables import Rendered, Variables
from iterapp_nats.secret import Secret


def render_github(variables: Variables) -> Rendered:
    """Return `NAME<<DELIMITER` blocks, the only form that carries newlines

    `log_commands` masks the secrets in the log; the runner reads commands from both streams.
    """
    blocks = (_block(name, value.reveal()) for name, value in variables.items())
    return Rendered("".join(blocks), log_commands=_masks(variables))


def _block(name: str, value: str) -> str:
    import hashlib  # slow, and of use here alone

    # A delimiter made from the value cannot be a line of it, short of breaking SHA-256.
    delimiter = f"iterapp_nats_{hashlib.sha256(value.encode()).hexdigest()[:32]}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def _masks(variables: Variables) -> str:
    secrets = [variables.credentials or Secret("")]
    if "@" in variables.url:
        secrets.append(Secret(variables.url))
    lines = [line.strip() for secret in secrets for line in secret.reveal().splitlines()]
    return "".join(f"::add-mask::{line}\n" for line in lines if _is_token(line))


def _is_token(line: str) -> bool:
    # Markers, stars and the sentences of a creds file are in every log that explains creds.
    return bool(line) and not re.match(r"[-*]{3}", line) and " " not in line
