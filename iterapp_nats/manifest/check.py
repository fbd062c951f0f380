"""The check: a file as it was read in, its report out"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import ExitCode, InputError
from iterapp_nats.manifest.document import FlagForm, Manifest, Verdict, parse_manifest
from iterapp_nats.manifest.findings import TOP, Finding, in_order
from iterapp_nats.manifest.rules import INPUT, UNUSED_IGNORE, active_rules, rules_for
from iterapp_nats.manifest.rules.frame import Problem, Subject
from iterapp_nats.manifest.severity import Severity
from iterapp_nats.manifest.source import CheckOptions, ManifestSource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iterapp_nats.manifest.applings import Appling

DEFAULT_OPTIONS: Final = CheckOptions()


@dataclass(frozen=True, slots=True)
class FileReport:
    """What the check says about one file

    `verdict` is None when the file could not be read: `findings` then holds the one reason, of the
    rule `input`. `flag_line` is 0 unless NATS is enabled. `manifest` is there for formats that show
    the text of a finding: a file without any does not keep it, and none keeps its layout.
    """

    path: str
    verdict: Verdict | None
    form: FlagForm | None
    applings: tuple[Appling, ...]
    findings: tuple[Finding, ...]
    flag_line: int = 0
    manifest: Manifest | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What the check says about all files; `threshold` is the mildest severity that fails"""

    files: tuple[FileReport, ...]
    threshold: Severity = Severity.ERROR

    @property
    def has_unreadable_files(self) -> bool:
        """Tell whether there is no verdict on some file"""
        return any(file.verdict is None for file in self.files)

    @property
    def has_errors(self) -> bool:
        """Tell whether any finding is bad enough to fail"""
        return any(self.fails(file) for file in self.files)

    @property
    def exit_code(self) -> ExitCode:
        """INPUT before FINDINGS before OK"""
        if self.has_unreadable_files:
            return ExitCode.INPUT
        return ExitCode.FINDINGS if self.has_errors else ExitCode.OK

    def fails(self, file: FileReport) -> bool:
        """Tell whether a finding of this file is bad enough to fail"""
        return any(finding.severity.reaches(self.threshold) for finding in file.findings)

    def count(self, severity: Severity) -> int:
        """Count the findings of one severity in all files"""
        return sum(finding.severity is severity for file in self.files for finding in file.findings)


def check_all(
    sources: Iterable[ManifestSource | FileReport], options: CheckOptions = DEFAULT_OPTIONS
) -> CheckReport:
    """Check files in their order; a report that stands among them already is passed on

    So the reader puts `unreadable_file(path, error)` in the place of a file that it cannot read.
    Raises InputError `unknown-rule`.
    """
    active_rules(options)
    files = tuple(
        source if isinstance(source, FileReport) else check_manifest(source, options)
        for source in sources
    )
    return CheckReport(files, options.threshold)


def check_manifest(source: ManifestSource, options: CheckOptions = DEFAULT_OPTIONS) -> FileReport:
    """Check one file; raises InputError `unknown-rule` for options that name no rule"""
    try:
        manifest = parse_manifest(source.content, path=source.path)
    except InputError as error:
        return unreadable_file(source.path, error)
    subject = Subject(manifest, source, options)
    verdict = manifest.verdict
    problems = [
        rule.finding(problem)
        for rule in rules_for(options, verdict)
        for problem in rule.check(subject)
    ]
    findings = in_order(_without_suppressed(manifest, options, problems))
    return FileReport(
        path=source.path,
        verdict=verdict,
        form=manifest.form,
        applings=subject.applings,
        findings=findings,
        flag_line=manifest.flag_line,
        manifest=replace(manifest) if findings else None,
    )


def unreadable_file(path: str, error: InputError) -> FileReport:
    """Report a file on which there is no verdict"""
    hint = error.hints[0] if error.hints else ""
    finding = Finding(INPUT.id, INPUT.severity, TOP, error.message, hint)
    return FileReport(path, None, None, (), (finding,))


def _without_suppressed(
    manifest: Manifest, options: CheckOptions, findings: list[Finding]
) -> list[Finding]:
    """Drop what a comment silences, and report comments that silence nothing"""
    if "iterapp-nats:" not in manifest.text or manifest.failure:
        return findings
    from iterapp_nats.manifest.suppression import apply_suppressions

    rules = active_rules(options)
    kept, unused = apply_suppressions(manifest, findings, frozenset(rule.id for rule in rules))
    if UNUSED_IGNORE not in rules:
        return kept
    return kept + [
        UNUSED_IGNORE.finding(Problem(message, span, hint="delete the comment"))
        for message, span in unused
    ]
