"""Check, run and probe NATS for apps on the platform Iterapp (HOPS)

    async with iterapp_nats.connect() as connection:
        await connection.publish("orders.new", b"hello")

Names are loaded when they are used: importing the package loads neither nats-py nor asyncio.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from iterapp_nats.client.connection import Connection
    from iterapp_nats.client.message import Message
    from iterapp_nats.client.policy import ConnectPolicy
    from iterapp_nats.client.public import connect
    from iterapp_nats.errors import (
        ExitCode,
        InputError,
        IterappNatsError,
        LocalServerError,
        NoAnswer,
        Refused,
        Unreachable,
    )
    from iterapp_nats.secret import Secret

__version__ = "0.1.0"

__all__ = [
    "ConnectPolicy",
    "Connection",
    "ExitCode",
    "InputError",
    "IterappNatsError",
    "LocalServerError",
    "Message",
    "NoAnswer",
    "Refused",
    "Secret",
    "Unreachable",
    "connect",
]

_HOMES: Final = {
    "ConnectPolicy": "iterapp_nats.client.policy",
    "Connection": "iterapp_nats.client.connection",
    "Message": "iterapp_nats.client.message",
    "Secret": "iterapp_nats.secret",
    "connect": "iterapp_nats.client.public",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "iterapp_nats.errors")), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
