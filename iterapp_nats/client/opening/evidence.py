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
from iterapp_nats.security.diagnosis import find_login_reasons

if TYPE_CHECKING:
    from iterapp_nats.security.diagnosis import LoginAttempt
    from iterapp_nats.server_url import ServerUrl

_MAX_NAMES: Final = 3


def explained(
    error: Unreachable | Refused, url: ServerUrl, ca_file: str | None, attempt: LoginAttempt
) -> Unreachable | Refused:
    """Return the error with what was given tells about its cause, or as it is"""
    if error.code == LOGIN_REFUSED.code:
        return _login_refused(str(url), attempt)
    if error.code == UNTRUSTED:
        return _untrusted(error, str(url), ca_file)
    return error


def _login_refused(place: str, attempt: LoginAttempt) -> Refused:
    reason = find_login_reasons(attempt)[0]
    context = {"server": place}
    if attempt.identity:
        context["user"] = attempt.identity.user_public_key
        context["account"] = attempt.identity.account_public_key
    if reason.code != LOGIN_REFUSED.code:
        message = f"the server at {place} refused the login: {reason.text}"
        return Refused(reason.code, message, hints=reason.fixes, context=context)
    identity = attempt.identity
    name = (identity.user_name or identity.user_public_key) if identity else ""
    return Refused(
        reason.code,
        f"the server at {place} refused the login of {name}",
        hints=(reason.text, *reason.fixes, LOGIN_REFUSED.hint),
        context=context,
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
    from iterapp_nats.security.certificates.reader import read_certificates

    with suppress(InputError):
        text = files.read_text(Path(ca_file), purpose="the CA")
        names = [certificate.subject for certificate in read_certificates(text)]
        more = ["another"] if len(names) > _MAX_NAMES else []
        return " or ".join([*names[:_MAX_NAMES], *more])
    return ""
