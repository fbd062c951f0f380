"""Rules about code that contradicts the flag"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.manifest.applings import ApplingState
from iterapp_nats.manifest.rules.frame import Problem, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator


def code_without_nats(subject: Subject) -> Iterator[Problem]:
    """The app depends on a NATS client, but NATS is not enabled

    Without `[nats]` the pods get no NATS_URL and no credentials, and the client has nothing to
    connect to. Switch the look at dependency files off with --no-code.
    """
    if any(appling.state is ApplingState.OWN for appling in subject.applings):
        return
    for use in subject.source.code[:1]:
        yield Problem(
            f"{use.path}:{use.line} depends on {use.package}, but NATS is not enabled",
            hint="add [nats] as the last line, or run iterapp-nats enable",
        )


def code_jetstream(subject: Subject) -> Iterator[Problem]:
    """The app depends on JetStream, which production does not have

    Core NATS delivers at most once. JetStream, the part that stores messages, is not in production
    today: code that needs it works only against a local server. Make up for it with
    acknowledgements or sequence numbers of your own.
    """
    for use in subject.source.code:
        if use.is_jetstream:
            yield Problem(
                f"{use.path}:{use.line} depends on {use.package}, "
                "but JetStream is not available in production",
                hint="use core NATS with acknowledgements or sequence numbers of your own",
            )
