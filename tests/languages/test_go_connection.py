"""What the module in Go does with the options of its caller, in a small program"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iterapp_nats.languages.registry import GO
from tests.languages.programs import WAIT_S, started
from tests.languages.workshop import BUILD_S, build_example, locked, run_tool
from tests.support.servers import run_server

if TYPE_CHECKING:
    from pathlib import Path

OWN_CLOSED_HANDLER = """
package main

import (
	"context"
	"log"
	"os/signal"
	"syscall"

	"github.com/nats-io/nats.go"

	"example.com/board/natsconn"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	conn, err := natsconn.Connect(ctx, "orders", nats.ClosedHandler(func(*nats.Conn) {
		log.Print("closed, as the caller sees it")
	}))
	if err != nil {
		log.Fatal(err)
	}
	if err := conn.Wait(ctx); err != nil {
		log.Fatal(err)
	}
}
"""

pytestmark = pytest.mark.timeout(BUILD_S + 60)


def built(program: str, folder: Path) -> tuple[str, ...]:
    """Build a program that uses the module of the example, and return how it is run"""
    example = build_example(GO).folder
    source, binary = example / "own" / "main.go", folder / "program"
    with locked("go"):
        source.parent.mkdir(exist_ok=True)
        source.write_text(program)
        try:
            run_tool("go", "build", "-o", str(binary), "./own", cwd=example)
        finally:
            source.unlink()
    return (str(binary),)


def test_wait_returns_also_when_the_caller_has_a_closed_handler(tmp_path: Path) -> None:
    command = built(OWN_CLOSED_HANDLER, tmp_path)
    with run_server(tmp_path) as server, started(command, server.url, tmp_path) as program:
        program.wait_for("connected to NATS")
        program.process.terminate()
        assert program.process.wait(WAIT_S) == 0
        assert program.log.count("closed, as the caller sees it") == 1
