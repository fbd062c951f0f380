"""What pods of the example app promise the platform and each other, without a browser"""

from __future__ import annotations

import asyncio  # noqa: TID253 - tests need not start fast
import contextlib
import http.client
import os
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

import iterapp_nats
from iterapp_nats.languages.registry import LANGUAGES, Language
from tests.languages.workshop import BUILD_S, build_example
from tests.support.servers import HOST, free_port, run_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.languages.workshop import Built

WAIT_S = 20.0

pytestmark = [
    pytest.mark.timeout(BUILD_S + 60),
    pytest.mark.parametrize(
        "chosen", [language for language in LANGUAGES if language.page], ids=lambda each: each.name
    ),
]


@contextlib.contextmanager
def started(
    built: Built, url: str, name: str = "a"
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Run a pod; yield the port of its page, and its process"""
    port = free_port()
    environ = {"NATS_URL": url, "HOST": HOST, "PORT": str(port), "HOSTNAME": name}
    with subprocess.Popen(built.command, cwd=built.folder, env=os.environ | environ) as process:
        try:
            yield port, process
        finally:
            process.kill()


def wait_until_ready_is(status: int, port: int) -> None:
    deadline = time.monotonic() + WAIT_S
    while (found := readiness(port)) != status:
        assert time.monotonic() < deadline, f"/ready is {found} instead of {status}"
        time.sleep(0.05)


def readiness(port: int) -> int:
    asking = http.client.HTTPConnection(HOST, port, timeout=WAIT_S)
    with contextlib.closing(asking), contextlib.suppress(OSError, http.client.HTTPException):
        asking.request("GET", "/ready")
        return asking.getresponse().status
    return 0


def test_readiness_follows_the_connection(chosen: Language, tmp_path: Path) -> None:
    built = build_example(chosen)
    with run_server(tmp_path) as server, started(built, server.url) as (port, process):
        wait_until_ready_is(200, port)
        server.stop()
        wait_until_ready_is(503, port)
        server.start_again()
        wait_until_ready_is(200, port)
        process.terminate()
        assert process.wait(WAIT_S) == 0


def test_message_that_is_not_sent_is_not_missed(chosen: Language, tmp_path: Path) -> None:
    built = build_example(chosen)
    with run_server(tmp_path) as server, started(built, server.url) as (port, _):
        wait_until_ready_is(200, port)
        assert posted(port, "first") == 202
        assert posted(port, "x" * (1 << 20)) in {413, 503}
        assert posted(port, "second") == 202
        read_events(port, '"second"')
        assert '"missed":0' in read_events(port, '"missed"').replace(" ", "")


def posted(port: int, text: str) -> int:
    asking = http.client.HTTPConnection(HOST, port, timeout=WAIT_S)
    with contextlib.closing(asking):
        asking.request("POST", "/messages", text.encode())
        return asking.getresponse().status


def read_events(port: int, text: str) -> str:
    """Read the events of a page until one has a text, and return it"""
    asking = http.client.HTTPConnection(HOST, port, timeout=WAIT_S)
    with contextlib.closing(asking):
        asking.request("GET", "/events")
        return next(line for line in map(bytes.decode, asking.getresponse()) if text in line)


def test_job_that_is_sent_again_is_done_once(chosen: Language, tmp_path: Path) -> None:
    built = build_example(chosen)
    with (
        run_server(tmp_path) as server,
        started(built, server.url, "a") as (first, _),
        started(built, server.url, "b") as (second, _),
    ):
        wait_until_ready_is(200, first)
        wait_until_ready_is(200, second)
        again = asyncio.run(ask(server.url, ["same"] * 10))
        others = asyncio.run(ask(server.url, [f"other {number}" for number in range(10)]))
    # Both pods take jobs, and the one that gets a job again knows what the other has answered.
    assert len(set(again)) == 1
    assert len(set(others)) == 2


async def ask(url: str, job_ids: list[str]) -> list[bytes]:
    async with iterapp_nats.connect(url) as connection:
        answers = []
        for job_id in job_ids:
            headers = (("Nats-Msg-Id", job_id),)
            answer = await connection.request("board.job", b"work", headers=headers)
            answers.append(answer.payload)
            # What is done is told to the other pods, who may hear it a moment later.
            await asyncio.sleep(0.1)
        return answers
