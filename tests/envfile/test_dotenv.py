from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from dotenv import dotenv_values

from iterapp_nats.envfile.dotenv import quote_dotenv, quote_node, quote_systemd
from iterapp_nats.envfile.render import render_variables
from iterapp_nats.envfile.variables import Consumer, Variables
from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret
from tests.envfile.consumers import only_ours, run_shell, write_samples
from tests.envfile.samples import AWKWARD, CREDS, FULL, FULL_VALUES
from tests.support.tools import require_file, require_tool

if TYPE_CHECKING:
    from pathlib import Path

PARSE_EACH = """
const { parseEnv } = require("node:util"), { readFileSync } = require("node:fs");
const files = process.argv.slice(1);
process.stdout.write(JSON.stringify(files.map((file) => parseEnv(readFileSync(file, "utf8")))));
"""
SYSTEMD_READER = "/lib/systemd/user-environment-generators/30-systemd-environment-d-generator"


@pytest.mark.parametrize("consumer", [Consumer.DOTENV, Consumer.DOTENV_ESCAPED])
def test_dotenv_forms_are_exact_in_python_dotenv(consumer: Consumer, tmp_path: Path) -> None:
    samples = write_samples(tmp_path, consumer)
    loaded = [only_ours(dotenv_values(path)) for path in samples]
    assert loaded == list(samples.values())


@pytest.mark.parametrize("consumer", [Consumer.DOTENV, Consumer.DOTENV_ESCAPED, Consumer.NODE])
def test_dotenv_forms_are_exact_in_node(consumer: Consumer, tmp_path: Path) -> None:
    samples = write_samples(tmp_path, consumer)
    command = [require_tool("node"), "-e", PARSE_EACH, *map(str, samples)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=30)
    assert json.loads(done.stdout) == list(samples.values())


def test_node_form_is_exact_by_the_flag_env_file(tmp_path: Path) -> None:
    path = tmp_path / "nats.env"
    path.write_text(render_variables(Consumer.NODE, FULL).text)
    script = "process.stdout.write(JSON.stringify(process.env))"
    command = [require_tool("node"), f"--env-file={path}", "-e", script]
    done = subprocess.run(command, capture_output=True, check=True, timeout=30, env={})
    assert only_ours(json.loads(done.stdout)) == FULL_VALUES


@pytest.mark.parametrize("shell", ["bash", "dash", "zsh"])
def test_dotenv_form_of_usual_values_can_be_sourced_with_set_a(shell: str, tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(render_variables(Consumer.DOTENV, FULL).text)
    script = 'set -a; . "$1"; env -0; printf "END-OF-FILE\\0"'
    assert run_shell([require_tool(shell)], script, [path]) == [FULL_VALUES]


def test_systemd_form_is_exact_in_the_parser_of_systemd(tmp_path: Path) -> None:
    reader = require_file(SYSTEMD_READER, of="systemd")
    folder = tmp_path / "environment.d"
    folder.mkdir()
    for path, expected in write_samples(tmp_path, Consumer.SYSTEMD).items():
        # This reader shares the parser with EnvironmentFile=, and then replaces $NAME by itself.
        if any("$" in value for value in expected.values()):
            continue
        (folder / "nats.conf").write_bytes(path.read_bytes())
        environ = {"XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
        done = subprocess.run([reader], env=environ, capture_output=True, check=True, timeout=30)
        assert _read_systemd_output(done.stdout.decode()) == expected


def test_systemd_form_keeps_a_dollar_between_single_quotes() -> None:
    assert quote_systemd("/home/$USER") == "'/home/$USER'"
    assert quote_systemd("it's $5") == '"it\'s \\$5"'


@pytest.mark.parametrize("value", ["\\\\server\\it's here", "a\\'b c", 'it\'s "both"'])
def test_value_that_dotenv_readers_disagree_on_is_refused(value: str) -> None:
    assert quote_dotenv(value) is None
    with pytest.raises(InputError, match="NATS_CA_FILE cannot be written for dotenv") as caught:
        render_variables(Consumer.DOTENV, Variables(url="nats://localhost", ca_file=value))
    assert value not in caught.value.message


def test_most_awkward_values_have_a_dotenv_form() -> None:
    assert [value for value in AWKWARD if quote_dotenv(value) is None] == []
    assert quote_node("all '\"` quotes") is None


@pytest.mark.parametrize("control", ["\r", "\x07", "\x7f"])
def test_control_character_is_refused(control: str) -> None:
    variables = Variables(url="nats://localhost", credentials=Secret(f"a{control}\nb"))
    with pytest.raises(InputError, match=r"NATS_CREDENTIALS .* control character"):
        render_variables(Consumer.SYSTEMD, variables)


def test_several_lines_are_announced_by_a_comment_for_the_readers_that_fail() -> None:
    assert render_variables(Consumer.DOTENV, FULL).text.startswith("# Values of several lines")
    plain = Variables(url="nats://localhost")
    assert render_variables(Consumer.DOTENV, plain).text == "NATS_URL='nats://localhost'\n"


def test_escaped_form_has_one_line_per_variable() -> None:
    lines = render_variables(Consumer.DOTENV_ESCAPED, FULL).text.splitlines()
    assert [line.partition("=")[0] for line in lines] == list(FULL_VALUES)
    assert CREDS.replace("\n", "\\n") in lines[1]


def test_braces_behind_a_dollar_bring_a_note_about_python_dotenv() -> None:
    variables = Variables(url="nats://localhost", ca_file="/srv/${HOME}/ca.pem")
    (note,) = render_variables(Consumer.DOTENV, variables).notes
    assert "NATS_CA_FILE" in note


def _read_systemd_output(text: str) -> dict[str, str]:
    pairs = re.findall(r'^(NATS_\w+)=(?:"(.*)"|(.*))$', text, re.MULTILINE)
    return {name: _unescape(quoted) or plain for name, quoted, plain in pairs}


def _unescape(quoted: str) -> str:
    return re.sub(r"\\(.)", lambda escape: "\n" if escape[1] == "n" else escape[1], quoted)
