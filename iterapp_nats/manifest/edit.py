"""enable, disable and fix: new bytes for a file, and the proof that nothing else has changed

Each edit is parsed again and compared with what it meant to do. tomlkit and its like all change
some other byte of real files, so the bytes are cut and joined here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from iterapp_nats.errors import InputError
from iterapp_nats.manifest.check import DEFAULT_OPTIONS, check_manifest
from iterapp_nats.manifest.diagnosis import diagnose
from iterapp_nats.manifest.document import (
    FLAG,
    FlagForm,
    Verdict,
    describe_type,
    parse_manifest,
)
from iterapp_nats.manifest.findings import render_key
from iterapp_nats.manifest.proof import apply_fix, encode, is_document, read_exactly
from iterapp_nats.manifest.rewrite import remove_flag, suffix_for
from iterapp_nats.manifest.rules.flag import find_commented_flags

if TYPE_CHECKING:
    from iterapp_nats.manifest.document import Manifest, TomlTable
    from iterapp_nats.manifest.findings import Finding, KeyPath, Span
    from iterapp_nats.manifest.source import CheckOptions, ManifestSource


@dataclass(frozen=True, slots=True)
class EditResult:
    """Content before and after; `done` says what was changed, `notes` what was not and why"""

    old: bytes = field(repr=False)
    new: bytes = field(repr=False)
    done: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def has_changed(self) -> bool:
        """Tell whether there is anything to write"""
        return self.old != self.new


def enable_nats(content: bytes, *, path: str = "iterapp.toml") -> EditResult:
    """Append `[nats]`, unless the file enables NATS already in whatever form

    The old bytes are the beginning of the new ones. Raises InputError `manifest-invalid`,
    `nats-wrong-type` or `edit-unsafe` and what `parse_manifest` raises.
    """
    manifest = _require_valid(content, path)
    if manifest.is_enabled:
        form = manifest.form.value if manifest.form else ""
        note = f"NATS is enabled already, by {form} in line {manifest.flag_line}"
        return EditResult(content, content, notes=(note,))
    _refuse_wrong_type(manifest, path)
    new = content + suffix_for(manifest.text, f"[{FLAG}]").encode()
    expected = {**read_exactly(manifest.text), FLAG: {}}
    _require_document(new, expected, path)
    return EditResult(content, new, (f"[{FLAG}] added",), _commented_notes(manifest))


def disable_nats(content: bytes, *, path: str = "iterapp.toml") -> EditResult:
    """Delete an empty `[nats]` with its line, and one blank line beside it

    Undoes `enable_nats` to the byte. Raises InputError `manifest-invalid`, `nats-wrong-type`,
    `nats-has-keys`, `nats-not-a-header` or `edit-unsafe` and what `parse_manifest` raises.
    """
    manifest = _require_valid(content, path)
    _refuse_wrong_type(manifest, path)
    if not manifest.is_enabled:
        return EditResult(content, content, notes=("NATS is not enabled",))
    _refuse_keys(manifest, path)
    _refuse_inline(manifest, path)
    new = encode(remove_flag(manifest.layout), manifest)
    expected = read_exactly(manifest.text)
    del expected[FLAG]
    _require_document(new, expected, path)
    return EditResult(content, new, (f"[{FLAG}] removed from line {manifest.flag_line}",))


def fix_manifest(source: ManifestSource, options: CheckOptions = DEFAULT_OPTIONS) -> EditResult:
    """Make all safe fixes that the check offers, one after the other, each checked by itself

    A fix that would change more than it means to is left out and named in `notes`.
    """
    content = source.content
    done: list[str] = []
    notes: list[str] = []
    refused: set[tuple[str, KeyPath]] = set()
    while True:
        report = check_manifest(replace(source, content=content), options)
        finding = _next_fixable(report.findings, refused)
        if report.manifest is None or finding is None or finding.fix is None:
            return EditResult(source.content, content, tuple(done), tuple(notes))
        fixed = apply_fix(report.manifest, finding.fix)
        line = finding.span.start.line
        if fixed is None:
            refused.add((finding.rule, finding.key))
            notes.append(f"{finding.rule} in line {line} cannot be fixed without other changes")
        else:
            content = fixed
            done.append(f"{finding.rule} in line {line}: {finding.fix.title}")


def _next_fixable(
    findings: tuple[Finding, ...], refused: set[tuple[str, KeyPath]]
) -> Finding | None:
    return next((f for f in findings if f.fix and (f.rule, f.key) not in refused), None)


def _require_valid(content: bytes, path: str) -> Manifest:
    manifest = parse_manifest(content, path=path)
    if manifest.failure is None:
        return manifest
    diagnosis = diagnose(manifest, manifest.failure)
    raise _refusal("manifest-invalid", path, diagnosis.span, diagnosis.message, diagnosis.hint)


def _refuse_wrong_type(manifest: Manifest, path: str) -> None:
    if manifest.verdict is Verdict.WRONG_TYPE:
        raise _refusal(
            "nats-wrong-type",
            path,
            manifest.layout.key_span((FLAG,)),
            f"{FLAG} is {describe_type(manifest.data[FLAG])}, not a table",
            f"delete it by hand; to enable NATS write [{FLAG}] as the last line",
        )


def _refuse_keys(manifest: Manifest, path: str) -> None:
    table = manifest.data[FLAG]
    if isinstance(table, dict) and table:
        names = ", ".join(render_key((FLAG, name)) for name in table)
        raise _refusal(
            "nats-has-keys",
            path,
            manifest.layout.key_span((FLAG,)),
            f"[{FLAG}] is not empty: {names}",
            "delete the section by hand if nothing in it is needed",
        )


def _refuse_inline(manifest: Manifest, path: str) -> None:
    if manifest.form not in {FlagForm.HEADER, FlagForm.QUOTED_HEADER}:
        raise _refusal(
            "nats-not-a-header",
            path,
            manifest.layout.key_span((FLAG,)),
            f"NATS is enabled by {FlagForm.INLINE.value}, not by a header",
            "run iterapp-nats check --fix first, or delete the line by hand",
        )


def _refusal(code: str, path: str, span: Span, message: str, hint: str) -> InputError:
    start = span.start
    return InputError(
        code,
        f"{path}:{start.line}:{start.column}: {message}",
        hints=(hint,) if hint else (),
        context={"path": path, "line": str(start.line), "column": str(start.column)},
    )


def _commented_notes(manifest: Manifest) -> tuple[str, ...]:
    lines = [span.start.line for span in find_commented_flags(manifest)]
    return tuple(f"the commented [{FLAG}] in line {line} was left as it is" for line in lines)


def _require_document(content: bytes, expected: TomlTable, path: str) -> None:
    if not is_document(content, expected):
        raise InputError(
            "edit-unsafe",
            f"{path} cannot be changed without changing more than [{FLAG}]",
            hints=("change the file by hand",),
            context={"path": path},
        )
