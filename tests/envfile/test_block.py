from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.envfile.block import BEGIN, END, update_block
from iterapp_nats.envfile.reader import parse_env_file
from iterapp_nats.envfile.render import render_variables
from iterapp_nats.envfile.variables import Consumer
from iterapp_nats.errors import InputError
from tests.envfile.samples import FULL, FULL_VALUES

# Hypothesis does not find the markers by chance; parts that nearly are markers stand in for them.
TEXTS = st.lists(
    st.sampled_from(["A=1\n", "\r\n", " " + BEGIN + "\n", BEGIN + "x\n", "# tail", "ä\n"])
    | st.text(max_size=8)
).map("".join)


def test_block_is_appended_to_a_file_without_one() -> None:
    assert update_block("A=1", "B=2\n") == f"A=1\n{BEGIN}\nB=2\n{END}\n"


def test_empty_file_becomes_the_block() -> None:
    assert update_block("", "B=2") == f"{BEGIN}\nB=2\n{END}\n"


def test_only_the_block_is_replaced() -> None:
    old = f"A=1\r\n{BEGIN}\r\nB=old\r\n{END}\r\nC=3\r\n"
    assert update_block(old, "B=new\n") == f"A=1\r\n{BEGIN}\nB=new\n{END}\nC=3\r\n"


@given(before=TEXTS, after=TEXTS, old_block=TEXTS, new_block=TEXTS)
def test_every_character_around_the_block_stays(
    before: str, after: str, old_block: str, new_block: str
) -> None:
    before = f"{before}\n"
    old = before + update_block("", old_block) + after
    assert update_block(old, new_block) == before + update_block("", new_block) + after


@given(old=TEXTS, block=TEXTS)
def test_second_update_changes_nothing(old: str, block: str) -> None:
    once = update_block(old, block)
    assert update_block(once, block) == once


@pytest.mark.parametrize(
    "old",
    [
        f"A=1\n{BEGIN}\nB=2\n",
        f"A=1\n{END}\n",
        f"A=1\n{END}\n{BEGIN}\n",
        f"A=1\n{BEGIN}\n{END}\n{BEGIN}\n{END}\n",
    ],
    ids=["no end", "no begin", "swapped", "twice"],
)
def test_markers_that_do_not_match_are_refused(old: str) -> None:
    with pytest.raises(InputError, match="from line 2 on do not match") as caught:
        update_block(old, "B=2\n")
    assert caught.value.code == "env-block-damaged"


@pytest.mark.parametrize("consumer", [Consumer.SH, Consumer.DOTENV, Consumer.SYSTEMD])
def test_file_with_a_block_can_be_read(consumer: Consumer) -> None:
    text = update_block("OTHER=1\n", render_variables(consumer, FULL).text)
    values = {name: value.reveal() for name, value in parse_env_file(text, path="x").items()}
    assert values == FULL_VALUES | {"OTHER": "1"}


def test_consumers_without_comments_take_no_block() -> None:
    without = {consumer for consumer in Consumer if not consumer.takes_block}
    assert without == {
        Consumer.JSON,
        Consumer.NULL,
        Consumer.DOCKER,
        Consumer.COMPOSE,
        Consumer.GITHUB,
        Consumer.GITLAB,
        Consumer.KUBERNETES,
    }
