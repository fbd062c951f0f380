"""`explain`: the page of a rule of the check, or of an error code"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from iterapp_nats.cli.options import FormatOption
from iterapp_nats.errors import ExitCode, InputError
from iterapp_nats.output import Format

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context
    from iterapp_nats.error_pages import ErrorPage
    from iterapp_nats.manifest.rules.frame import Rule

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


def explain(
    ctx: typer.Context,
    name: NameArgument = None,
    list_names: ListOption = False,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Explain a rule of the check or an error code"""
    context: Context = ctx.obj
    if list_names == (name is not None):
        raise InputError("usage", "give a rule, an error code or --list, exactly one of them")
    if name is None:
        return _list_names(context, as_json=output_format is Format.JSON)
    found = _find(name)
    if output_format is Format.JSON:
        context.output.result({**_entry(found), "page": _page(found)})
        return ExitCode.OK
    context.output.line(_page(found))
    return ExitCode.OK


def _find(name: str) -> Rule | ErrorPage:
    from iterapp_nats.error_pages import error_pages, find_error_page
    from iterapp_nats.manifest.rules import RULES, find_rule
    from iterapp_nats.manifest.spelling import suggest

    found = find_rule(name) or find_error_page(name)
    if found:
        return found
    known = {rule.id for rule in RULES} | {page.code for page in error_pages()}
    meant = suggest(name, frozenset(known))
    raise InputError(
        "page-unknown",
        f"there is no rule or error code {name}",
        hints=(f"did you mean {meant}?" if meant else "see iterapp-nats explain --list",),
        context={"name": name},
    )


def _page(found: Rule | ErrorPage) -> str:
    from iterapp_nats.error_pages import ErrorPage

    if isinstance(found, ErrorPage):
        code = int(found.exit_code)
        end = f"Exit code {code}: {_FAMILIES[found.exit_code]}"
        return f"{found.code} (exit code {code})\n\n{found.text}\n\n{end}"
    return f"{found.id} ({found.severity.value})\n\n{found.explanation}"


def _entry(found: Rule | ErrorPage) -> dict[str, object]:
    from iterapp_nats.error_pages import ErrorPage

    if isinstance(found, ErrorPage):
        return {"code": found.code, "exit_code": found.exit_code, "summary": found.summary}
    return {"rule": found.id, "severity": found.severity, "summary": found.summary}


def _list_names(context: Context, *, as_json: bool) -> int:
    from iterapp_nats.error_pages import error_pages
    from iterapp_nats.manifest.rules import RULES

    pages = tuple(error_pages())
    if as_json:
        lists = {"rules": map(_entry, RULES), "errors": map(_entry, pages)}
        context.output.result({name: list(entries) for name, entries in lists.items()})
        return ExitCode.OK
    context.output.line("Rules of iterapp-nats check")
    for rule in RULES:
        context.output.line(f"  {rule.id:24}{rule.summary}")
    context.output.line("\nError codes")
    for page in pages:
        context.output.line(f"  {page.code:24}{page.summary}")
    return ExitCode.OK
