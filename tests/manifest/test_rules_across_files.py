"""Rules that look beyond the file: required or not, applings, dependencies"""

from __future__ import annotations

import pytest

from iterapp_nats.manifest.check import check_manifest
from iterapp_nats.manifest.code import CodeUse
from iterapp_nats.manifest.source import CheckOptions, ManifestSource
from tests.manifest.checking import rules, told

REQUIRED = CheckOptions(require_nats=True)
REQUIRED_STRICTLY = CheckOptions(require_nats=True, strict=True)
APPLINGS = "applings = ['api', 'worker']\n"


def rules_with(source: ManifestSource, options: CheckOptions) -> list[str]:
    return [finding.rule for finding in check_manifest(source, options).findings]


def test_require_nats_is_an_error_without_the_flag() -> None:
    assert rules("port = 80", REQUIRED) == ["nats-missing"]
    assert rules("[nats]", REQUIRED) == []


def test_require_nats_is_met_by_one_appling_and_strictly_by_all() -> None:
    one = ManifestSource("iterapp.toml", APPLINGS.encode(), {"api": b"[nats]", "worker": b""})
    all_ = ManifestSource(
        "iterapp.toml", APPLINGS.encode(), {"api": b"[nats]", "worker": b"[nats]"}
    )
    assert rules_with(one, REQUIRED) == ["appling-nats"]
    assert rules_with(one, REQUIRED_STRICTLY) == ["nats-missing", "appling-nats"]
    assert rules_with(all_, REQUIRED_STRICTLY) == []


def test_an_appling_inherits_the_flag_of_the_root_with_a_warning_but_not_strictly() -> None:
    root = f"{APPLINGS}[nats]".encode()
    appling = ManifestSource("api/iterapp.toml", b"port = 1", root=root)
    assert rules_with(appling, REQUIRED) == ["appling-nats"]
    assert rules_with(appling, REQUIRED_STRICTLY) == ["nats-missing", "appling-nats"]


@pytest.mark.parametrize("path", ["api/iterapp.toml", "iterapp.toml", "../iterapp.toml"])
def test_an_appling_is_known_by_its_folder_or_stands_in_it(path: str) -> None:
    root = f"{APPLINGS}[nats]".encode()
    assert rules_with(ManifestSource(path, b"", root=root), CheckOptions()) == ["appling-nats"]


@pytest.mark.parametrize("root", [b"[nats]", b"applings = ['other']\n[nats]", b"\xff", b"a ="])
def test_a_root_that_does_not_list_the_folder_says_nothing_about_it(root: bytes) -> None:
    assert rules_with(ManifestSource("api/iterapp.toml", b"", root=root), CheckOptions()) == []


def test_applings_are_compared_with_the_folders() -> None:
    assert told(APPLINGS, {"api": b"", "worker": None, "old": b""}) == [
        ("appling-orphan", "old has an iterapp.toml, but applings does not list it"),
        ("appling-missing", "appling worker is listed, but its folder has no iterapp.toml"),
    ]
    assert told(APPLINGS) == []
    assert told("port = 1", {"example": b""}) == []


def test_a_missing_appling_is_marked_in_the_list() -> None:
    source = ManifestSource("iterapp.toml", b"applings = [3, 'a', 'bc']", {"a": b"", "bc": None})
    (span,) = (f.span for f in check_manifest(source).findings if f.rule == "appling-missing")
    assert (span.start.column, span.end.column) == (21, 25)


@pytest.mark.parametrize(
    ("root", "api", "message"),
    [
        ("[nats]", b"[nats]", "whether [nats] here reaches the appling worker is not documented"),
        ("[nats]", b"", "whether [nats] here reaches the applings api, worker is not documented"),
        ("", b"[nats]", "the appling worker has no [nats], other applings have"),
    ],
)
def test_a_flag_that_not_all_applings_share_is_a_warning(
    root: str, api: bytes, message: str
) -> None:
    assert told(APPLINGS + root, {"api": api, "worker": b""}) == [("appling-nats", message)]


@pytest.mark.parametrize(("root", "own"), [("[nats]", b"[nats]"), ("", b"")])
def test_applings_that_are_all_alike_are_no_finding(root: str, own: bytes) -> None:
    assert told(APPLINGS + root, {"api": own, "worker": own}) == []


def test_an_appling_that_cannot_be_read_is_not_taken_for_missing() -> None:
    assert told(APPLINGS, {"api": b"\xff", "worker": b"port ="}) == []


def told_with_code(text: str, use: CodeUse) -> list[str]:
    return rules_with(ManifestSource("iterapp.toml", text.encode(), code=(use,)), CheckOptions())


def test_a_client_without_the_flag_is_a_warning() -> None:
    use = CodeUse("package.json", 4, "nats")
    assert told_with_code("port = 1", use) == ["code-without-nats"]
    assert told_with_code("[nats]", use) == []


def test_jetstream_is_a_warning_with_and_without_the_flag() -> None:
    use = CodeUse("package.json", 4, "@nats-io/jetstream", is_jetstream=True)
    assert told_with_code("[nats]", use) == ["code-jetstream"]
    assert told_with_code("port = 1", use) == ["code-jetstream", "code-without-nats"]
