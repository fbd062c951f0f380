from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iterapp_nats.envfile.render import render_variables
from iterapp_nats.envfile.shells import quote_powershell
from iterapp_nats.envfile.variables import Consumer, Variables
from iterapp_nats.secret import Secret
from tests.envfile.consumers import run_shell, write_samples
from tests.envfile.samples import CREDS
from tests.support.tools import require_tool

if TYPE_CHECKING:
    from pathlib import Path

SOURCE_EACH = 'for file in "$@"; do . "$file"; env -0; printf "END-OF-FILE\\0"; done'
EVAL_EACH = 'for file in "$@"; do eval "$(cat "$file")"; env -0; printf "END-OF-FILE\\0"; done'
FISH_EACH = """
for file in $argv[2..]
    source $file
    env -0
    printf "END-OF-FILE\\0"
end
"""


@pytest.mark.parametrize("script", [SOURCE_EACH, EVAL_EACH], ids=["source", "eval"])
@pytest.mark.parametrize("shell", ["bash", "dash", "zsh"])
def test_sh_form_is_exact_in_the_shell(shell: str, script: str, tmp_path: Path) -> None:
    samples = write_samples(tmp_path, Consumer.SH)
    loaded = run_shell([require_tool(shell)], script, list(samples))
    assert loaded == list(samples.values())


def test_fish_form_is_exact_in_fish(tmp_path: Path) -> None:
    samples = write_samples(tmp_path, Consumer.FISH)
    loaded = run_shell([require_tool("fish")], FISH_EACH, list(samples))
    assert loaded == list(samples.values())


def test_sh_form_without_backslashes_is_exact_in_fish_too(tmp_path: Path) -> None:
    path = tmp_path / "sh.env"
    variables = Variables(url="nats://it's:4222", credentials=Secret(CREDS))
    path.write_text(render_variables(Consumer.SH, variables).text)
    (loaded,) = run_shell([require_tool("fish")], FISH_EACH, [path])
    assert loaded == {"NATS_URL": "nats://it's:4222", "NATS_CREDENTIALS": CREDS}


def test_sh_form_exports_one_variable_a_line() -> None:
    variables = Variables(url="nats://127.0.0.1:4222", ca_file="/srv/my ca.pem")
    assert render_variables(Consumer.SH, variables).text == (
        "export NATS_URL=nats://127.0.0.1:4222\nexport NATS_CA_FILE='/srv/my ca.pem'\n"
    )


def test_powershell_form_assigns_verbatim_strings() -> None:
    variables = Variables(url="nats://127.0.0.1:4222", ca_file="C:\\it's\\$ca.pem")
    assert render_variables(Consumer.POWERSHELL, variables).text == (
        "$env:NATS_URL = 'nats://127.0.0.1:4222'\n$env:NATS_CA_FILE = 'C:\\it''s\\$ca.pem'\n"
    )


@pytest.mark.parametrize("quote", ["'", "\u2018", "\u2019", "\u201a", "\u201b"])
def test_powershell_form_doubles_each_quote_that_powershell_knows(quote: str) -> None:
    assert quote_powershell(f"a{quote}b") == f"'a{quote}{quote}b'"
