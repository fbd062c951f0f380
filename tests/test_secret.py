from __future__ import annotations

import pickle

import pytest

from iterapp_nats.output import to_plain
from iterapp_nats.secret import Secret

SEED = "SU-known-test-seed"


def test_secret_is_never_shown() -> None:
    secret = Secret(SEED)
    shown = [str(secret), repr(secret), f"{secret}", f"{secret:>20}", "%s" % secret, str([secret])]  # noqa: UP031 - one of the ways
    assert not any(SEED in text for text in shown)
    assert to_plain({"seed": secret}) == {"seed": "*****"}


def test_secret_is_not_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(SEED))


def test_equal_secrets_are_equal() -> None:
    assert Secret(SEED) == Secret(SEED) != Secret("other")
    assert Secret(SEED).reveal() == SEED
