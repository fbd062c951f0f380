"""How every command is run to see that it tells no secret

A new command needs a row here: `tests/cli/test_leaks.py` fails without one. Each row is run with
`-vv`, with `--format json` where the command knows it, and in a bug whose text is a secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from iterapp_nats.languages.registry import LANGUAGES


@dataclass(frozen=True, slots=True)
class Row:
    """Arguments behind the command's name, and how it ends

    `reveals` and `json_reveals` say that printing credentials on stdout is what the user asked for.
    {creds} in the arguments is a creds file that works.
    """

    arguments: tuple[str, ...] = ()
    code: int = 0
    stdin: bytes = b""
    reveals: bool = False
    json_reveals: bool = False


ROWS: Final[dict[str, tuple[Row, ...]]] = {
    "check": (Row(), Row(("-",), stdin=b"[nats]\n")),
    "enable": (Row(("--diff",)),),
    "disable": (Row(("--diff",)),),
    "explain": (Row(("nats-missing",)),),
    "dev up": (Row(), Row(("--secure", "--port", "0"))),
    "dev down": (Row(),),
    "dev status": (Row(code=1),),
    "dev logs": (Row(code=1),),
    "dev restart": (Row(), Row(("--secure", "--port", "0"))),
    "dev reset": (Row(("--yes",)),),
    "dev run": (Row(("--secure", "--port", "0", "--", "true")),),
    "env": (
        Row(("--for", "sh"), reveals=True),
        Row(("--for", "kubernetes"), reveals=True),
        Row(("--for", "docker"), json_reveals=True),
        Row(("--for", "gitlab"), json_reveals=True),
        Row(("--explain",)),
        Row(("--write", "app.env")),
    ),
    "pub": (Row(("orders.new", "x")), Row(("orders.new", "--lines"), stdin=b"one\ntwo\n")),
    "sub": (Row(("orders.>", "--timeout", "100ms")),),
    "request": (Row(("orders.get", "7"), code=6),),
    "reply": (Row(("orders.get", "x", "--timeout", "100ms")),),
    "rtt": (Row(),),
    "creds show": (Row(), Row(("{creds}",)), Row(("gone.creds",), code=2)),
    "creds check": (Row(), Row(("{creds}",)), Row(("--environ",))),
    "probe isolation": (
        Row(("--creds", "{creds}", "--creds", "{creds}"), code=1),
        Row(("--creds", "{creds}"), code=2),
    ),
    "bench pub": (Row(("--messages", "1000")),),
    "bench sub": (Row(("orders.>", "--timeout", "100ms"), code=1),),
    "bench pubsub": (Row(("--messages", "1000")),),
    "bench request": (Row(("--messages", "100")),),
    "doctor": (
        Row(code=0),
        Row(("--checks", "connection", "--checks", "request")),
        Row(("--server", "nats://127.0.0.1:1"), code=1),
    ),
    "who": (Row(), Row(("orders.new",), code=1)),
    "why": (Row(), Row(("nobody",), code=1)),
    "top": (Row(("--once", "--interval", "50ms")),),
    "trace": (Row(("orders.new",), code=1),),
    **{f"connect {language.name}": (Row(),) for language in LANGUAGES},
    "connect audit": (Row(),),
    "connect conformance": (Row(("--select", "content", "--", "env"), code=1),),
    "example": (Row(("board", "--lang", "go")),),
    "probe delivery": (Row(("--duration", "200ms", "--rate", "100")),),
    "probe acks": (Row(("--duration", "200ms", "--rate", "100")),),
    "dev chaos": (Row(("stall", "--for", "50ms"), code=2),),
    "completion": (Row(("bash",)),),
    "help": (Row(("environment",)),),
}
