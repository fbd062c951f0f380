"""Where the result of a probe goes: the terminal or JSON, and a page if one is wanted"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iterapp_nats import files
from iterapp_nats.errors import ExitCode, InputError
from iterapp_nats.output import Format

if TYPE_CHECKING:
    from collections.abc import Callable

    from iterapp_nats.cli.context import Context


@dataclass(frozen=True, slots=True)
class Showing:
    """What a user wants of a result"""

    report: str | None
    output_format: Format

    def show(
        self,
        context: Context,
        result: object,
        *,
        is_broken: bool,
        as_text: Callable[[], None],
        as_page: Callable[[], str],
    ) -> ExitCode:
        """Write the page, print the result, and return the exit code; raises as `save_report`"""
        code = ExitCode.FINDINGS if is_broken else ExitCode.OK
        if self.report:
            save_report(context, self.report, as_page())
        if self.output_format is Format.JSON:
            context.output.result(result, exit_code=code)
        else:
            as_text()
        return code


def save_report(context: Context, name: str, page: str) -> None:
    """Write a report where the user wants it

    Raises:
        InputError: `report-unwritable`

    """
    path = context.path(name)
    try:
        files.write_atomic(path, page.encode(), mode=files.PUBLIC_FILE)
    except OSError as error:
        raise InputError(
            "report-unwritable",
            f"cannot write {path} (--report): {(error.strerror or str(error)).lower()}",
            context={"path": str(path)},
        ) from error
    context.output.say(f"report: {path}")
