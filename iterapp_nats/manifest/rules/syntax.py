"""The rule about invalid TOML: the intent behind the mistake, not the parser's complaint"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.manifest.rules.frame import Problem, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator


def syntax(subject: Subject) -> Iterator[Problem]:
    r"""The file is not valid TOML 1.0

    The platform cannot read it and the deploy fails. Usual slips: a string without quotes, quotes
    round an inline table, YAML or INI instead of TOML, a header or key that is there twice, quotes
    that a word processor made curly. What only TOML 1.1 allows counts as invalid, because the
    platform's version is not documented: a line end or a last comma inside { }, a time without
    seconds, the escapes \e and \x.
    """
    manifest = subject.manifest
    if manifest.failure:
        from iterapp_nats.manifest.diagnosis import diagnose

        diagnosis = diagnose(manifest, manifest.failure)
        yield Problem(
            diagnosis.message, diagnosis.span, hint=diagnosis.hint, related=diagnosis.related
        )
