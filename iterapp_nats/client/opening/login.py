"""As whom to connect and whom to trust: checked before nats-py sees anything

nats-py loops for ever on a seed without a JWT, puts a whole seed into the text of an exception when
creds content is taken for a path, and looks at creds only when a server asks for them. What reads
creds is loaded where there are some: without, it would be a tenth of a short command.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from iterapp_nats import files
from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret
from iterapp_nats.settings import CA_FILE, CREDENTIALS_FILE

if TYPE_CHECKING:
    import ssl

    from iterapp_nats.security.creds import Creds
    from iterapp_nats.security.identity import CredsIdentity
    from iterapp_nats.settings import Settings


@dataclass(frozen=True, slots=True)
class Login:
    """Credentials that a server may accept: well-formed, belonging together, not expired"""

    text: Secret
    identity: CredsIdentity


def load_login(settings: Settings, now: int) -> Login | None:
    """Return the checked credentials, None when none are given; `now` in Unix seconds

    Raises:
        InputError: `credentials-differ`, `file-unreadable`, `creds-expired` and what `parse_creds`
            finds

    """
    content = _parse(settings.credentials.reveal()) if settings.credentials else None
    in_file = _read_creds_file(settings)
    if content and in_file and not _are_same(content, in_file):
        raise InputError(
            "credentials-differ",
            f"NATS_CREDENTIALS and the file {settings.credentials_file} hold different credentials",
            hints=("unset the one that is out of date",),
            context={"path": settings.credentials_file or ""},
        )
    creds = content or in_file
    return _checked(creds, now) if creds else None


def reload_login(settings: Settings, current: Login | None, now: int) -> Login | None:
    """Read the creds file again; None when it holds nothing new

    A variable cannot change under a running process, a file can: credentials are rotated that way.
    Raises what `load_login` raises.
    """
    creds = _read_creds_file(settings)
    login = _checked(creds, now) if creds else None
    return None if login == current else login


def load_trust(settings: Settings) -> ssl.SSLContext | None:
    """Return the TLS settings of the connection, None when TLS is not asked for

    With a CA file that CA alone is trusted, otherwise the CAs of the system.

    Raises:
        InputError: `file-unreadable`, `ca-invalid`

    """
    if not settings.wants_tls:
        return None
    import ssl

    if settings.ca_file is None:
        return ssl.create_default_context()
    # Read first for the better error; as text it would have to be ASCII, comments included.
    files.read_bytes(Path(settings.ca_file), purpose=_purpose(settings, CA_FILE, "the CA"))
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except ssl.SSLError as error:
        raise InputError(
            "ca-invalid",
            f"no certificate in {settings.ca_file}",
            hints=("it has to be a PEM file with a -----BEGIN CERTIFICATE----- line",),
            context={"path": settings.ca_file},
        ) from error


def _read_creds_file(settings: Settings) -> Creds | None:
    path = settings.credentials_file
    if path is None:
        return None
    purpose = _purpose(settings, CREDENTIALS_FILE, "the credentials")
    return _parse(files.read_bytes(Path(path), purpose=purpose))


def _parse(content: str | bytes) -> Creds:
    from iterapp_nats.security.creds import parse_creds

    return parse_creds(content)


def _purpose(settings: Settings, name: str, what: str) -> str:
    source = settings.sources.get(name)
    return f"{what}, {name} of {source}" if source else what


def _checked(creds: Creds, now: int) -> Login:
    from iterapp_nats.security.creds import render_creds
    from iterapp_nats.security.identity import check_creds

    identity = check_creds(creds, now)
    return Login(Secret(render_creds(creds)), identity)


def _are_same(one: Creds, other: Creds) -> bool:
    return one.user_jwt == other.user_jwt and one.seed == other.seed
