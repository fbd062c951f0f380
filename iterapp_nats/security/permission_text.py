"""Permissions in words, and what to say about a subject that they do not cover"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from iterapp_nats.subject import matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from iterapp_nats.security.claims import Permissions, SubjectPermission

_MAX_SHOWN: Final = 8
_MIN_LIKENESS: Final = 0.5
_OWN: Final = ("_INBOX.", "$SYS.", "$JS.")


def describe_permissions(permissions: Permissions) -> Iterator[str]:
    """Yield a line for each direction"""
    yield f"may publish to {describe_subjects(permissions.publish)}"
    yield f"may subscribe to {describe_subjects(permissions.subscribe)}"
    if permissions.response:
        yield "may answer requests on their reply subjects"


def describe_subjects(permission: SubjectPermission) -> str:
    """Return the subjects of one direction as a list"""
    allowed = _listed(permission.allow) or "everything"
    return f"{allowed}, but not to {_listed(permission.deny)}" if permission.deny else allowed


def explain_denial(subject: str, permission: SubjectPermission) -> tuple[str, ...]:
    """Return hints on a subject that was denied: what is allowed, and which of it comes nearest"""
    denied = next((each for each in permission.deny if matches(each, subject)), None)
    if denied:
        return (f"the permissions deny {denied}",)
    hints = [f"allowed: {_listed(permission.allow)}"] if permission.allow else []
    nearest = nearest_subject(subject, permission.allow)
    if nearest:
        hints.append(f"the nearest allowed subject is {nearest}")
    return tuple(hints)


def nearest_subject(subject: str, allowed: Sequence[str]) -> str | None:
    """Return the allowed subject that is spelled most alike, wildcards filled from `subject`"""
    wanted = subject.split(".")
    candidates = [_filled(pattern, wanted) for pattern in allowed if not pattern.startswith(_OWN)]
    rated = [(_likeness(subject, candidate), candidate) for candidate in candidates]
    best = max(rated, default=(0.0, ""), key=lambda pair: pair[0])
    return best[1] if best[0] >= _MIN_LIKENESS else None


def _filled(pattern: str, wanted: list[str]) -> str:
    parts: list[str] = []
    for position, part in enumerate(pattern.split(".")):
        if part == ">":
            parts += wanted[position:] or ["example"]
        elif part == "*":
            parts += wanted[position : position + 1] or ["example"]
        else:
            parts.append(part)
    return ".".join(parts)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower(), autojunk=False).ratio()


def _listed(subjects: Sequence[str]) -> str:
    shown = ", ".join(subjects[:_MAX_SHOWN])
    left = len(subjects) - _MAX_SHOWN
    return f"{shown} and {left} more" if left > 0 else shown
