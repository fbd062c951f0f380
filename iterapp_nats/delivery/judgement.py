"""What became of each message, from the records of everybody who took part

A message that did not come is "lost on the way in" or "on the way out" only where that is proven;
what cannot be told is unknown. Three things prove:

- Somebody received it, so the server has seen it.
- The server counted the messages of the publisher's connection, all of them or all but those that
  nobody received.
- TCP keeps order. A witness that is wired to the server gets everything that the server sees while
  it listens. When it was listening before the message was sent, and the same connection brought it
  a later one of the same connection of the publisher, the server has not seen what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Final

from iterapp_nats.delivery.sequences import Range

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from iterapp_nats.delivery.sequences import ReceivedLog, SentLog


class Verdict(StrEnum):
    """What became of one message for one receiver"""

    IN_TIME = "in time"
    LATE = "late"
    DUPLICATE = "duplicate"
    """It came more than once, late or not"""
    REFUSED = "refused"
    """The client refused to publish it: the app knows"""
    LOST_IN = "lost on the way in"
    """Accepted by the client, and never seen by the server"""
    LOST_OUT = "lost on the way out"
    """Seen by the server, and never by the receiver"""
    UNKNOWN = "unknown"
    """It did not come, and where it was lost, or whether it is still under way, cannot be told"""


ARRIVED: Final = frozenset({Verdict.IN_TIME, Verdict.LATE, Verdict.DUPLICATE})
LOST: Final = frozenset({Verdict.LOST_IN, Verdict.LOST_OUT})


class Sight(Enum):
    """Whether the server has seen a message"""

    SEEN = "seen"
    NOT_SEEN = "not seen"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class Passage:
    """One connection of the publisher, as the server tells of it; None: it did not say

    `counted` is how many of the numbered messages the server took from it. `is_over` says that
    nothing can come from it any more: it was closed, or everything sent on it is confirmed.
    """

    counted: int | None = None
    is_over: bool | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """A receiver that is wired to the server

    `last_session` is its connection that was confirmed at the very end, None when none was.
    `since_ns` says for its connections, where that is known from elsewhere, since when it listens.
    """

    log: ReceivedLog
    last_session: int | None
    since_ns: Mapping[int, int] = field(default_factory=dict)


def judge_sight(
    sent: SentLog,
    receivers: Sequence[ReceivedLog],
    witness: Witness | None,
    passages: Mapping[int, Passage],
) -> list[Sight]:
    """Return for each sequence number whether the server has seen it; `receivers` are the others

    `passages` are the publisher's connections by the session number of `sent`.
    """
    everybody = [*receivers, *([witness.log] if witness else [])]
    sights = [Sight.UNTOLD] * len(sent)
    for sequence in range(1, len(sent) + 1):
        if any(log.has(sequence) for log in everybody):
            sights[sequence - 1] = Sight.SEEN
    for session in sorted(set(sent.sessions)):
        sequences = sent.accepted_on(session)
        open_ones = [number for number in sequences if sights[number - 1] is Sight.UNTOLD]
        if not open_ones:
            continue
        passage = passages.get(session, Passage())
        unseen = _told_by_witness(sent, sequences, witness, passage) if witness else set()
        # Something that made two of a message would have been counted twice.
        is_fooled = any(number in log.repeats for log in everybody for number in sequences)
        counted = None if is_fooled else _told_by_count(passage, len(sequences), len(open_ones))
        for number in open_ones:
            if number in unseen:
                sights[number - 1] = Sight.NOT_SEEN
            elif counted:
                sights[number - 1] = counted
    return sights


def judge(
    sent: SentLog,
    sights: Sequence[Sight],
    log: ReceivedLog,
    *,
    is_settled: bool,
    late_after_ns: int,
) -> list[Verdict]:
    """Return what became of each message for one receiver

    `is_settled` says that nothing is on its way to it any more.
    """
    verdicts = []
    for sequence, sent_ns in enumerate(sent.sent_ns, 1):
        came_ns = log.came_at_ns(sequence)
        if came_ns:
            is_late = came_ns - sent_ns > late_after_ns
            verdict = Verdict.LATE if is_late else Verdict.IN_TIME
            verdicts.append(Verdict.DUPLICATE if sequence in log.repeats else verdict)
        elif sequence in sent.refused:
            verdicts.append(Verdict.REFUSED)
        else:
            verdicts.append(_missing(sights[sequence - 1], is_settled=is_settled))
    return verdicts


@dataclass(frozen=True, slots=True)
class Loss:
    """Consecutive messages that did not come, all with the same verdict

    The times say when the first and the last of them were published.
    """

    numbers: Range
    verdict: Verdict
    from_ns: int
    until_ns: int


def losses_of(sent: SentLog, verdicts: Sequence[Verdict]) -> list[Loss]:
    """Return what did not come, in order"""
    losses: list[Loss] = []
    for sequence, verdict in enumerate(verdicts, 1):
        if verdict in ARRIVED:
            continue
        at_ns = sent.sent_ns[sequence - 1]
        last = losses[-1] if losses else None
        if last and last.numbers.last + 1 == sequence and last.verdict is verdict:
            whole = Range(last.numbers.first, sequence)
            losses[-1] = Loss(whole, verdict, last.from_ns, at_ns)
        else:
            losses.append(Loss(Range(sequence, sequence), verdict, at_ns, at_ns))
    return losses


def count_verdicts(verdicts: Iterable[Verdict]) -> dict[Verdict, int]:
    """Return how often each verdict was given, those never given included"""
    counts = dict.fromkeys(Verdict, 0)
    for verdict in verdicts:
        counts[verdict] += 1
    return counts


def _missing(sight: Sight, *, is_settled: bool) -> Verdict:
    if sight is Sight.NOT_SEEN:
        return Verdict.LOST_IN
    return Verdict.LOST_OUT if sight is Sight.SEEN and is_settled else Verdict.UNKNOWN


def _told_by_count(passage: Passage, accepted: int, unreceived: int) -> Sight | None:
    if passage.counted == accepted:
        return Sight.SEEN
    if passage.is_over and passage.counted == accepted - unreceived:
        return Sight.NOT_SEEN
    return None


def _told_by_witness(
    sent: SentLog, sequences: list[int], witness: Witness, passage: Passage
) -> set[int]:
    """Return which of one connection's messages the witness has not got although it listened"""
    listening = _Listening(sent, witness, sequences)
    later = witness.last_session if passage.is_over else None
    unseen = set()
    for sequence in reversed(sequences):
        session = witness.log.session_of(sequence)
        if session:
            later = session
        elif later is not None and listening.had_begun(later, sequence):
            unseen.add(sequence)
    return unseen


class _Listening:
    """Since when a witness was listening on each of its connections"""

    def __init__(self, sent: SentLog, witness: Witness, sequences: list[int]) -> None:
        log = witness.log
        self._sent = sent
        self._since_ns = dict(witness.since_ns)
        for session, at_ns in zip(log.sessions, log.first_ns, strict=True):
            if session:
                self._since_ns[session] = min(self._since_ns.get(session, at_ns), at_ns)
        self._first: dict[int, int] = {}
        for sequence in reversed(sequences):
            if session := log.session_of(sequence):
                self._first[session] = sequence

    def had_begun(self, session: int, sequence: int) -> bool:
        """Tell whether it was, when the message was sent or when one before it passed"""
        since_ns = self._since_ns.get(session)
        if since_ns is not None and since_ns <= self._sent.sent_ns[sequence - 1]:
            return True
        return self._first.get(session, sequence) < sequence
