"""The suite of the TOML project, in its list for version 1.0; it comes as a Go module"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Final

import pytest

from iterapp_nats.errors import InputError
from iterapp_nats.manifest.check import check_manifest
from iterapp_nats.manifest.document import parse_manifest
from iterapp_nats.manifest.source import ManifestSource
from tests.support.tools import require_tool

SUITE: Final = "github.com/toml-lang/toml-test/v2@v2.2.0"


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    done = subprocess.run(
        [require_tool("go"), "mod", "download", "-json", SUITE],
        cwd=tmp_path_factory.mktemp("module"),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("the suite cannot be downloaded")
    return Path(json.loads(done.stdout)["Dir"]) / "tests"


def listed(suite: Path, kind: str) -> list[Path]:
    names = (suite / "files-toml-1.0.0").read_text("utf-8").split()
    return [suite / name for name in names if name.startswith(kind) and name.endswith(".toml")]


def test_every_valid_file_is_accepted_and_scanned_to_its_end(suite: Path) -> None:
    files = listed(suite, "valid/")
    assert len(files) > 200
    for file in files:
        manifest = parse_manifest(file.read_bytes())
        assert manifest.failure is None, file
        assert manifest.layout.stopped_at is None, file


def test_every_invalid_file_is_refused_at_a_place_inside_it(suite: Path) -> None:
    files = listed(suite, "invalid/")
    assert len(files) > 400
    for file in files:
        content = file.read_bytes()
        report = check_manifest(ManifestSource(file.name, content))
        assert [finding.rule for finding in report.findings] in (["syntax"], ["input"]), file
        assert report.findings[0].span.start.line <= content.count(b"\n") + 1, file


def test_files_that_are_not_utf_8_have_no_verdict(suite: Path) -> None:
    contents = [file.read_bytes() for file in listed(suite, "invalid/encoding/")]
    broken = [content for content in contents if "\ufffd" in content.decode(errors="replace")]
    assert len(broken) > 3
    for content in broken:
        with pytest.raises(InputError) as caught:
            parse_manifest(content)
        assert caught.value.code == "manifest-not-utf8"
