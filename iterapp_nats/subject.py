"""Subjects: which texts the server takes, and which subject a pattern matches

The rules are those of the NATS protocol: tokens separated by dots, no blanks or control characters,
`*` for one whole token, `>` for one or more at the end.
"""

from __future__ import annotations

from typing import Final

from iterapp_nats.errors import InputError

MAX_SUBJECT_BYTES: Final = 4096 - 64
"""The server's control line holds 4096 bytes; verb, inbox and two numbers stand beside it"""


def require_subject(text: str) -> str:
    """Return a subject that can be published to, or raise `subject-invalid`"""
    _require_tokens(text)
    if any(token in ("*", ">") for token in text.split(".")):
        raise InputError(
            "subject-wildcard",
            f"cannot publish to {text}: a wildcard is for subscribing only",
            hints=("name the whole subject, for example " + _without_wildcards(text),),
            context={"subject": text},
        )
    return text


def require_pattern(text: str) -> str:
    """Return a subject that can be subscribed to, wildcards included, or raise `subject-invalid`"""
    tokens = _require_tokens(text)
    if ">" in tokens[:-1]:
        raise _invalid(text, "> is allowed as the last token only")
    return text


def require_queue_group(text: str) -> str:
    """Return a queue group name, or raise `queue-group-invalid`"""
    if not text or any(_is_forbidden(letter) for letter in text):
        raise InputError(
            "queue-group-invalid",
            f"invalid queue group {text!r}: it needs at least one character and no blanks",
            context={"queue_group": text},
        )
    return text


def matches(pattern: str, subject: str) -> bool:
    """Tell whether a subscription to `pattern` receives messages on `subject`"""
    wanted, given = pattern.split("."), subject.split(".")
    if wanted[-1] == ">":
        return len(given) >= len(wanted) and _tokens_match(wanted[:-1], given)
    return len(given) == len(wanted) and _tokens_match(wanted, given)


def overlaps(one: str, other: str) -> bool:
    """Tell whether any subject is matched by both patterns"""
    first, second = one.split("."), other.split(".")
    for left, right in zip(first, second, strict=False):
        if ">" in (left, right):
            return True
        if left != right and "*" not in (left, right):
            return False
    return len(first) == len(second)


def _tokens_match(wanted: list[str], given: list[str]) -> bool:
    return all(want in ("*", have) for want, have in zip(wanted, given, strict=False))


def _require_tokens(text: str) -> list[str]:
    if not text:
        raise _invalid(text, "it is empty")
    if any(_is_forbidden(letter) for letter in text):
        raise _invalid(text, "blanks and control characters are not allowed")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_SUBJECT_BYTES:
        raise _invalid(f"{text[:40]}…", f"it is longer than {MAX_SUBJECT_BYTES} bytes")
    tokens = text.split(".")
    if "" in tokens:
        raise _invalid(text, "a token between two dots is empty")
    return tokens


def _is_forbidden(letter: str) -> bool:
    return letter.isspace() or not letter.isprintable()


def _invalid(text: str, reason: str) -> InputError:
    return InputError(
        "subject-invalid", f"invalid subject {text!r}: {reason}", context={"subject": text}
    )


def _without_wildcards(text: str) -> str:
    return ".".join("example" if token in ("*", ">") else token for token in text.split("."))
