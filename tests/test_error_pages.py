"""Every error code that can be raised has a page, and every page a code"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from iterapp_nats import error_pages as room
from iterapp_nats.cli.app import ENTRIES, EntryGroup
from iterapp_nats.error_pages import TOPICS, error_pages, find_error_page
from iterapp_nats.errors import ExitCode
from iterapp_nats.manifest.rules import RULES
from tests.support.error_codes import FAMILIES, find_error_codes

if TYPE_CHECKING:
    from iterapp_nats.error_pages import ErrorPage

PAGES = tuple(error_pages())
FOUND = find_error_codes()
FOLDER = Path(room.__file__).parent


def test_every_code_that_can_be_raised_has_a_page() -> None:
    raised = {each.code: each.place for each in FOUND.codes}
    missing = {code: place for code, place in raised.items() if find_error_page(code) is None}
    assert not missing, f"write their pages into a text file of {FOLDER.name}/"


def test_every_page_is_of_a_code_that_can_be_raised() -> None:
    assert {page.code for page in PAGES} - {each.code for each in FOUND.codes} == set()


def test_every_code_is_written_out_where_its_error_is_made() -> None:
    assert not FOUND.unreadable, "nobody can tell which pages these codes need"


def test_a_code_has_one_page_and_is_no_rule() -> None:
    names = [page.code for page in PAGES] + [rule.id for rule in RULES]
    assert len(set(names)) == len(names)


def test_page_names_the_exit_code_that_the_error_ends_with() -> None:
    stated = {page.code: page.exit_code for page in PAGES}
    for each in FOUND.codes:
        if each.family and each.code in stated:
            expected = FAMILIES[each.family].exit_code
            assert stated[each.code] is expected, f"{each.code} at {each.place}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.code)
def test_page_says_what_happened_then_why_then_what_to_do(page: ErrorPage) -> None:
    summary, causes, remedy = page.text.split("\n\n")
    assert "\n" not in summary
    assert not summary.endswith(".")
    assert causes.startswith("Usual causes: ")
    assert remedy.startswith("What to do: ")
    assert causes.endswith(".")
    assert remedy.endswith(".")
    assert max(map(len, page.text.splitlines())) <= 100


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.code)
def test_page_sends_nobody_to_a_command_that_does_not_exist(page: ErrorPage) -> None:
    groups = {each.name: each.entries for each in ENTRIES if isinstance(each, EntryGroup)}
    commands = {each.name for each in ENTRIES}
    for first, second in re.findall(r"(?<!\.)iterapp-nats\s([a-z]+)(?:\s([a-z]+))?", page.text):
        assert first in commands
        assert not second or first not in groups or second in {e.name for e in groups[first]}


def test_topics_are_the_text_files_and_hold_nothing_but_pages_in_order() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(TOPICS)
    for topic in TOPICS:
        lines = (FOLDER / f"{topic}.txt").read_text("utf-8").splitlines()
        heads = [line.partition(" ")[0] for line in lines if line[:1].strip()]
        assert heads == sorted(heads), topic
        assert set(heads) <= {page.code for page in PAGES}, topic


def test_codes_are_found_however_they_reach_an_error(tmp_path: Path) -> None:
    package = tmp_path / "sample"
    package.mkdir()
    errors = Path(room.__file__).parent.parent / "errors.py"
    (package / "errors.py").write_text(errors.read_text("utf-8"), "utf-8")
    (package / "raising.py").write_text(SAMPLE)
    found = find_error_codes(package)
    codes = {each.code: each.family for each in found.codes if "raising" in each.place}
    assert codes == {
        "direct": "InputError",
        "by-keyword": "Refused",
        "either": "InputError",
        "or": "InputError",
        "through-function": None,
        "from-table": "NoAnswer",
        "assigned": "InputError",
        "by-subclass": None,
        "of-wording": None,
    }
    assert [place.partition(": ")[2] for place in found.unreadable] == ["f'{what}-made'"]


SAMPLE = """\
from dataclasses import dataclass
from sample.errors import InputError, IterappNatsError, NoAnswer, Refused

DELAYED = "assigned"


@dataclass
class Verdict:
    family: type[IterappNatsError]
    code: str

    def error(self):
        return self.family(self.code, "text")


@dataclass
class Wording:
    code_if_bad: str


class Special(InputError):
    def __init__(self, code, name):
        super().__init__(code, name)


@dataclass
class Step:
    code: str


TABLE = {"x": Verdict(NoAnswer, "from-table")}
WORDING = Wording("of-wording")
STEP = Step("no-error")


def make(label, text):
    return InputError(label, text)


def fail(what, first):
    raise InputError("direct", "text")
    raise Refused(message="text", code="by-keyword")
    raise InputError("either" if first else "or", "text")
    raise make("through-function", "text")
    raise InputError(DELAYED, "text")
    raise Special("by-subclass", "text")
    raise InputError(WORDING.code_if_bad, "text")
    try:
        pass
    finally:
        raise InputError(f"{what}-made", "text")
"""


def test_pages_use_every_exit_code_of_a_family() -> None:
    families = {each.exit_code for each in FAMILIES.values()}
    assert {page.exit_code for page in PAGES} == families
    assert ExitCode.OK not in families
