"""The verdict against two parsers that share no code with ours or with each other"""

from __future__ import annotations

from random import Random

import pytest
import pytomlpp
import toml_rs

from iterapp_nats.manifest.document import TomlReader, Verdict, parse_manifest
from iterapp_nats.manifest.scanner import scan
from tests.manifest.samples import LATER_READERS, SAMPLES, mutate

MUTANTS_A_SEED = 5_000


def mutants(seed: int) -> list[str]:
    random = Random(seed)  # noqa: S311 - test data that must be the same each time
    return [mutate(random, random.choice(SAMPLES)) for _ in range(MUTANTS_A_SEED)]


def rust_says(text: str) -> str:
    try:
        data = toml_rs.loads(text, toml_version="1.0.0")
    except ValueError:
        return Verdict.INVALID.value
    return flag_in(data)


def cpp_says(text: str) -> str:
    try:
        data = pytomlpp.loads(text)
    except pytomlpp.DecodeError:
        return Verdict.INVALID.value
    return flag_in(data)


def flag_in(data: dict[str, object]) -> str:
    if "nats" not in data:
        return Verdict.NOT_ENABLED.value
    is_table = isinstance(data["nats"], dict)
    return Verdict.ENABLED.value if is_table else Verdict.WRONG_TYPE.value


@pytest.mark.parametrize("seed", range(4))
def test_three_parsers_agree_on_20_000_mutants(seed: int) -> None:
    verdicts = set()
    for text in mutants(seed):
        ours = parse_manifest(text).verdict.value
        assert ours == rust_says(text), text
        assert ours == cpp_says(text), text
        verdicts.add(ours)
    assert verdicts == {verdict.value for verdict in Verdict}


@pytest.mark.parametrize("reader", LATER_READERS)
def test_the_verdict_is_the_same_with_a_parser_of_toml_1_1(reader: TomlReader) -> None:
    for text in mutants(seed=4):
        later = parse_manifest(text, reader=reader)
        assert parse_manifest(text).verdict is later.verdict, text


@pytest.mark.parametrize("seed", range(2))
def test_the_scanner_ends_on_every_mutant_and_reads_each_valid_one_to_its_end(seed: int) -> None:
    for text in mutants(seed):
        layout = scan(text)
        is_valid = parse_manifest(text).failure is None
        assert layout.stopped_at is None or not is_valid, text
