from __future__ import annotations

import pytest

from iterapp_nats.envfile.render import render_variables
from iterapp_nats.envfile.variables import Consumer, Variables
from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret
from tests.envfile.samples import AWKWARD, CREDS, FULL, FULL_VALUES


def test_github_file_gives_back_every_value() -> None:
    assert _read_github(render_variables(Consumer.GITHUB, FULL).text) == FULL_VALUES


@pytest.mark.parametrize("value", AWKWARD)
def test_github_file_gives_back_awkward_values(value: str) -> None:
    text = render_variables(Consumer.GITHUB, Variables(value, ca_file=value)).text
    assert _read_github(text) == {"NATS_URL": value, "NATS_CA_FILE": value}


def test_github_masks_the_jwt_and_the_seed_but_no_marker() -> None:
    commands = render_variables(Consumer.GITHUB, FULL).log_commands.splitlines()
    lines = CREDS.splitlines()
    assert commands == [f"::add-mask::{lines[1]}", f"::add-mask::{lines[9]}"]


def test_github_masks_an_address_with_a_login() -> None:
    variables = Variables("nats://user:hush@localhost:4222")
    commands = render_variables(Consumer.GITHUB, variables).log_commands
    assert commands == "::add-mask::nats://user:hush@localhost:4222\n"


def test_github_hides_nothing_without_secrets() -> None:
    variables = Variables("nats://localhost:4222", ca_file="/srv/ca.pem")
    assert render_variables(Consumer.GITHUB, variables).log_commands == ""


def test_gitlab_passes_the_address_and_says_what_to_create() -> None:
    rendered = render_variables(Consumer.GITLAB, FULL)
    assert rendered.text == "NATS_URL=tls://localhost:4222\n"
    assert [note.split("variable ")[1].split()[0] for note in rendered.notes] == [
        "NATS_CREDENTIALS_FILE",
        "NATS_CA_FILE",
    ]


def test_gitlab_says_nothing_where_the_address_is_all() -> None:
    assert render_variables(Consumer.GITLAB, Variables("nats://localhost")).notes == ()


def test_gitlab_takes_content_of_creds_for_a_file_variable() -> None:
    (note,) = render_variables(Consumer.GITLAB, Variables("nats://a", Secret(CREDS))).notes
    assert "NATS_CREDENTIALS_FILE of type File" in note


def test_gitlab_refuses_an_address_of_two_lines() -> None:
    with pytest.raises(InputError, match="NATS_URL cannot be written for gitlab"):
        render_variables(Consumer.GITLAB, Variables("nats://a\nB=1"))


def _read_github(text: str) -> dict[str, str]:
    """Read as the runner's documentation says: NAME<<DELIMITER, lines, DELIMITER alone"""
    values = {}
    lines = iter(text.removesuffix("\n").split("\n"))
    for line in lines:
        name, _, delimiter = line.partition("<<")
        parts = list(iter(lambda: next(lines), delimiter))
        values[name] = "\n".join(parts)
    return values
