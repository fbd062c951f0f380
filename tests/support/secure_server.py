"""A throwaway server as `dev up --secure` runs it: operator, accounts, creds, CA and TLS

The realm is made of fixed entropy, so that keys are known; times are those of the clock.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.accounts.vault import secure_plan
from iterapp_nats.security.issuing import Issuer, add_accounts, new_realm
from iterapp_nats.security.realm import CA_NAME, SYSTEM_CREDS_NAME, AppEnvironment, Realm
from iterapp_nats.server_config import ServerPlan, render_server_config
from tests.support.servers import HOST, RunningServer, run_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENTROPY: Final = bytes(range(32))
SHOP: Final = AppEnvironment("shop", "test")


@dataclass(frozen=True, slots=True)
class SecureServer:
    """A running server and the files to log in with"""

    running: RunningServer
    realm: Realm
    folder: Path

    @property
    def url(self) -> str:
        return f"tls://{HOST}:{self.running.port}"

    @property
    def ca_path(self) -> Path:
        return self.folder / CA_NAME

    @property
    def system_creds_path(self) -> Path:
        return self.folder / SYSTEM_CREDS_NAME

    def creds_path(self, owner: AppEnvironment = SHOP) -> Path:
        return self.folder / owner.creds_name

    def environ(self, owner: AppEnvironment = SHOP) -> dict[str, str]:
        """Return the platform's four variables"""
        creds = self.creds_path(owner)
        return {
            "NATS_URL": self.url,
            "NATS_CREDENTIALS": creds.read_text(),
            "NATS_CREDENTIALS_FILE": str(creds),
            "NATS_CA_FILE": str(self.ca_path),
        }


def write_realm(realm: Realm, folder: Path) -> None:
    """Write all files of a realm below the folder, 0600"""
    for file in Issuer.of(realm).files():
        path = folder / file.name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(file.content.reveal())


@contextlib.contextmanager
def run_secure_server(
    folder: Path, *owners: AppEnvironment, jetstream: bool = False, now: int | None = None
) -> Iterator[SecureServer]:
    """Run a server with an account for each owner, `SHOP` when none is named"""
    made_at = int(time.time()) if now is None else now
    realm = new_realm(ENTROPY, made_at, jetstream=jetstream)
    realm = add_accounts(realm, owners or (SHOP,), made_at)
    write_realm(realm, folder)
    plan = ServerPlan(
        generation="secure-server",
        host=HOST,
        port=0,
        log_file=str(folder / "server.log"),
        pid_file=str(folder / "nats.pid"),
        store_folder=str(folder / "data") if jetstream else None,
        secure=secure_plan(realm, folder),
    )
    with run_server(folder, render_server_config(plan)) as running:
        yield SecureServer(running, realm, folder)
