"""`dev up --secure` next to the empty command, and a thousand accounts: minted, written, served

Run it as `python tests/benchmarks/secure.py`. It measures and promises nothing, so it is not a
test. Times are the median and the smallest of several runs; other work on the machine is in them.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iterapp_nats.client.opening.first_login import prove_login
from iterapp_nats.dev import server
from iterapp_nats.dev.accounts.vault import load_creds, load_realm
from iterapp_nats.dev.binary import BinaryBackend
from iterapp_nats.dev.finding.discover import find_server_binary
from iterapp_nats.dev.plan import ServerOptions
from iterapp_nats.dev.state import StateFolder
from iterapp_nats.security.issuing import Issuer, add_accounts, new_realm
from iterapp_nats.security.realm import CA_NAME, AppEnvironment
from iterapp_nats.server_url import ServerUrl

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNTS: Final = 1_000
RUNS: Final = 7
ENTROPY: Final = bytes(range(32))
LOGIN_TIMEOUT_S: Final = 5.0


def say(what: str, seconds: list[float], unit: str = "wall") -> None:
    """Print one line"""
    middle, least = statistics.median(seconds), min(seconds)
    sys.stdout.write(f"{what:44} {middle:7.3f} s {unit}, least {least:7.3f} s\n")
    sys.stdout.flush()


def wall_of(work: Callable[[], object]) -> float:
    """Return how long a call takes"""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def cpu_of(work: Callable[[], object]) -> float:
    """Return the CPU that a call takes in this process"""
    before = resource.getrusage(resource.RUSAGE_SELF)
    work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure_commands(folder: Path) -> None:
    """Measure whole commands: the first start makes all keys, later ones find them"""

    def command(*argv: str) -> None:
        program = [sys.executable, "-m", "iterapp_nats", *argv]
        subprocess.run(program, cwd=folder, capture_output=True, check=True)

    times: dict[str, list[float]] = {}
    for _ in range(RUNS):
        for name, argv in {
            "an empty command": ("--version",),
            "dev up --secure, the first time": ("dev", "up", "--secure", "--port", "0"),
            "dev up, already running": ("dev", "up"),
            "dev up, one account more": ("dev", "up", "--environment", "prod"),
            "dev down": ("dev", "down"),
            "dev up, later": ("dev", "up"),
            "dev reset": ("dev", "reset", "--yes"),
        }.items():
            times.setdefault(name, []).append(wall_of(partial(command, *argv)))
    for name, seconds in times.items():
        say(name, seconds)


def measure_minting() -> None:
    """Measure keys, JWTs and creds as texts"""
    owners = [AppEnvironment("shop", f"e{number}") for number in range(ACCOUNTS)]

    def mint() -> None:
        Issuer.of(add_accounts(new_realm(ENTROPY, 0), owners, 0)).files()

    mint()
    say(f"{ACCOUNTS} accounts minted", [cpu_of(mint) for _ in range(3)], "CPU")


def measure_serving(folder: StateFolder) -> None:
    """Measure a start that finds all accounts on disk, and logins of some"""
    binary, _ = find_server_binary(None, {})
    assert binary
    backend = BinaryBackend(binary)
    environments = tuple(f"e{number}" for number in range(ACCOUNTS))
    options = ServerOptions(port=0, environments=environments)
    say(
        f"{ACCOUNTS} accounts minted, written, served",
        [wall_of(lambda: server.start(folder, options, backend))],
    )
    starts = []
    for _ in range(3):
        server.stop(folder)
        starts.append(wall_of(lambda: server.start(folder, ServerOptions(), backend)))
    say(f"{ACCOUNTS} accounts served, first login included", starts)
    say("one login with an account not yet seen", measure_logins(folder))
    server.stop(folder)


def measure_logins(folder: StateFolder) -> list[float]:
    """Return how long logins take that make the server load an account"""
    state, realm = folder.load_state(), load_realm(folder)
    if state is None or realm is None:
        return []
    url = ServerUrl("tls", state.host, state.port)
    creds = [load_creds(folder, account.owner) for account in realm.accounts[-50:]]
    ca_file = folder.path / CA_NAME
    return [wall_of(partial(prove_login, url, one, ca_file, LOGIN_TIMEOUT_S)) for one in creds]


def main() -> None:
    """Print one line for each"""
    with tempfile.TemporaryDirectory() as name:
        shop = Path(name) / "shop"
        shop.mkdir()
        (shop / "iterapp.toml").write_text("[nats]\n")
        measure_commands(shop)
        measure_minting()
        measure_serving(StateFolder(Path(name) / "many" / ".iterapp-nats"))


if __name__ == "__main__":
    main()
