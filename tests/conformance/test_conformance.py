"""The harness finds what is wrong with a program"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.conformance import programs
from tests.support.cli import Ended, run_cli

if TYPE_CHECKING:
    from pathlib import Path


def run_conformance(folder: Path, program: str, *options: str) -> Ended:
    return run_cli(
        *("connect", "conformance", *options, "--", sys.executable, "-c", program),
        cwd=folder,
        environ={"PATH": os.environ["PATH"], "NATS_URL": "nats://127.0.0.1:1"},
    )


def row_of(folder: Path, program: str, row: str, *options: str) -> Any:
    ended = run_conformance(folder, program, "--select", row, "--format", "json", *options)
    (result,) = ended.json["data"]
    assert ended.code == (result["outcome"] == "fail")
    return result


def test_rows_are_printed_in_order_and_counted(tmp_path: Path) -> None:
    ended = run_conformance(tmp_path, programs.BARE, "--select", "restart,drain")
    first, *_, last = ended.text.splitlines()
    assert first.split() == [
        "fail",
        "restart",
        "The",
        "server",
        "is",
        "killed",
        "and",
        "back",
        "after",
        "3",
        "s",
    ]
    # A bare program does not act on SIGTERM.
    assert "SIGTERM ended it with code -15 instead of 0" in ended.text
    assert last == "0 pass, 1 fail, 1 skip"
    assert ended.code == 1


def test_pending_requests_that_are_dropped_are_counted(tmp_path: Path) -> None:
    result = row_of(tmp_path, programs.NO_DRAIN, "drain", "--request", "ask")
    assert result["outcome"] == "fail"
    assert "of 50 requests were answered" in result["evidence"]


def test_row_that_needs_a_request_is_skipped_without_one(tmp_path: Path) -> None:
    result = row_of(tmp_path, programs.NO_DRAIN, "drain")
    assert (result["outcome"], result["evidence"]) == ("skip", "needs --request SUBJECT")


def test_login_over_plaintext_is_found(tmp_path: Path) -> None:
    result = row_of(tmp_path, programs.PLAINTEXT, "ca-plain")
    assert (result["outcome"], result["evidence"]) == ("fail", "it logged in over plaintext")


def test_secret_in_the_output_fails_the_row_and_is_not_repeated(tmp_path: Path) -> None:
    ended = run_conformance(tmp_path, programs.LEAK, "--select", "content", "--format", "json")
    (result,) = ended.json["data"]
    assert (result["outcome"], result["evidence"]) == ("fail", "a secret is in its output")
    assert "*****" in result["output"]
    assert "eyJ" not in ended.text
    assert "SUA" not in ended.text


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (programs.SILENT, "it gave no reason in its output"),
        (programs.DEAF, "it did not end within 25 s of SIGTERM"),
        (programs.LEAK, "a secret is in its output"),
    ],
    ids=["silent", "deaf", "leak"],
)
def test_refusal_must_be_told_and_end(tmp_path: Path, program: str, reason: str) -> None:
    assert row_of(tmp_path, program, "wrong-ca")["evidence"] == reason


def test_program_that_ends_early_fails(tmp_path: Path) -> None:
    result = row_of(tmp_path, "print('bye')", "plain")
    assert result["evidence"] == "it ended with code 0 before it was connected"
    assert result["output"] == ["bye"]


def test_end_without_a_failure_is_no_way_to_lose_a_connection(tmp_path: Path) -> None:
    program = programs.BARE.replace("await asyncio.Event().wait()", "")
    program = program.replace('queue="q", cb=answer)', "cb=answer); await asyncio.sleep(2)")
    result = row_of(tmp_path, program, "restart")
    assert result["evidence"].startswith("it ended with code 0")


@pytest.mark.parametrize("row", ["hangs-up", "silent"])
def test_login_that_comes_to_nothing_must_be_tried_again(tmp_path: Path, row: str) -> None:
    result = row_of(tmp_path, programs.ONE_TRY, row)
    assert result["evidence"] == "it ended with code 1 in the middle of a login"


def test_unknown_row_and_missing_command_are_input_errors(tmp_path: Path) -> None:
    unknown = run_conformance(tmp_path, programs.SILENT, "--select", "plane")
    assert unknown.code == 2
    assert "there is no row plane" in unknown.stderr
    missing = run_cli("connect", "conformance", "--", "no-such-command", cwd=tmp_path)
    assert missing.code == 2
    assert "cannot run no-such-command" in missing.stderr
