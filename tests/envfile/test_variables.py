from __future__ import annotations

import pytest

from iterapp_nats.envfile.render import render_variables
from iterapp_nats.envfile.variables import Consumer, Rendered, Variables
from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret
from tests.envfile.samples import CREDS, FULL, FULL_VALUES


def test_items_stand_in_the_order_of_the_platform() -> None:
    assert [name for name, _ in FULL.items()] == [
        "NATS_URL",
        "NATS_CREDENTIALS",
        "NATS_CREDENTIALS_FILE",
        "NATS_CA_FILE",
    ]
    assert {name: value.reveal() for name, value in FULL.items()} == FULL_VALUES


def test_empty_values_count_as_unset() -> None:
    variables = Variables(url="nats://localhost", credentials=Secret(""), credentials_file="")
    assert [name for name, _ in variables.items()] == ["NATS_URL"]


def test_repr_shows_neither_url_nor_credentials() -> None:
    variables = Variables(url="nats://user:hush@localhost", credentials=Secret(CREDS))
    shown = repr(variables) + repr(Rendered(text=CREDS, log_commands=CREDS))
    assert "hush" not in shown
    assert "SUASYNTHETIC" not in shown


@pytest.mark.parametrize("consumer", Consumer)
def test_every_consumer_has_a_writer_that_leaves_unset_variables_out(consumer: Consumer) -> None:
    text = render_variables(consumer, Variables(url="nats://127.0.0.1:4222")).text
    assert "NATS_URL" in text
    assert "NATS_CREDENTIALS" not in text
    assert "NATS_CA_FILE" not in text


@pytest.mark.parametrize("consumer", Consumer)
@pytest.mark.parametrize("broken", ["nul\0", "lone\udc80surrogate"])
def test_value_that_no_variable_can_hold_is_refused_without_being_shown(
    consumer: Consumer, broken: str
) -> None:
    variables = Variables(url="nats://localhost", credentials=Secret(f"SUASYNTHETIC{broken}"))
    with pytest.raises(InputError) as caught:
        render_variables(consumer, variables)
    assert caught.value.code == "env-value-unsupported"
    assert "NATS_CREDENTIALS" in caught.value.message
    assert "SUASYNTHETIC" not in repr(caught.value) + repr(caught.value.__cause__)
