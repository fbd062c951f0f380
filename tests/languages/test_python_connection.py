"""What the module in Python does with hooks, and in a process whose signals are somebody else's"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iterapp_nats.languages.registry import PYTHON
from tests.languages.programs import WAIT_S, started
from tests.languages.workshop import BUILD_S, build_example
from tests.support.servers import run_server

if TYPE_CHECKING:
    from pathlib import Path

FAILING = """
async def ask():
    logging.info("asking")
    await clients[0].request("history.get", timeout=1)

async def main():
    async with connected("orders", ask) as client:
        clients.append(client)
        await asyncio.Event().wait()
"""
HANGING = """
async def ask():
    logging.info("asking")
    await asyncio.Event().wait()

async def main():
    async with connected("orders", ask) as client:
        while True:
            known = client.is_connected
            while client.is_connected == known:
                await asyncio.sleep(0.01)
            logging.info("connected: %s", client.is_connected)
"""
FRAMEWORK = """
async def main():
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with connected("orders", handle_signals=False) as client:
        logging.info("serving")
        if CLOSES:
            await client.close()
        await ended.wait()
        logging.info("serving no more, %s", "closed" if client.is_closed else "connected")
    logging.info("drained: %s", client.is_closed)
"""

pytestmark = pytest.mark.timeout(BUILD_S + 60)


def written(program: str, folder: Path) -> tuple[str, ...]:
    """Write a program that uses the module of the example, and return how it is run"""
    built = build_example(PYTHON)
    path = folder / "program.py"
    path.write_text(
        f"import asyncio, logging, signal, sys\n"
        f"sys.path.insert(0, {str(built.folder)!r})\n"
        f"from nats_connection import connected\n"
        f"logging.basicConfig(level='INFO', format='%(message)s')\n"
        f"clients = []\n{program}\nasyncio.run(main())\n"
    )
    return (built.command[0], str(path))


def test_hook_that_fails_is_logged_and_the_program_goes_on(tmp_path: Path) -> None:
    with (
        run_server(tmp_path) as server,
        started(written(FAILING, tmp_path), server.url, tmp_path) as program,
    ):
        program.wait_for("connected to NATS")
        for times in (1, 2):
            server.stop()
            server.start_again()
            program.wait_for("on_reconnect failed: nats: no responders", times)
        program.process.terminate()
        assert program.process.wait(WAIT_S) == 0
    assert program.log.count("reconnected to NATS") == 2


def test_state_is_seen_while_a_hook_runs(tmp_path: Path) -> None:
    with (
        run_server(tmp_path) as server,
        started(written(HANGING, tmp_path), server.url, tmp_path) as program,
    ):
        program.wait_for("connected to NATS")
        for times in (1, 2):
            server.stop()
            program.wait_for("connected: False", times)
            server.start_again()
            program.wait_for("asking", times)
            program.wait_for("connected: True", times)
        program.process.terminate()
        assert program.process.wait(WAIT_S) == 0


@pytest.mark.parametrize("closes", [False, True], ids=["by signal", "closed for good"])
def test_signals_of_a_framework_stay_its_own(tmp_path: Path, *, closes: bool) -> None:
    text = FRAMEWORK.replace("CLOSES", str(closes))
    with (
        run_server(tmp_path) as server,
        started(written(text, tmp_path), server.url, tmp_path) as program,
    ):
        program.wait_for("serving")
        if not closes:
            program.process.terminate()
        assert program.process.wait(WAIT_S) == 0
    state = "closed" if closes else "connected"
    assert f"serving no more, {state}\n" in program.log
    assert program.log.endswith("drained: True\n")
    assert ("NATS: closed for good" in program.log) == closes
