from __future__ import annotations

import io
import json

import pytest

from iterapp_nats.errors import ExitCode, InputError, Unreachable
from iterapp_nats.output import ColorMode, Format, Output


def new_output(**environ: str) -> tuple[Output, io.BytesIO, io.StringIO]:
    data, talk = io.BytesIO(), io.StringIO()
    output = Output(io.TextIOWrapper(data, "utf-8"), talk, environ=environ, command=["tool", "pub"])
    return output, data, talk


ERROR = Unreachable(
    "server-unreachable", "cannot connect", hints=("start one",), context={"port": "4222"}
)


def test_error_shows_code_message_and_hint() -> None:
    output, data, talk = new_output()
    assert output.fail(ERROR) is ExitCode.UNREACHABLE
    assert talk.getvalue() == "error[server-unreachable]: cannot connect\n\nhint: start one\n"
    assert data.getvalue() == b""


def test_json_error_is_an_envelope_on_stdout() -> None:
    output, data, talk = new_output()
    output.format = Format.JSON
    output.fail(ERROR)
    envelope = json.loads(data.getvalue())
    assert envelope == {
        "version": 1,
        "command": ["tool", "pub"],
        "status": "error",
        "exit_code": 4,
        "data": None,
        "errors": [
            {
                "code": "server-unreachable",
                "message": "cannot connect",
                "hints": ["start one"],
                "context": {"port": "4222"},
            }
        ],
    }
    assert talk.getvalue() == ""


def test_json_error_of_a_stream_keeps_stdout_clean() -> None:
    output, data, talk = new_output()
    output.format, output.is_stream = Format.JSON, True
    output.fail(ERROR)
    assert data.getvalue() == b""
    assert json.loads(talk.getvalue())["exit_code"] == ExitCode.UNREACHABLE


def test_json_result_takes_a_path_that_is_not_utf8() -> None:
    output, data, _ = new_output()
    output.result({"path": "shop/\udcff"})
    assert json.loads(data.getvalue())["data"] == {"path": "shop/\udcff"}


def test_quiet_silences_talk_but_not_warnings() -> None:
    output, _, talk = new_output()
    output.quiet = True
    output.say("progress")
    output.warning("look out")
    assert talk.getvalue() == "warning: look out\n"


@pytest.mark.parametrize(
    ("mode", "coloured"), [("always", True), ("never", False), ("auto", False)]
)
def test_colour_follows_the_mode(mode: str, coloured: bool) -> None:
    output, _, talk = new_output()
    output.color = ColorMode(mode)
    output.fail(ERROR)
    assert ("\x1b[" in talk.getvalue()) is coloured


class FullDisk(io.RawIOBase):
    def writable(self) -> bool:
        return True

    def write(self, _data: object) -> int:
        raise OSError(28, "No space left on device")


def test_full_disk_is_an_input_error() -> None:
    stdout = io.TextIOWrapper(io.BufferedWriter(FullDisk()), "utf-8")
    output = Output(stdout, io.StringIO(), environ={}, command=[])
    with pytest.raises(InputError, match="no space left on device"):
        output.write(b"x" * 100_000)
    stdout.buffer.detach()
