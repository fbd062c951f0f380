"""Comments that silence rules, as `check` reads them: on the line or above it, several by commas"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from iterapp_nats.audit.code import SourceFile

_COMMENT: Final = re.compile(r"iterapp-nats:\s*ignore\[([^\]]*)\]")


def silenced(file: SourceFile) -> frozenset[tuple[str, int]]:
    """Return which rule is silenced in which line

    A comment alone in its line silences the next line with code.
    """
    if not _COMMENT.search(file.text):
        return frozenset()
    code = file.code.split("\n")
    found = set()
    for number, line in enumerate(file.text.split("\n"), 1):
        rules = [rule.strip() for match in _COMMENT.findall(line) for rule in match.split(",")]
        if rules:
            with_code = (at for at in range(number, len(code) + 1) if code[at - 1].strip())
            target = next(with_code, number)
            found |= {(rule, target) for rule in rules}
    return frozenset(found)
