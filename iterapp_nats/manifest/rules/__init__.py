"""The rules, in the order of their pages; `RULES` is the one list of them"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import InputError
from iterapp_nats.manifest.document import Verdict
from iterapp_nats.manifest.rules import (
    applings,
    dependencies,
    environment,
    flag,
    keys,
    near,
    section,
)
from iterapp_nats.manifest.rules.frame import ANY, ENABLED, NOT_ENABLED, Problem, Rule, Subject
from iterapp_nats.manifest.rules.syntax import syntax
from iterapp_nats.manifest.severity import Severity
from iterapp_nats.manifest.spelling import suggest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.manifest.source import CheckOptions


def _input(_: Subject) -> Iterator[Problem]:
    """The file cannot be read, or is not UTF-8 text

    There is no verdict on such a file, so the exit code is 2 and not 1. This rule cannot be
    ignored.
    """
    return iter(())


def _unused_ignore(_: Subject) -> Iterator[Problem]:
    """A comment ignores a rule that has nothing to say there

    `# iterapp-nats: ignore[rule]` at the end of a line or on the line above it silences that rule
    for that line; several rules are parted by commas. Delete a comment that is no longer needed,
    lest it hides the next mistake.
    """
    return iter(())


_NEVER: Final[frozenset[Verdict]] = frozenset()
INPUT: Final = Rule("input", Severity.ERROR, _input, _NEVER)
UNUSED_IGNORE: Final = Rule("unused-ignore", Severity.WARNING, _unused_ignore, _NEVER)

RULES: Final = (
    INPUT,
    Rule("syntax", Severity.ERROR, syntax, frozenset({Verdict.INVALID})),
    Rule("bom", Severity.WARNING, flag.bom, ANY),
    Rule("nats-missing", Severity.ERROR, flag.nats_missing, NOT_ENABLED),
    Rule("nats-type", Severity.ERROR, flag.nats_type, frozenset({Verdict.WRONG_TYPE})),
    Rule("nats-typo", Severity.ERROR, near.nats_typo, NOT_ENABLED),
    Rule("nats-nested", Severity.ERROR, near.nats_nested, NOT_ENABLED),
    Rule("nats-swallow", Severity.ERROR, section.nats_swallow),
    Rule("nats-disabled-key", Severity.ERROR, section.nats_disabled_key, ENABLED),
    Rule("nats-unknown-key", Severity.WARNING, section.nats_unknown_key, ENABLED),
    Rule("nats-style", Severity.NOTE, flag.nats_style, ENABLED),
    Rule("nats-commented", Severity.NOTE, flag.nats_commented, NOT_ENABLED),
    Rule("env-not-string", Severity.ERROR, environment.env_not_string),
    Rule("env-value-shape", Severity.ERROR, environment.env_value_shape),
    Rule("env-reserved", Severity.WARNING, environment.env_reserved),
    Rule("appling-missing", Severity.ERROR, applings.appling_missing),
    Rule("appling-orphan", Severity.WARNING, applings.appling_orphan),
    Rule("appling-path", Severity.ERROR, applings.appling_path),
    Rule("appling-nats", Severity.WARNING, applings.appling_nats),
    Rule("unknown-key", Severity.NOTE, keys.unknown_key),
    Rule("code-without-nats", Severity.WARNING, dependencies.code_without_nats, NOT_ENABLED),
    Rule("code-jetstream", Severity.WARNING, dependencies.code_jetstream, ANY),
    UNUSED_IGNORE,
)
"""All rules; ids are stable"""

ALWAYS_ON: Final = frozenset({"input", "syntax"})
"""Without these a wrong file would look clean"""


def find_rule(rule_id: str) -> Rule | None:
    """Find a rule by its id"""
    return next((rule for rule in RULES if rule.id == rule_id), None)


@cache
def active_rules(options: CheckOptions) -> tuple[Rule, ...]:
    """Say which rules run; raises InputError `unknown-rule` for an id that does not exist"""
    require_known_rules(options.select | options.ignore)
    return tuple(rule for rule in RULES if rule.id in ALWAYS_ON or _is_wanted(rule.id, options))


@cache
def rules_for(options: CheckOptions, verdict: Verdict) -> tuple[Rule, ...]:
    """Say which of the active rules have something to look for in a file of this verdict"""
    return tuple(rule for rule in active_rules(options) if verdict in rule.when)


def _is_wanted(rule_id: str, options: CheckOptions) -> bool:
    return rule_id not in options.ignore and (not options.select or rule_id in options.select)


def require_known_rules(ids: frozenset[str]) -> None:
    """Raise InputError `unknown-rule` for the first id that does not exist"""
    known = frozenset(rule.id for rule in RULES)
    for rule_id in sorted(ids - known):
        meant = suggest(rule_id, known)
        raise InputError(
            "unknown-rule",
            f"there is no rule {rule_id}",
            hints=(f"did you mean {meant}?",) if meant else (f"rules: {', '.join(sorted(known))}",),
            context={"rule": rule_id},
        )
