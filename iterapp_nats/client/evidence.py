"""Why a login or a certificate was refused, as far as what was given tells

A server answers 15 and more causes with the same `Authorization Violation`, and OpenSSL does not
say which authority was asked. What the connection was to use narrows both down.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iterapp_nats import files
from iterapp_nats.client.translate import UNTRUSTED
from iterapp_nats.client.verdicts import LOGIN_REFUSED
from iterapp_nats.errors import InputError, Refused, Unreachable

if TYPE_CHECKING:
    from iterapp_nats.client.route import Route
    from iterapp_nats.server_url import ServerUrl

_MAX_NAMES: Final = 3


def explained(error: Unreachable | Refused, url: ServerUrl, route: Route) -> Unreachable | Refused:
    """Return the error with what the route tells about its cause, or as it is"""
    if error.code == LOGIN_REFUSED.code and url.user is None:
        return _login_refused(str(url), route)
    if error.code == UNTRUSTED:
        return _untrusted(error, str(url), route.settings.ca_file)
    return error


def _login_refused(place: str, route: Route) -> Refused:
    if route.login is None:
        return Refused(
            "login-missing",
            f"the server at {place} asks for a login, and no credentials are given",
            hints=("set NATS_CREDENTIALS or NATS_CREDENTIALS_FILE, or name a file with --creds",),
            context={"server": place},
        )
    identity = route.login.identity
    user, account = identity.user_public_key, identity.account_public_key
    return Refused(
        LOGIN_REFUSED.code,
        f"the server at {place} refused the login of {user}",
        hints=(
            "the credentials are right by themselves, and the server never names the cause",
            f"they were revoked, or the server does not know the account {account}",
            "an account is unknown where it was not issued yet, or belongs to another operator",
        ),
        context={"server": place, "user": user, "account": account},
    )


def _untrusted(error: Unreachable | Refused, place: str, ca_file: str | None) -> Unreachable:
    if ca_file is None:
        return Unreachable(
            "tls-ca-missing",
            f"cannot connect to {place}: the server's certificate is not from a CA of this system,"
            " and no other CA is given",
            hints=("set NATS_CA_FILE to the certificate of the CA that signed the server's",),
            context=error.context,
        )
    return Unreachable(
        UNTRUSTED,
        f"cannot connect to {place}: the server's certificate was not signed by"
        f" {_subjects(ca_file) or 'the CA'} in {ca_file}",
        hints=("set NATS_CA_FILE to the certificate of the CA that signed the server's",),
        context={**error.context, "path": ca_file},
    )


def _subjects(ca_file: str) -> str:
    from iterapp_nats.security.certificate_reader import read_certificates

    with suppress(InputError):
        text = files.read_text(Path(ca_file), purpose="the CA")
        names = [certificate.subject for certificate in read_certificates(text)]
        more = ["another"] if len(names) > _MAX_NAMES else []
        return " or ".join([*names[:_MAX_NAMES], *more])
    return ""
