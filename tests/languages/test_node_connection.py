"""What the modules in JavaScript and TypeScript do with hooks and signals, in a small program"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.languages.registry import JAVASCRIPT, TYPESCRIPT, Language
from tests.languages.programs import WAIT_S, started
from tests.languages.workshop import BUILD_S, build_example
from tests.support.servers import run_server

if TYPE_CHECKING:
    from pathlib import Path

MODULES = {"javascript": "nats-connection.mjs", "typescript": "dist/nats-connection.js"}

REJECTING = """
const nats = await openConnection("orders", {
  onReconnect: async () => {
    console.info("asking");
    await nats.request("history.get");
  },
});
"""
HANGING = """
const nats = await openConnection("orders", {
  onReconnect: () => {
    console.info("asking");
    return new Promise(() => {});
  },
});
let known = true;
setInterval(() => {
  if (nats.isConnected !== known) console.info(`connected: ${(known = nats.isConnected)}`);
}, 10);
"""
BUSY = """
import { setTimeout as sleep } from "node:timers/promises";

const nats = await openConnection("orders", { onStop: () => console.info("stopping") });
nats.subscribe("orders.new", async () => {
  await sleep(20);
  console.info("handled");
});
for (let id = 0; id < 50; id++) nats.publish("orders.new");
await nats.client.flush();
console.info("published");
"""

pytestmark = [
    pytest.mark.timeout(BUILD_S + 60),
    pytest.mark.parametrize("chosen", [JAVASCRIPT, TYPESCRIPT], ids=lambda each: each.name),
]


def written(language: Language, program: str, folder: Path) -> tuple[str, ...]:
    """Write a program that uses the module of the example, and return how it is run"""
    module = build_example(language).folder / MODULES[language.name]
    path = folder / "program.mjs"
    path.write_text(f'import {{ openConnection }} from "{module.as_uri()}";\n{program}')
    return ("node", str(path))


def test_hook_that_fails_is_logged_and_the_program_goes_on(
    chosen: Language, tmp_path: Path
) -> None:
    with (
        run_server(tmp_path) as server,
        started(written(chosen, REJECTING, tmp_path), server.url, tmp_path) as program,
    ):
        program.wait_for("connected to NATS")
        for times in (1, 2):
            server.stop()
            server.start_again()
            program.wait_for("onReconnect failed: no responders: 'history.get'", times)
        program.process.terminate()
        assert program.process.wait(WAIT_S) == 0


def test_state_is_seen_while_a_hook_runs(chosen: Language, tmp_path: Path) -> None:
    with (
        run_server(tmp_path) as server,
        started(written(chosen, HANGING, tmp_path), server.url, tmp_path) as program,
    ):
        program.wait_for("connected to NATS")
        server.stop()
        server.start_again()
        program.wait_for("asking")
        program.wait_for("connected: true")
        server.stop()
        program.wait_for("connected: false", 2)
        program.process.terminate()
        assert program.process.wait(WAIT_S) == 0


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_second_signal_lets_the_first_finish(
    chosen: Language, second: signal.Signals, tmp_path: Path
) -> None:
    with (
        run_server(tmp_path) as server,
        started(written(chosen, BUSY, tmp_path), server.url, tmp_path) as program,
    ):
        program.wait_for("published")
        program.process.send_signal(signal.SIGTERM)
        program.wait_for("stopping")
        program.process.send_signal(second)
        assert program.process.wait(WAIT_S) == 0
        assert program.log.count("handled") == 50
        assert program.log.count("stopping") == 1
