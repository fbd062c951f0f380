"""Is NATS enabled? Seventy-eight ways to write it, and what TOML 1.0 makes of each"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from iterapp_nats.manifest.document import FlagForm, Verdict


@dataclass(frozen=True)
class Case:
    text: str
    verdict: Verdict
    rules: frozenset[str] = frozenset()
    form: FlagForm | None = None


def enabled(text: str, form: FlagForm, *rules: str) -> Case:
    return Case(text, Verdict.ENABLED, frozenset(rules), form)


def wrong(text: str) -> Case:
    return Case(text, Verdict.WRONG_TYPE, frozenset({"nats-type"}))


def absent(text: str, *rules: str) -> Case:
    return Case(text, Verdict.NOT_ENABLED, frozenset(rules))


def invalid(text: str) -> Case:
    return Case(text, Verdict.INVALID, frozenset({"syntax"}))


_HEADER = FlagForm.HEADER
_QUOTED = FlagForm.QUOTED_HEADER
_INLINE = FlagForm.INLINE
_DOTTED = FlagForm.DOTTED
_IMPLICIT = FlagForm.IMPLICIT
_KEYS = "nats-unknown-key"
_STYLE = "nats-style"

ENABLED: Final = (
    enabled("port = 80\n\n[nats]\n", _HEADER),
    enabled("[nats] # messages\n", _HEADER),
    enabled("  [nats]\n", _HEADER),
    enabled("port = 80\n[nats]", _HEADER),
    enabled("port = 80\r\n\r\n[nats]\r\n", _HEADER),
    enabled("[ nats ]\n", _HEADER),
    enabled("[\tnats\t]\n", _HEADER),
    enabled('["nats"]\n', _QUOTED, _STYLE),
    enabled("['nats']\n", _QUOTED, _STYLE),
    enabled('["\\u006eats"]\n', _QUOTED, _STYLE),
    enabled("nats = {}\n", _INLINE, _STYLE),
    enabled("nats = { }\n", _INLINE, _STYLE),
    enabled("nats = { x = 1 }\n", _INLINE, _STYLE, _KEYS),
    enabled("nats.x = 1\n", _DOTTED, _STYLE, _KEYS),
    enabled("nats . x = 1\n", _DOTTED, _STYLE, _KEYS),
    enabled('"nats".x = 1\n', _DOTTED, _STYLE, _KEYS),
    enabled("[nats.jetstream]\n", _IMPLICIT, _STYLE, _KEYS),
    enabled("[nats.prod]\n", _IMPLICIT, _STYLE, _KEYS),
    enabled("[nats.x]\n[nats]\n", _HEADER, _KEYS),
    enabled("[nats]\n[nats.x]\n", _HEADER, _KEYS),
    enabled("nats.x = 1\n[nats.y]\n", _DOTTED, _STYLE, _KEYS),
    enabled("[nats]\nenabled = false\n", _HEADER, "nats-disabled-key"),
    enabled("[nats]\nport = 80\n", _HEADER, "nats-swallow"),
    enabled('[nats]\napplings = ["api"]\n', _HEADER, "nats-swallow"),
    enabled("\ufeff[nats]\n", _HEADER, "bom"),
    enabled('emoji = """\n[nats]\n"""\n[nats]\n', _HEADER),
    enabled("[nats]\n[env.prod]\nA = 'b'\n", _HEADER),
)

WRONG_TYPE: Final = (
    wrong("[[nats]]\n"),
    wrong("nats = [{}]\n"),
    wrong("nats = true\n"),
    wrong("nats = false\n"),
    wrong('nats = "true"\n'),
    wrong("nats = 1\n"),
    wrong("nats = []\n"),
    wrong('nats = ""\n'),
)

ABSENT: Final = (
    absent("# [nats]\n", "nats-commented"),
    absent("port = 80\n#[nats]\n", "nats-commented"),
    absent('emoji = """\n[nats]\n"""\n'),
    absent('domains = ["[nats]"]\n'),
    absent("domains = [\n[1],\n]\n"),
    absent("[NATS]\n", "nats-typo"),
    absent("[Nats]\n", "nats-typo"),
    absent("[nat]\n", "nats-typo"),
    absent("[nats-server]\n", "nats-typo"),
    absent("[postgres.nats]\n", "nats-nested"),
    absent("[env.nats]\n", "nats-nested", "unknown-key"),
    absent("[env.prod.nats]\n", "nats-nested", "env-value-shape"),
    absent("[build]\nnats = {}\n", "nats-nested"),
    absent("[experimental]\nnats = true\n", "nats-nested"),
    absent("experimental.nats = true\n", "nats-nested"),
    absent('["n\u0430ts"]\n', "nats-typo"),
    absent('["nats "]\n', "nats-typo"),
    absent('["na\u200bts"]\n', "nats-typo"),
    absent('["nats.x"]\n', "nats-typo"),
    absent(""),
    absent("\ufeff", "bom"),
    absent("# an app\n"),
    absent("[jetstream]\n", "nats-typo"),
)

INVALID: Final = (
    invalid("[nats]\n[nats]\n"),
    invalid("nats = {}\n[nats]\n"),
    invalid("nats = {}\n[nats.x]\n"),
    invalid("nats.x = 1\n[nats]\n"),
    invalid("[[nats]]\n[nats]\n"),
    invalid("nats = true\n[nats]\n"),
    invalid("[nats] x\n"),
    invalid("[nats\n"),
    invalid("[[nats]\n"),
    invalid("[nats.]\n"),
    invalid("[nats\u00a0]\n"),
    invalid("[n\u0430ts]\n"),
    invalid("; [nats]\n"),
    invalid("nats: {}\n"),
    invalid("[nats]\n\0"),
    invalid('emoji = "\n[nats]\n'),
    invalid("port = 80\r[nats]\r"),
    invalid("nats = {\n}\n"),
    invalid("nats = { x = 1, }\n"),
    invalid("[nats]\n[[nats]]\n"),
)

CASES: Final = (*ENABLED, *WRONG_TYPE, *ABSENT, *INVALID)
