from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
import pytomlpp
import toml_rs
import tomli

from iterapp_nats.manifest.check import check_manifest
from iterapp_nats.manifest.document import TomlReader, Verdict, parse_manifest
from iterapp_nats.manifest.source import ManifestSource
from tests.manifest.cases import CASES, Case
from tests.manifest.samples import LATER_READERS

if TYPE_CHECKING:
    from collections.abc import Callable

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: repr(case.text))


def test_the_table_has_78_different_cases() -> None:
    assert len({case.text for case in CASES}) == len(CASES) == 78


@every_case
def test_the_verdict_and_the_form_are_those_of_toml_1_0(case: Case) -> None:
    manifest = parse_manifest(case.text.encode())
    assert (manifest.verdict, manifest.form) == (case.verdict, case.form)


@every_case
def test_the_rules_say_what_the_table_says(case: Case) -> None:
    report = check_manifest(ManifestSource("iterapp.toml", case.text.encode()))
    assert {finding.rule for finding in report.findings} == case.rules


@every_case
def test_two_other_parsers_of_toml_1_0_agree(case: Case) -> None:
    text = case.text.removeprefix("\ufeff")
    is_invalid = case.verdict is Verdict.INVALID
    assert _refuses(lambda: toml_rs.loads(text, toml_version="1.0.0")) is is_invalid
    assert _refuses(lambda: pytomlpp.loads(text)) is is_invalid


def _refuses(read: Callable[[], object]) -> bool:
    try:
        read()
    except (ValueError, pytomlpp.DecodeError):
        return True
    return False


@every_case
@pytest.mark.parametrize("reader", LATER_READERS)
def test_a_parser_that_reads_toml_1_1_does_not_change_it(case: Case, reader: TomlReader) -> None:
    manifest = parse_manifest(case.text, reader=reader)
    assert manifest.verdict is case.verdict


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a = {\n}", "a line end inside an inline table"),
        ("a = { # why\n}", "a line end inside an inline table"),
        ("a = { b = {}, }", "a comma after the last pair of an inline table"),
        ("a = 07:32", "a time without seconds"),
        ("a = 1979-05-27 07:32Z", "a time without seconds"),
        ('a = "\\e[0m"', "the escape \\e"),
        ('a = "\\x41"', "the escape \\x"),
        ('"\\x41" = 1', "the escape \\x"),
    ],
)
def test_what_is_toml_1_1_only_is_named_by_both_kinds_of_parser(text: str, what: str) -> None:
    for reader in (tomllib.loads, *LATER_READERS):
        manifest = parse_manifest(text, reader=reader)
        assert manifest.failure
        assert (manifest.failure.complaint, manifest.failure.later_syntax) == (what, True)


@pytest.mark.parametrize(
    "text", ['a = "\\\\e"', "a = '\\e'", "# \\x41", "a = 07:32:00", 'a = "07:32"', "a = [\n]"]
)
def test_what_only_looks_like_toml_1_1_is_valid(text: str) -> None:
    assert parse_manifest(text, reader=tomli.loads).failure is None


def test_a_mistake_before_the_toml_1_1_construct_is_the_one_that_is_told() -> None:
    manifest = parse_manifest("a =\nb = {\n}")
    assert manifest.failure
    assert not manifest.failure.later_syntax
