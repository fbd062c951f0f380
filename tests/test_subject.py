from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.errors import InputError
from iterapp_nats.subject import (
    MAX_SUBJECT_BYTES,
    matches,
    overlaps,
    require_pattern,
    require_queue_group,
    require_subject,
)

TOKENS = st.text(st.sampled_from("abcXYZ019-_$ø"), min_size=1, max_size=5)
SUBJECTS = st.lists(TOKENS, min_size=1, max_size=5).map(".".join)

NOT_SUBJECTS = ["", " ", "a b", "a\tb", "a\nPUB b 0", "a\x00b", ".a", "a.", "a..b", "."]


@given(SUBJECTS)
def test_a_subject_is_accepted_matches_itself_and_everything(subject: str) -> None:
    assert require_subject(subject) == require_pattern(subject) == subject
    assert matches(subject, subject)
    assert matches(">", subject)


@given(SUBJECTS, st.integers(0, 4))
def test_a_star_stands_for_one_token(subject: str, place: int) -> None:
    tokens = subject.split(".")
    tokens[place % len(tokens)] = "*"
    pattern = ".".join(tokens)
    assert matches(pattern, subject)
    assert not matches(pattern, f"{subject}.more")
    assert not matches(f"{pattern}.more", subject)


@given(SUBJECTS, SUBJECTS)
def test_a_final_arrow_stands_for_one_token_or_more(head: str, tail: str) -> None:
    assert matches(f"{head}.>", f"{head}.{tail}")
    assert not matches(f"{head}.>", head)


@pytest.mark.parametrize(
    ("pattern", "subject", "expected"),
    [
        ("a.*", "a.b", True),
        ("a.*", "a.b.c", False),
        ("*.b", "a.b", True),
        ("*.c", "a.b", False),
        ("a.*.>", "a.b.c.d", True),
        ("a.*.>", "a.b", False),
        ("a.b*", "a.bc", False),
        ("A", "a", False),
    ],
)
def test_matching(pattern: str, subject: str, *, expected: bool) -> None:
    assert matches(pattern, subject) is expected


@pytest.mark.parametrize("subject", NOT_SUBJECTS)
def test_what_the_server_refuses_is_refused_here(subject: str) -> None:
    for require in (require_subject, require_pattern):
        with pytest.raises(InputError) as raised:
            require(subject)
        assert raised.value.code == "subject-invalid"
        assert repr(subject) in raised.value.message


@pytest.mark.parametrize("pattern", ["*", ">", "a.*", "a.*.b", "a.>"])
def test_a_wildcard_is_for_subscribing_only(pattern: str) -> None:
    assert require_pattern(pattern) == pattern
    with pytest.raises(InputError) as raised:
        require_subject(pattern)
    assert raised.value.code == "subject-wildcard"
    assert pattern in raised.value.message


def test_the_hint_about_a_wildcard_is_a_subject() -> None:
    with pytest.raises(InputError) as raised:
        require_subject("orders.*")
    assert raised.value.hints == ("name the whole subject, for example orders.example",)


def test_an_arrow_stands_at_the_end_only() -> None:
    with pytest.raises(InputError, match="last token"):
        require_pattern("a.>.b")


def test_a_star_within_a_token_is_an_ordinary_letter() -> None:
    assert require_subject("a.b*c") == "a.b*c"


def test_a_subject_fits_into_a_control_line() -> None:
    assert require_subject("a" * MAX_SUBJECT_BYTES)
    with pytest.raises(InputError) as raised:
        require_subject("ø" * MAX_SUBJECT_BYTES)
    assert len(raised.value.message) < 150


@pytest.mark.parametrize("name", ["workers", "a.b", "blå", "*"])
def test_a_queue_group_is_any_word(name: str) -> None:
    assert require_queue_group(name) == name


@pytest.mark.parametrize("name", ["", "a b", "a\n", "\x07"])
def test_a_queue_group_with_a_blank_is_refused(name: str) -> None:
    with pytest.raises(InputError) as raised:
        require_queue_group(name)
    assert raised.value.code == "queue-group-invalid"
    assert repr(name) in raised.value.message


SMALL = st.sampled_from(["a", "b"])
PATTERNS = st.tuples(st.lists(SMALL | st.just("*"), max_size=3), st.sampled_from([[], [">"]])).map(
    lambda parts: ".".join(parts[0] + parts[1]) or ">"
)


@given(PATTERNS, PATTERNS)
def test_patterns_overlap_when_a_subject_is_matched_by_both(one: str, other: str) -> None:
    subjects = (
        ".".join(tokens) for length in range(1, 6) for tokens in product("ab", repeat=length)
    )
    common = any(matches(one, subject) and matches(other, subject) for subject in subjects)
    assert overlaps(one, other) == overlaps(other, one) == common
