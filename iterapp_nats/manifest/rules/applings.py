"""Rules about applings: the list in the root file against the folders beside it"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.manifest.applings import ApplingState, is_plain_folder
from iterapp_nats.manifest.document import FLAG, TomlValue
from iterapp_nats.manifest.findings import TOP, render_key
from iterapp_nats.manifest.rules.frame import Problem, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY = "applings"


def appling_path(subject: Subject) -> Iterator[Problem]:
    """An entry of applings is not the name of a folder beside the file

    `applings = ["api", "worker"]` lists folders next to the root iterapp.toml, each once: no
    absolute path, no `..`, no folder in a folder.
    """
    listed = subject.manifest.data.get(_KEY)
    if listed is None:
        return
    if not isinstance(listed, list):
        yield Problem("applings is not an array", subject.key_span(_KEY), key=(_KEY,))
        return
    for index, name in enumerate(listed):
        if wrong := _wrong_name(name, listed[:index]):
            yield Problem(
                wrong,
                subject.value_span(_KEY, index),
                hint='list folder names, each once: applings = ["api", "worker"]',
                key=(_KEY, index),
            )


def _wrong_name(name: TomlValue, before: list[TomlValue]) -> str:
    if not isinstance(name, str):
        return "an entry of applings is not a string"
    if not is_plain_folder(name):
        return f"appling {render_key((name,))} is not the name of a folder beside this file"
    return f"appling {render_key((name,))} is listed twice" if name in before else ""


def appling_missing(subject: Subject) -> Iterator[Problem]:
    """An appling is listed, but its folder has no iterapp.toml

    Each appling is a folder with an iterapp.toml of its own. List it only when that file exists.
    """
    listed = subject.manifest.data.get(_KEY)
    files = subject.appling_files if isinstance(listed, list) else None
    if files is None or not isinstance(listed, list):
        return
    for name in dict.fromkeys(subject.manifest.applings):
        if is_plain_folder(name) and files.get(name) is None:
            yield Problem(
                f"appling {render_key((name,))} is listed, but its folder has no iterapp.toml",
                subject.value_span(_KEY, listed.index(name)),
                hint="create the file, or take the name out of the list",
                key=(_KEY, name),
            )


def appling_orphan(subject: Subject) -> Iterator[Problem]:
    """A folder has an iterapp.toml, but is not listed under applings

    An appling that the root file does not list is not deployed.
    """
    if _KEY not in subject.manifest.data:
        return
    for name, manifest in (subject.appling_files or {}).items():
        if manifest is not None and name not in subject.manifest.applings:
            yield Problem(
                f"{render_key((name,))} has an iterapp.toml, but applings does not list it",
                subject.key_span(_KEY),
                hint="add its name to applings, or delete the file",
                key=(_KEY, name),
            )


def appling_nats(subject: Subject) -> Iterator[Problem]:
    """Some applings have [nats] of their own and some do not

    Whether `[nats]` in the root file reaches the applings is not documented. Both ways are in use
    for `[postgres]`. To be sure, put the section into each appling that uses NATS, with
    `iterapp-nats enable --appling NAME`.
    """
    if subject.root is not None and subject.root.is_enabled and not subject.manifest.is_enabled:
        yield Problem(
            "NATS is enabled in the root file only: not documented to reach this appling",
            TOP,
            hint="add [nats] here too, or run iterapp-nats enable --appling",
        )
    if not subject.applings:
        return
    states = {appling.name: appling.state for appling in subject.applings}
    yield from _inherited(subject, [n for n, s in states.items() if s is ApplingState.INHERITED])
    yield from _partial(subject, states)


def _inherited(subject: Subject, names: list[str]) -> Iterator[Problem]:
    if names:
        yield Problem(
            f"whether [nats] here reaches {_join(names)} is not documented",
            subject.key_span(FLAG),
            hint="add [nats] to the iterapp.toml of each appling that uses NATS",
            key=(FLAG,),
        )


def _partial(subject: Subject, states: dict[str, ApplingState]) -> Iterator[Problem]:
    without = [name for name, state in states.items() if state is ApplingState.NONE]
    if without and ApplingState.OWN in states.values():
        verb = "has" if len(without) == 1 else "have"
        yield Problem(
            f"{_join(without)} {verb} no [nats], other applings have",
            subject.key_span(_KEY),
            hint="add [nats] to each appling that uses NATS",
            key=(_KEY,),
        )


def _join(names: list[str]) -> str:
    shown = ", ".join(render_key((name,)) for name in names)
    return f"the appling {shown}" if len(names) == 1 else f"the applings {shown}"
