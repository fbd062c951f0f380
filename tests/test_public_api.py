from __future__ import annotations

import re
from pathlib import Path

import iterapp_nats

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def test_every_public_name_resolves() -> None:
    for name in iterapp_nats.__all__:
        assert getattr(iterapp_nats, name).__name__ == name


def test_readme_lists_exactly_the_public_names() -> None:
    listed = re.search(r"Public names: (.*?)\.\n", README, re.DOTALL)
    assert listed
    assert re.findall(r"`(\w+)`", listed[1]) == sorted(iterapp_nats.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(iterapp_nats, "nonsense")
