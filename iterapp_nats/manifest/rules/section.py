"""Rules about what stands inside `[nats]` and its likes"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.manifest.document import FLAG, FlagForm, TomlValue
from iterapp_nats.manifest.findings import Fix, FixIntent, Related
from iterapp_nats.manifest.known import ENVIRONMENTS, ROOT_VALUES, SECTIONS
from iterapp_nats.manifest.rules.frame import Problem, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

_SWITCHES_ON = frozenset({"active", "enable", "enabled", "on"})
_SWITCHES_OFF = frozenset({"disable", "disabled", "off"})
_FALSE_WORDS = frozenset({"", "0", "false", "no", "off"})


def nats_swallow(subject: Subject) -> Iterator[Problem]:
    """A key of the app stands below a section header and so belongs to that section

    Every key after a header is part of its table, up to the next header:

        [nats]
        port = 80

    is nats.port, and the app has no port. Put such a section at the end of the file, or run
    `check --fix`, which moves the header there.
    """
    for section in SECTIONS:
        table = subject.manifest.data.get(section)
        if isinstance(table, dict) and (swallowed := [key for key in table if key in ROOT_VALUES]):
            yield _swallowed(subject, section, swallowed)


def _swallowed(subject: Subject, section: str, keys: list[str]) -> Problem:
    belongs = "belongs" if len(keys) == 1 else "belong"
    return Problem(
        f"{', '.join(keys)} {belongs} to [{section}] here, not to the app",
        subject.key_span(section, keys[0]),
        hint=f"move the section [{section}] to the end of the file",
        key=(section, keys[0]),
        fix=_move_fix(subject, section, keys),
        related=Related(subject.key_span(section), f"[{section}] begins here"),
    )


def _move_fix(subject: Subject, section: str, keys: list[str]) -> Fix | None:
    data = subject.manifest.data
    table = data[section]
    if not isinstance(table, dict) or len(keys) < len(table) or data.keys() & set(keys):
        return None
    from iterapp_nats.manifest.rewrite import move_header_to_end

    edits = move_header_to_end(subject.manifest.layout, section)
    if not edits:
        return None
    return Fix(f"move [{section}] to the end", FixIntent.MOVE_TO_ROOT, (section,), edits)


def nats_disabled_key(subject: Subject) -> Iterator[Problem]:
    """A key inside [nats] says off, but NATS is enabled all the same

    The presence of the table is the flag, whatever is in it: `enabled = false` changes nothing. To
    disable NATS delete the section, or run `iterapp-nats disable`.
    """
    for name, value in subject.flag_table.items():
        if _says_off(name, value):
            yield Problem(
                f"nats.{name} does not disable NATS: the presence of [nats] enables it",
                subject.key_span(FLAG, name),
                hint="to disable NATS delete the section",
                key=(FLAG, name),
            )


def _says_off(name: str, value: TomlValue) -> bool:
    plain = name.casefold()
    is_false = str(value).casefold() in _FALSE_WORDS
    return (plain in _SWITCHES_ON and is_false) or (plain in _SWITCHES_OFF and not is_false)


def nats_unknown_key(subject: Subject) -> Iterator[Problem]:
    """A key inside [nats] is not documented

    The section is documented as empty. What the platform makes of a key in it is unknown, and an
    environment cannot be chosen: `[nats.prod]` enables NATS in every environment.
    """
    for name, value in subject.flag_table.items():
        if name in ROOT_VALUES or _says_off(name, value):
            continue
        yield Problem(
            _unknown_message(name, value, subject.manifest.form),
            subject.key_span(FLAG, name),
            hint="delete it: [nats] is documented as an empty section",
            key=(FLAG, name),
        )


def _unknown_message(name: str, value: TomlValue, form: FlagForm | None) -> str:
    if isinstance(value, dict) and name in ENVIRONMENTS:
        return f"nats.{name} does not choose an environment: NATS is enabled in all of them"
    if form is FlagForm.IMPLICIT:
        return f"nats.{name} is not documented, and enables NATS by implying [nats]"
    return f"nats.{name} is not documented"
