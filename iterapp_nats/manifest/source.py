"""What goes into a check: one file with its neighbours, and what the user asked for"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iterapp_nats.manifest.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iterapp_nats.manifest.code import CodeUse


@dataclass(frozen=True, slots=True)
class ManifestSource:
    """One iterapp.toml as it was read

    path: as it is shown, with slashes, relative to the folder of the command
    content: the bytes of the file
    applings: content of `<folder>/iterapp.toml` for each folder beside this file that is listed or
        has such a file, None where the file is missing. None as a whole when the folders were not
        looked at, as for standard input: then nothing is said about them.
    root: content of the root's iterapp.toml when this file is an appling's
    code: NATS use that the dependency files beside this file show
    """

    path: str
    content: bytes = field(repr=False)
    applings: Mapping[str, bytes | None] | None = field(default=None, repr=False)
    root: bytes | None = field(default=None, repr=False)
    code: tuple[CodeUse, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What the user asked for; rule names are checked by `check.require_known_rules`

    select: only these rules, all when empty
    ignore: not these
    strict: an appling needs the flag in its own file, and warnings fail
    require_nats: a file that does not enable NATS is an error
    fail_on: the mildest severity that makes the check fail; by default error, strict: warning
    """

    select: frozenset[str] = field(default_factory=frozenset)
    ignore: frozenset[str] = field(default_factory=frozenset)
    strict: bool = False
    require_nats: bool = False
    fail_on: Severity | None = None

    @property
    def threshold(self) -> Severity:
        """The mildest severity that makes the check fail"""
        if self.fail_on:
            return self.fail_on
        return Severity.WARNING if self.strict else Severity.ERROR
