"""What a rule is: a function from a subject to problems, with an id and a level"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from textwrap import dedent
from typing import TYPE_CHECKING, Final

from iterapp_nats.manifest.applings import Appling, parse_applings, parse_tolerant, resolve_applings
from iterapp_nats.manifest.document import Verdict
from iterapp_nats.manifest.findings import (
    TOP,
    Finding,
    Fix,
    KeyPath,
    Related,
    Span,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from iterapp_nats.manifest.document import Manifest, TomlTable, TomlValue
    from iterapp_nats.manifest.severity import Severity
    from iterapp_nats.manifest.source import CheckOptions, ManifestSource


ANY: Final = frozenset(Verdict)
VALID: Final = ANY - {Verdict.INVALID}
ENABLED: Final = frozenset({Verdict.ENABLED})
NOT_ENABLED: Final = frozenset({Verdict.NOT_ENABLED})


@dataclass(frozen=True)
class Subject:
    """What the rules look at: one file, its neighbours and the options"""

    manifest: Manifest
    source: ManifestSource
    options: CheckOptions

    @cached_property
    def appling_files(self) -> dict[str, Manifest | None] | None:
        """The files of the applings by folder name, None when the folders were not looked at"""
        return parse_applings(self.source.applings)

    @cached_property
    def applings(self) -> tuple[Appling, ...]:
        """The listed applings, each with its state"""
        if not self.manifest.applings:
            return ()
        return resolve_applings(self.manifest, self.appling_files or {})

    @cached_property
    def variables(self) -> tuple[tuple[KeyPath, TomlValue], ...]:
        """Path and value of each variable in `[env.*]`"""
        return tuple(_variables(self.manifest.data))

    @cached_property
    def root(self) -> Manifest | None:
        """The root's file when this one is that of an appling which the root lists"""
        if self.source.root is None:
            return None
        root = parse_tolerant(self.source.root)
        folder = self.source.path.rpartition("/")[0].rpartition("/")[2]
        # From inside the appling's own folder its name is not to be seen in the path.
        is_unnamed = folder in {"", ".", ".."}
        return root if root and root.applings and (is_unnamed or folder in root.applings) else None

    @property
    def flag_table(self) -> TomlTable:
        """What stands under the flag, empty when it is no table"""
        table = self.manifest.data.get("nats")
        return table if isinstance(table, dict) else {}

    def key_span(self, *path: str | int) -> Span:
        """Place of the last name of a path"""
        return self.manifest.layout.key_span(path)

    def value_span(self, *path: str | int) -> Span:
        """Place of the value of a path"""
        return self.manifest.layout.value_span(path)


def _variables(data: TomlTable) -> Iterator[tuple[KeyPath, TomlValue]]:
    """Yield path and value of each variable in `[env.*]`"""
    environments = data.get("env")
    if not isinstance(environments, dict):
        return
    for environment, variables in environments.items():
        if isinstance(variables, dict):
            for name, value in variables.items():
                yield ("env", environment, name), value


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule saw: a finding that does not carry the rule's id yet

    `severity` is set where the problem is worse or milder than the rule's own level.
    """

    message: str
    span: Span = TOP
    hint: str = ""
    key: KeyPath = ()
    severity: Severity | None = None
    fix: Fix | None = None
    related: Related | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its stable id and level; its page is the docstring of the function

    It runs on files with one of the verdicts in `when`.
    """

    id: str
    severity: Severity
    check: Callable[[Subject], Iterable[Problem]]
    when: frozenset[Verdict] = VALID

    @property
    def summary(self) -> str:
        """One line: what is wrong"""
        return (self.check.__doc__ or self.id).partition("\n")[0].strip()

    @property
    def explanation(self) -> str:
        """The page: why it matters, how it looks, what to do"""
        first, _, rest = (self.check.__doc__ or self.id).partition("\n")
        return f"{first.strip()}\n{dedent(rest).rstrip()}".rstrip()

    def finding(self, problem: Problem) -> Finding:
        """Make a problem of this rule a finding"""
        return Finding(
            rule=self.id,
            severity=problem.severity or self.severity,
            span=problem.span,
            message=problem.message,
            hint=problem.hint,
            key=problem.key,
            fix=problem.fix,
            related=problem.related,
        )
