"""pub, sub, request, reply and rtt against a real server"""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import time
from pathlib import Path
from uuid import uuid4

import pytest

from tests.cli.running import fed, feed, finished, read_until, running
from tests.support.cli import run_cli, start_cli

PAYLOADS = {
    "empty": b"",
    "text": b"hello",
    "lines": b"one\ntwo\r\n\nfour\n",
    "binary": bytes(range(256)),
    "braces": b"{{count}} {{ .Bad",
    "large": b"x" * 1_000_000,
}


@pytest.fixture
def subject() -> str:
    return f"test.{uuid4().hex}"


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_printed_message_is_byte_exact(
    payload: bytes, subject: str, project: Path, environ: dict[str, str]
) -> None:
    with running("sub", subject, "--raw", "--count", "1", cwd=project, environ=environ) as sub:
        assert run_cli("pub", subject, cwd=project, environ=environ, stdin=payload).code == 0
        ended = finished(sub)
    assert ended.code == 0
    assert ended.stdout == payload + b"\n"


def test_headers_and_reply_subject_arrive(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    with running(
        "sub", subject, "--count", "1", "--format", "json", cwd=project, environ=environ
    ) as sub:
        run_cli(
            "pub", subject, "hi", "-H", "Trace:7", "-H", "Trace: 8", "--reply", "answers",
            cwd=project, environ=environ,
        )  # fmt: skip
        record = finished(sub).json
    assert record["headers"] == [["Trace", "7"], ["Trace", "8"]]
    assert record["reply"] == "answers"
    assert record["payload"] == "hi"
    assert record["subject"] == subject


def test_record_and_replay_is_a_pipe(subject: str, project: Path, environ: dict[str, str]) -> None:
    record = b'{"subject":"x","headers":[["A","1"]],"payload_base64":"/wA=","received_at":1}\n'
    with running(
        "sub", subject, "--count", "1", "--format", "json", cwd=project, environ=environ
    ) as sub:
        ended = run_cli("pub", subject, "--jsonl", cwd=project, environ=environ, stdin=record)
        assert ended.code == 0, ended.stderr
        replayed = finished(sub).json
    assert replayed["payload_base64"] == "/wA="
    assert replayed["headers"] == [["A", "1"]]


def test_replay_without_a_subject_keeps_those_of_the_records(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    records = "".join(f'{{"subject":"{subject}.{name}","payload":"x"}}\n' for name in "ab")
    argv = ("sub", f"{subject}.*", "--subjects-only", "--count", "2")
    with running(*argv, cwd=project, environ=environ) as sub:
        run_cli("pub", "--jsonl", cwd=project, environ=environ, stdin=records.encode())
        assert finished(sub).text == f"{subject}.a\n{subject}.b\n"


def test_lines_are_messages(subject: str, project: Path, environ: dict[str, str]) -> None:
    with running("sub", subject, "--print0", "--count", "3", cwd=project, environ=environ) as sub:
        run_cli("pub", subject, "--lines", cwd=project, environ=environ, stdin=b"a\n\nc")
        assert finished(sub).stdout == b"a\0\0c\0"


def test_line_ends_of_windows_are_no_part_of_a_message(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    with (
        running("sub", subject, "--print0", "--count", "2", cwd=project, environ=environ) as sub,
        fed("pub", subject, "--lines", cwd=project, environ=environ) as pub,
    ):
        feed(pub, b"a\r\nb\r")
        assert sub.stdout
        assert sub.stdout.read(2) == b"a\0"
        feed(pub, b"\n")
        assert finished(pub).code == 0
        assert finished(sub).stdout == b"b\0"


def test_records_before_one_that_is_none_are_sent(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    records = b'{"subject":"x","payload":"a"}\n\n{"subject":"x"\n{"subject":"x","payload":"b"}\n'
    with running("sub", subject, "--raw", "--count", "1", cwd=project, environ=environ) as sub:
        ended = run_cli("pub", subject, "--jsonl", cwd=project, environ=environ, stdin=records)
        assert finished(sub).text == "a\n"
    assert ended.code == 2
    assert "line 3 is not a message: it is not JSON" in ended.stderr
    assert "published 1 message " in ended.stderr


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ('"payload":"\\ud800"', "payload is not Unicode"),
        ('"payload":5', "payload is missing or not a text"),
        ('"payload_base64":"!"', "payload_base64 is not base64"),
        ('"payload":"","headers":{"ab":1}', "headers is not a list of [name, value]"),
        ('"payload":"","headers":["ab"]', "headers is not a list of [name, value]"),
        ('"payload":"","headers":[["A",1]]', "headers is not a list of [name, value]"),
        ('"payload":"","received_at":NaN', "received_at is not a time in Unix seconds"),
        ('"payload":"","received_at":1e999', "received_at is not a time in Unix seconds"),
        (f'"payload":"","received_at":1{"0" * 400}', "received_at is not a time in Unix seconds"),
        ('"payload":"","received_at":"x"', "received_at is not a time in Unix seconds"),
        ('"payload":' + "[" * 100_000, "it is not JSON"),
        ('"payload":"","headers":[["A B","1"]]', "invalid header 'A B:1'"),
        ('"payload":"","subject":"a b"', "invalid subject 'a b'"),
    ],
    ids=range(13),
)
def test_a_line_that_is_no_record_is_named(
    fields: str, reason: str, project: Path, environ: dict[str, str]
) -> None:
    record = f'{{"subject":"x",{fields}}}'.encode()
    ended = run_cli("pub", "--jsonl", cwd=project, environ=environ, stdin=record)
    assert ended.code == 2
    assert f"line 1 is not a message: {reason}" in ended.stderr


def test_lines_are_multiplied_in_pieces(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    with running("sub", subject, "--raw", "--count", "120003", cwd=project, environ=environ) as sub:
        argv = ("pub", subject, "--lines", "--count", "40001")
        ended = run_cli(*argv, cwd=project, environ=environ, stdin=b"one\ntwo\nthree\n")
        lines = finished(sub).text.splitlines()
    assert ended.code == 0
    assert lines == ["one"] * 40001 + ["two"] * 40001 + ["three"] * 40001


def test_stdin_that_cannot_be_read_is_told(project: Path, environ: dict[str, str]) -> None:
    with Path("/dev/null").open("wb") as closed:
        pub = start_cli(
            "pub", "news", "--lines", cwd=project, environ=environ, stdin=closed,
            stderr=subprocess.PIPE,
        )  # fmt: skip
        ended = finished(pub)
    assert ended.code == 2
    assert "error[file-unreadable]: cannot read stdin: bad file descriptor" in ended.stderr


def test_template_is_opt_in(subject: str, project: Path, environ: dict[str, str]) -> None:
    with running("sub", subject, "--raw", "--count", "3", cwd=project, environ=environ) as sub:
        run_cli("pub", subject, "{{count}}", cwd=project, environ=environ)
        run_cli(
            "pub", subject, "{{count}}", "--template", "--count", "2", cwd=project, environ=environ
        )
        assert finished(sub).text == "{{count}}\n1\n2\n"


STEERING = b"\x1b]0;title\x07bl\xc3\xa5b\xc3\xa6r\xff\xe2\x80\xae"


@pytest.mark.parametrize(
    ("argv", "shown"),
    [
        (["sub"], rb"\x1b]0;title\x07" + "blåbær".encode() + rb"\xff\u202e" + b"\r\n"),
        (["sub", "--raw"], STEERING + b"\r\n"),
    ],
    ids=["people", "raw"],
)
def test_a_payload_does_not_steer_the_terminal(
    argv: list[str], shown: bytes, subject: str, project: Path, environ: dict[str, str]
) -> None:
    terminal, inner = pty.openpty()
    with running(*argv, subject, "--count", "1", cwd=project, environ=environ, stdout=inner) as sub:
        os.close(inner)
        run_cli("pub", subject, "-", cwd=project, environ=environ, stdin=STEERING)
        seen = read_until(terminal, b"\r\n" + shown if len(argv) == 1 else shown)
        assert finished(sub).code == 0
    os.close(terminal)
    assert seen.endswith(shown)


def test_an_answer_does_not_steer_the_terminal(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    terminal, inner = pty.openpty()
    with running("reply", subject, "--echo", cwd=project, environ=environ):
        request = start_cli(
            "request", subject, "-", cwd=project, environ=environ,
            stdin=subprocess.PIPE, stdout=inner, stderr=subprocess.PIPE,
        )  # fmt: skip
        os.close(inner)
        request.communicate(STEERING, timeout=20)
    seen = read_until(terminal, b"\n")
    os.close(terminal)
    assert seen.startswith(rb"\x1b]0;title\x07")


def test_queue_group_shares_the_messages(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    argv = ("sub", subject, "--queue", "workers", "--raw")
    paths = [project / "one", project / "other"]
    with (
        paths[0].open("wb") as one,
        paths[1].open("wb") as other,
        running(*argv, cwd=project, environ=environ, stdout=one),
        running(*argv, cwd=project, environ=environ, stdout=other),
    ):
        run_cli("pub", subject, "x", "--count", "100", cwd=project, environ=environ)
        deadline = time.monotonic() + 10
        while sum(path.stat().st_size for path in paths) < 200:
            assert time.monotonic() < deadline
            time.sleep(0.005)
    assert all(path.stat().st_size for path in paths)


def test_fewer_messages_than_count_exits_6_and_prints_them(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    argv = ("sub", subject, "--raw", "--count", "5", "--timeout", "1")
    with running(*argv, cwd=project, environ=environ) as sub:
        run_cli("pub", subject, "x", "--count", "3", cwd=project, environ=environ)
        ended = finished(sub)
    assert ended.code == 6
    assert ended.text == "x\nx\nx\n"
    assert "received 3 of 5" in ended.stderr


def test_ready_file_appears_when_messages_can_come(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    ready = project / "ready"
    sub = start_cli(
        "-q", "sub", subject, "--raw", "--count", "1", "--ready-file", "ready",
        cwd=project, environ=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    deadline = time.monotonic() + 10
    while not ready.exists():
        assert time.monotonic() < deadline
        time.sleep(0.001)
    run_cli("pub", subject, "x", cwd=project, environ=environ)
    assert finished(sub).text == "x\n"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_ends_sub_with_its_closing_line(
    number: int, code: int, subject: str, project: Path, environ: dict[str, str]
) -> None:
    with running("sub", subject, "--raw", cwd=project, environ=environ) as sub:
        run_cli("pub", subject, "x", cwd=project, environ=environ)
        assert sub.stdout
        assert sub.stdout.readline() == b"x\n"
        began = time.monotonic()
        sub.send_signal(number)
        ended = finished(sub)
    assert ended.code == code
    assert "received 1 message" in ended.stderr
    assert time.monotonic() - began < 1


def test_sigterm_ends_a_background_command_of_a_shell(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    def ignore_ctrl_c() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    with running(
        "sub", subject, "--raw", cwd=project, environ=environ, preexec_fn=ignore_ctrl_c
    ) as sub:
        sub.terminate()
        ended = finished(sub)
    assert ended.code == 143
    assert "received 0 messages" in ended.stderr


def test_closed_reader_ends_sub_with_0(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    with running("sub", subject, "--raw", cwd=project, environ=environ) as sub:
        assert sub.stdout
        sub.stdout.close()
        run_cli("pub", subject, "x", "--count", "10", cwd=project, environ=environ)
        assert sub.wait(10) == 0
        assert sub.stderr
        assert b"Traceback" not in sub.stderr.read()


def test_request_is_answered(subject: str, project: Path, environ: dict[str, str]) -> None:
    with running("reply", subject, "pong", cwd=project, environ=environ):
        ended = run_cli("request", subject, "ping", cwd=project, environ=environ)
    assert ended.code == 0
    assert ended.text == "pong\n"


def test_echo_answers_with_payload_and_headers(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    with running("reply", subject, "--echo", cwd=project, environ=environ):
        ended = run_cli(
            "request", subject, "-", "-H", "A:1", "--format", "json",
            cwd=project, environ=environ, stdin=b"body",
        )  # fmt: skip
    assert ended.json["payload"] == "body"
    assert ended.json["headers"] == [["A", "1"]]


def test_command_gets_the_payload_and_nothing_on_its_line(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    with running("reply", subject, "--command", "cat", cwd=project, environ=environ):
        ended = run_cli("request", subject, "; rm -rf {{.}}", cwd=project, environ=environ)
    assert ended.text == "; rm -rf {{.}}\n"


def test_command_knows_the_subject_it_answers_on(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    argv = ("reply", f"{subject}.*", "--command", "printenv NATS_SUBJECT")
    with running(*argv, cwd=project, environ=environ):
        ended = run_cli("request", f"{subject}.x", "", cwd=project, environ=environ)
    assert ended.text.strip() == f"{subject}.x"


def test_failing_command_is_told_to_the_requester(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    with running("reply", subject, "--command", "false", cwd=project, environ=environ):
        ended = run_cli("request", subject, "", cwd=project, environ=environ)
    assert "Reply-Error: false ended with code 1" in ended.text


def test_several_replies_are_gathered(subject: str, project: Path, environ: dict[str, str]) -> None:
    with (
        running("reply", subject, "a", cwd=project, environ=environ),
        running("reply", subject, "b", cwd=project, environ=environ),
    ):
        two = run_cli("request", subject, "", "--replies", "2", cwd=project, environ=environ)
        more = run_cli(
            "request", subject, "", "--replies", "3", "--timeout", "500ms",
            cwd=project, environ=environ,
        )  # fmt: skip
    assert sorted(two.text.split()) == ["a", "b"]
    assert two.code == 0
    assert more.code == 6
    assert "received 2 of 3" in more.stderr


def test_request_without_responder_exits_6(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    began = time.monotonic()
    ended = run_cli("request", subject, "x", cwd=project, environ=environ)
    assert ended.code == 6
    assert "error[no-responders]" in ended.stderr
    assert time.monotonic() - began < 1


def test_silent_responder_exits_6_after_the_timeout(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    with running("sub", subject, cwd=project, environ=environ):
        began = time.monotonic()
        ended = run_cli("request", subject, "x", "--timeout", "300ms", cwd=project, environ=environ)
    assert ended.code == 6
    assert "error[request-timeout]" in ended.stderr
    assert 0.3 <= time.monotonic() - began < 2


def test_rtt_prints_milliseconds(project: Path, environ: dict[str, str]) -> None:
    ended = run_cli("rtt", "--count", "3", "--format", "json", cwd=project, environ=environ)
    data = ended.json["data"]
    assert 0 < data["min_ms"] <= data["median_ms"] <= data["max_ms"]
    assert data["count"] == 3


def test_pub_json_result_is_an_envelope(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    ended = run_cli("pub", subject, "hello", "--format", "json", cwd=project, environ=environ)
    assert ended.json["data"] == {"messages": 1, "bytes": 5, "confirmed": True}


def test_closed_port_exits_4_at_once(project: Path) -> None:
    began = time.monotonic()
    ended = run_cli("pub", "a", "b", cwd=project, environ={"NATS_URL": "nats://127.0.0.1:1"})
    assert ended.code == 4
    assert "127.0.0.1:1" in ended.stderr
    assert "connection refused" in ended.stderr
    assert time.monotonic() - began < 1


def test_payload_over_the_limit_exits_2_with_both_sizes(
    subject: str, project: Path, environ: dict[str, str]
) -> None:
    ended = run_cli("pub", subject, cwd=project, environ=environ, stdin=b"x" * 1_048_577)
    assert ended.code == 2
    assert "1048577" in ended.stderr
    assert "1048576" in ended.stderr


@pytest.mark.parametrize(
    ("argv", "named"),
    [
        (["pub", "a.*", "x"], "a.*"),
        (["pub", "a b", "x"], "a b"),
        (["pub", "", "x"], "''"),
        (["pub", "a..b", "x"], "a..b"),
        (["pub", "a", "x", "-H", "nocolon"], "nocolon"),
        (["pub", "a", "x", "--count", "0"], "0"),
        (["pub", "a", "x", "--interval", "soon"], "soon"),
        (["pub", "a", "x", "--server", "http://h"], "http://h"),
        (["pub", "a", "x", "--server", "nats://h:99999"], "99999"),
        (["pub", "a", "x", "--creds", "gone.creds"], "gone.creds"),
        (["pub", "a", "x", "--creds", "."], "shop"),
        (["pub", "a", "x", "--ca", "gone.pem"], "gone.pem"),
        (["pub", "a", "x", "--ca", "iterapp.toml"], "iterapp.toml"),
        (["pub", "a", "x", "--env-file", "gone.env"], "gone.env"),
        (["pub", "a", "x", "--env-file", "iterapp.toml"], "iterapp.toml"),
        (["pub", "a", "x", "--lines"], "--lines"),
        (["pub"], "subject"),
        (["pub", "--jsonl", "--count", "2"], "--count"),
        (["pub", "a", "x", "--jsonl"], "--jsonl"),
        (["reply", "a", "--command", "echo 'x"], "echo 'x"),
        (["sub", "a.>.b"], "a.>.b"),
        (["sub", "a", "--queue", "b c"], "b c"),
        (["sub", "a", "--raw", "--print0"], "--print0"),
        (["sub", "a", "--count", "-1"], "-1"),
        (["sub", "a", "--ready-file", "no/folder"], "no/folder"),
        (["request", "a.>", "x"], "a.>"),
        (["reply", "a"], "--echo"),
        (["reply", "a", "--command", "no-such-command"], "no-such-command"),
        (["dev", "up", "--port", "70000"], "70000"),
        (["dev", "up", "--server-binary", "gone"], "gone"),
        (["nonsense"], "nonsense"),
        (["sub", "a", "--nonsense"], "--nonsense"),
        (["sub"], "subjects"),
        (["env", "--for", "nonsense"], "nonsense"),
        (["help", "nonsense"], "nonsense"),
        (["--color", "pink", "dev", "status"], "pink"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_exits_2_and_names_the_value(
    argv: list[str], named: str, project: Path, environ: dict[str, str]
) -> None:
    ended = run_cli(*argv, cwd=project, environ=environ)
    assert ended.code == 2, ended.stderr
    assert named in ended.stderr
    assert "Traceback" not in ended.stderr


def test_malformed_env_file_is_named_without_its_values(
    project: Path, environ: dict[str, str]
) -> None:
    (project / "bad.env").write_text("NATS_URL='nats://secret-value\n")
    ended = run_cli("rtt", "--env-file", "bad.env", cwd=project, environ=environ)
    assert ended.code == 2
    assert "bad.env" in ended.stderr
    assert "secret-value" not in ended.stderr


def test_verbose_names_the_source_of_every_value(project: Path, environ: dict[str, str]) -> None:
    ended = run_cli("rtt", "-v", cwd=project, environ=environ)
    assert "NATS_URL from environment variable" in ended.stderr


def test_json_error_is_an_envelope(project: Path) -> None:
    ended = run_cli(
        "rtt", "--format", "json", cwd=project, environ={"NATS_URL": "nats://127.0.0.1:1"}
    )
    assert ended.code == 4
    assert ended.json["errors"][0]["code"] == "server-unreachable"
    assert json.loads(ended.text)["exit_code"] == 4
