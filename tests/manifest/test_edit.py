"""enable and disable: exactly the flag's lines come and go, or nothing does"""

from __future__ import annotations

import tomllib
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.errors import InputError
from iterapp_nats.manifest.document import Verdict, parse_manifest
from iterapp_nats.manifest.edit import disable_nats, enable_nats
from tests.manifest.cases import CASES, ENABLED, INVALID, WRONG_TYPE, Case
from tests.manifest.samples import SAMPLES, mutate

if TYPE_CHECKING:
    from collections.abc import Callable

    from iterapp_nats.manifest.edit import EditResult

_LINES = (
    "",
    "  ",
    "# a comment",
    "  # [nats]",
    "[env.prod]",
    "[[static]]",
    "key = 'value'",
    'text = """\n[nats]\n"""',
    "list = [\n  1, # one\n]",
    "emoji = '\U0001f468\u200d\U0001f680'",
)


@st.composite
def files_without_nats(draw: st.DrawFn) -> bytes:
    """Draw valid files: order of lines, line ends, byte order mark, with or without a last end"""
    lines = draw(st.lists(st.sampled_from(_LINES), unique_by=lambda line: line or object()))
    ends = draw(st.sampled_from([("\n",), ("\r\n",), ("\n", "\r\n")]))
    text = "".join(
        f"{line.replace(chr(10), ends[0])}{draw(st.sampled_from(ends))}" for line in lines
    )
    if draw(st.booleans()):
        text = text.removesuffix("\n").removesuffix("\r")
    mark = draw(st.sampled_from(["", "\ufeff"]))
    return f"{mark}{text}".encode()


@given(files_without_nats())
def test_disable_undoes_enable_to_the_byte(content: bytes) -> None:
    enabled = enable_nats(content)
    assert enabled.has_changed
    assert disable_nats(enabled.new).new == content


@given(files_without_nats())
def test_enable_keeps_the_old_bytes_and_adds_an_empty_table_to_the_document(content: bytes) -> None:
    new = enable_nats(content).new
    assert new.startswith(content)
    old_data, data = (tomllib.loads(c.decode().removeprefix("\ufeff")) for c in (content, new))
    assert data == {**old_data, "nats": {}}
    assert enable_nats(new).new == new


def test_mutants_of_real_shapes_are_enabled_and_disabled_without_damage() -> None:
    random = Random(11)  # noqa: S311 - test data that must be the same each time
    texts = [mutate(random, random.choice(SAMPLES)) for _ in range(4_000)]
    absent = [t.encode() for t in texts if parse_manifest(t).verdict is Verdict.NOT_ENABLED]
    assert len(absent) > 300
    for content in absent:
        assert disable_nats(enable_nats(content).new).new == content


@pytest.mark.parametrize(
    ("content", "new"),
    [
        (b"", b"[nats]\n"),
        (b"port = 80\n", b"port = 80\n\n[nats]\n"),
        (b"port = 80", b"port = 80\n\n[nats]"),
        (b"port = 80\r\n", b"port = 80\r\n\r\n[nats]\r\n"),
        (b"a = 1\r\nb = 2\r\nc = 3", b"a = 1\r\nb = 2\r\nc = 3\r\n\r\n[nats]"),
        (b"\xef\xbb\xbf", b"\xef\xbb\xbf[nats]\n"),
        (b"# [nats]\n", b"# [nats]\n\n[nats]\n"),
    ],
)
def test_enable_appends_the_section_after_a_blank_line(content: bytes, new: bytes) -> None:
    result = enable_nats(content)
    assert (result.old, result.new, result.done) == (content, new, ("[nats] added",))


@pytest.mark.parametrize(
    ("content", "new"),
    [
        (b"[nats]\n", b""),
        (b"[nats] # messages\n", b""),
        (b"[nats]\n\n[postgres]\n", b"[postgres]\n"),
        (b"port = 80\n[nats]", b"port = 80"),
        (b"port = 80\n[nats]\n", b"port = 80\n"),
        (b"a = 1\r\n\r\n['nats']\r\n[b]\r\n", b"a = 1\r\n[b]\r\n"),
        (b"# why\n[nats]\n# more\n", b"# why\n# more\n"),
        (b"a = 1\n[nats]\n\n[b]\n", b"a = 1\n\n[b]\n"),
        (b"a = '''\n[nats]\n'''\n[nats]\n", b"a = '''\n[nats]\n'''\n"),
    ],
)
def test_disable_takes_the_line_and_one_blank_line(content: bytes, new: bytes) -> None:
    assert disable_nats(content).new == new


@pytest.mark.parametrize("case", ENABLED, ids=lambda case: repr(case.text))
def test_enable_leaves_a_file_alone_that_enables_nats_in_whatever_form(case: Case) -> None:
    result = enable_nats(case.text.encode())
    assert not result.has_changed
    assert case.form
    assert result.notes[0].startswith(f"NATS is enabled already, by {case.form.value} in line ")


def test_disable_says_so_when_there_is_nothing_to_do() -> None:
    result = disable_nats(b"port = 80\n")
    assert (result.has_changed, result.notes) == (False, ("NATS is not enabled",))


def test_enable_mentions_a_commented_header_and_leaves_it() -> None:
    note = "the commented [nats] in line 2 was left as it is"
    assert enable_nats(b"port = 1\n# [nats]\n").notes == (note,)


def refusal(edit: Callable[..., EditResult], content: str) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        edit(content.encode(), path="app/iterapp.toml")
    return caught.value.code, caught.value.message


@pytest.mark.parametrize("edit", [enable_nats, disable_nats])
@pytest.mark.parametrize("case", [*INVALID, *WRONG_TYPE], ids=lambda case: repr(case.text))
def test_what_cannot_be_understood_is_refused_with_its_place(
    edit: Callable[..., EditResult], case: Case
) -> None:
    code, message = refusal(edit, case.text)
    assert code == ("manifest-invalid" if case in INVALID else "nats-wrong-type")
    assert message.startswith("app/iterapp.toml:")


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        (
            "a = 1\n[nats]\nb = 1\n[nats.c]",
            "nats-has-keys",
            "2:2: [nats] is not empty: nats.b, nats.c",
        ),
        ("[nats.x]", "nats-has-keys", "1:2: [nats] is not empty: nats.x"),
        ("nats = {}", "nats-not-a-header", "1:1: NATS is enabled by nats = {}, not by a header"),
    ],
)
def test_disable_refuses_to_delete_more_than_an_empty_section(
    content: str, code: str, message: str
) -> None:
    assert refusal(disable_nats, content) == (code, f"app/iterapp.toml:{message}")


def test_both_edits_of_every_case_change_the_verdict_or_refuse() -> None:
    for case in CASES:
        for edit, wanted in ((enable_nats, True), (disable_nats, False)):
            try:
                result = edit(case.text.encode())
            except InputError:
                continue
            assert parse_manifest(result.new).is_enabled is wanted, case.text


def test_a_file_nested_too_deep_to_be_proved_is_refused() -> None:
    content = "a = " + f"{{ b{'.b' * 90} = " * 150 + "1" + " }" * 150
    assert refusal(enable_nats, content)[0] == "edit-unsafe"
