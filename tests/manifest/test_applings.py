from __future__ import annotations

import pytest

from iterapp_nats.manifest.applings import (
    ApplingState,
    find_applings,
    parse_applings,
    resolve_applings,
)
from iterapp_nats.manifest.document import parse_manifest


@pytest.mark.parametrize(
    ("root", "content", "state"),
    [
        ("[nats]", b"[nats]", ApplingState.OWN),
        ("", b"nats.x = 1", ApplingState.OWN),
        ("[nats]", b"port = 1", ApplingState.INHERITED),
        ("nats = true", b"port = 1", ApplingState.NONE),
        ("", b"[Nats]", ApplingState.NONE),
        ("[nats]", b"nats = {\n}", ApplingState.INVALID),
        ("[nats]", b"\xff", ApplingState.INVALID),
        ("[nats]", None, ApplingState.MISSING),
    ],
)
def test_an_appling_is_enabled_by_its_own_file_or_perhaps_by_the_root(
    root: str, content: bytes | None, state: ApplingState
) -> None:
    manifest = parse_manifest(f"applings = ['api']\n{root}")
    (appling,) = resolve_applings(manifest, parse_applings({"api": content}) or {})
    assert (appling.name, appling.state) == ("api", state)


def test_applings_come_in_the_order_of_the_list_and_once() -> None:
    manifest = parse_manifest("applings = ['b', 'a', 'b', 3]")
    assert [appling.name for appling in resolve_applings(manifest, {})] == ["b", "a"]


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (b"applings = ['api', 'my worker', 'api']", ("api", "my worker")),
        (b"applings = ['..', '.', '/etc', 'a/b', 'a\\\\b', 'C:', '', ' ', \"a\\u0000\"]", ()),
        (b"applings = 'api'", ()),
        (b"port = 1", ()),
        (b"applings = [", ()),
        (b"applings = ['\xff']", ()),
    ],
)
def test_only_plain_folders_beside_the_root_are_asked_for(
    content: bytes, names: tuple[str, ...]
) -> None:
    assert find_applings(content) == names
