"""State that an older version of this tool has written, as this one understands it

A newer version's state is refused: what it means cannot be known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA: Final = 4


def migrate_state(values: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a state at the present schema, as far as there is a way to it"""
    while step := _STEPS.get(values.get("schema")):
        values = step(values)
    return values


def _add_accounts(values: dict[str, Any]) -> dict[str, Any]:
    # Servers were all plain.
    return {**values, "schema": 2, "default_account": None}


def _add_backends(values: dict[str, Any]) -> dict[str, Any]:
    # Servers were single processes, without anything beside the port of clients.
    return {
        **values,
        "schema": 3,
        "engine": [],
        "snippet": "",
        "websocket_port": None,
        "routes": [],
        "other_ports": [],
    }


def _add_folder(values: dict[str, Any]) -> dict[str, Any]:
    # Nothing told where a state was written.
    return {**values, "schema": 4, "folder": ""}


_STEPS: Final[dict[object, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    1: _add_accounts,
    2: _add_backends,
    3: _add_folder,
}
