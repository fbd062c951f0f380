"""The same verdict on every Python, though each brings another tomllib"""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.manifest.check import check_manifest
from iterapp_nats.manifest.source import ManifestSource
from tests.manifest.cases import CASES
from tests.manifest.samples import SAMPLES, mutate
from tests.support.other_pythons import PACKAGES, install_python, run_python

if TYPE_CHECKING:
    from pathlib import Path

MUTANTS = 500
CODE = """
import json, sys
from iterapp_nats.manifest.check import check_manifest
from iterapp_nats.manifest.source import ManifestSource

def told(text):
    report = check_manifest(ManifestSource("iterapp.toml", text.encode()))
    places = [(f.rule, f.span.start.line, f.span.start.column) for f in report.findings]
    return [report.verdict.value, places]

OUTPUT = json.dumps([sys.version.split(" ")[0], [told(text) for text in json.loads(INPUT)]])
"""


def told(text: str) -> list[object]:
    report = check_manifest(ManifestSource("iterapp.toml", text.encode()))
    assert report.verdict
    places = [[f.rule, f.span.start.line, f.span.start.column] for f in report.findings]
    return [report.verdict.value, places]


@pytest.mark.timeout(240)  # a download, and Python in WebAssembly
@pytest.mark.parametrize("version", PACKAGES)
def test_verdict_and_places_are_the_same_on_python(version: str, tmp_path: Path) -> None:
    random = Random(version)  # noqa: S311 - test data that must be the same each time
    texts = [case.text for case in CASES]
    texts += [mutate(random, random.choice(SAMPLES)) for _ in range(MUTANTS)]
    package = install_python(version, tmp_path)
    answered, answers = json.loads(run_python(package, CODE, json.dumps(texts)))
    assert answered.startswith(version)
    for text, answer in zip(texts, answers, strict=True):
        assert answer == told(text), text
