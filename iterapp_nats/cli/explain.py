"""`explain`: the page of a rule of the check or of connect audit, or of an error code"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from iterapp_nats.cli.options import FormatOption
from iterapp_nats.errors import ExitCode, InputError
from iterapp_nats.output import Format

if TYPE_CHECKING:
    from iterapp_nats.audit.findings import Rule as AuditRule
    from iterapp_nats.cli.context import Context
    from iterapp_nats.error_pages import ErrorPage
    from iterapp_nats.manifest.rules.frame import Rule

    _Explained = Rule | AuditRule | ErrorPage

NameArgument = Annotated[
    str | None,
    typer.Argument(metavar="RULE-OR-CODE", help="Name, as a finding or an error shows it"),
]
ListOption = Annotated[bool, typer.Option("--list", help="List all names")]

_FAMILIES: Final = {
    ExitCode.INPUT: "usage or input; trying again changes nothing",
    ExitCode.INTERNAL: "a bug",
    ExitCode.UNREACHABLE: "the server cannot be reached; another try may help",
    ExitCode.REFUSED: "refused by the server; trying again changes nothing",
    ExitCode.NO_ANSWER: "no answer; another try may help",
    ExitCode.LOCAL_SERVER: "the local server could not be started or stopped",
}
_TITLES: Final = {
    "rules": "Rules of iterapp-nats check",
    "audit_rules": "\nRules of iterapp-nats connect audit",
    "errors": "\nError codes",
}


def explain(
    ctx: typer.Context,
    name: NameArgument = None,
    list_names: ListOption = False,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Explain a rule of check or connect audit, or an error code"""
    context: Context = ctx.obj
    if list_names == (name is not None):
        raise InputError("usage", "give a rule, an error code or --list, exactly one of them")
    if name is None:
        return _list_names(context, as_json=output_format is Format.JSON)
    found = _find(name)
    page = "\n\n".join(map(_page, found))
    if output_format is Format.JSON:
        entry = {key: value for each in reversed(found) for key, value in _entry(each).items()}
        context.output.result({**entry, "page": page})
        return ExitCode.OK
    context.output.line(page)
    return ExitCode.OK


def _find(name: str) -> list[_Explained]:
    """Find what has this name: a rule of connect audit may share it with an error code"""
    from iterapp_nats.audit.rules import RULES as AUDIT_RULES
    from iterapp_nats.audit.rules import find_rule as find_audit_rule
    from iterapp_nats.error_pages import error_pages, find_error_page
    from iterapp_nats.manifest.rules import RULES, find_rule
    from iterapp_nats.manifest.spelling import suggest

    named = (find_rule(name), find_error_page(name), find_audit_rule(name))
    found = [each for each in named if each]
    if found:
        return found
    rules = {rule.id for rule in RULES} | {rule.id for rule in AUDIT_RULES}
    meant = suggest(name, frozenset(rules | {page.code for page in error_pages()}))
    raise InputError(
        "page-unknown",
        f"there is no rule or error code {name}",
        hints=(f"did you mean {meant}?" if meant else "see iterapp-nats explain --list",),
        context={"name": name},
    )


def _page(found: _Explained) -> str:
    from iterapp_nats.audit.findings import Rule as AuditRule
    from iterapp_nats.error_pages import ErrorPage

    if isinstance(found, ErrorPage):
        code = int(found.exit_code)
        end = f"Exit code {code}: {_FAMILIES[found.exit_code]}"
        return f"{found.code} (exit code {code})\n\n{found.text}\n\n{end}"
    if isinstance(found, AuditRule):
        return found.page
    return f"{found.id} ({found.severity.value})\n\n{found.explanation}"


def _entry(found: _Explained) -> dict[str, object]:
    from iterapp_nats.audit.findings import Rule as AuditRule
    from iterapp_nats.error_pages import ErrorPage

    if isinstance(found, ErrorPage):
        return {"code": found.code, "exit_code": found.exit_code, "summary": found.summary}
    summary = found.message if isinstance(found, AuditRule) else found.summary
    return {"rule": found.id, "severity": found.severity, "summary": summary}


def _list_names(context: Context, *, as_json: bool) -> int:
    from iterapp_nats.audit.rules import RULES as AUDIT_RULES
    from iterapp_nats.error_pages import error_pages
    from iterapp_nats.manifest.rules import RULES

    lists: dict[str, tuple[_Explained, ...]] = {
        "rules": RULES,
        "audit_rules": AUDIT_RULES,
        "errors": tuple(error_pages()),
    }
    entries = {name: [_entry(each) for each in listed] for name, listed in lists.items()}
    if as_json:
        context.output.result(entries)
        return ExitCode.OK
    for name, title in _TITLES.items():
        context.output.line(title)
        for entry in entries[name]:
            context.output.line(f"  {entry.get('rule') or entry['code']:26}{entry['summary']}")
    return ExitCode.OK
