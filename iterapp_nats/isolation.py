"""Who saw whose messages in a probe of isolation, and what that proves

Every account publishes marked messages in several ways. Silence proves something only where the
account's own messages came back by the same way, so that each way has its own control.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

WARM_UP: Final = 0
_MARK_WORDS: Final = 4


class Way(Enum):
    """How a message could get from one account to another"""

    SUBJECT = "same subject"
    WILDCARD = "wildcard"
    QUEUE = "queue group"
    INBOX = "inbox"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a probe's message says of itself; accounts are numbered from 0

    `number` is that of the round, or WARM_UP for a message that only finds out whether it comes.
    """

    publisher: int
    way: Way
    number: int


@dataclass(frozen=True, slots=True)
class ProbedAccount:
    """An account under its name in the report; the keys are those of its creds, if it has some"""

    name: str
    account_public_key: str = ""
    user_public_key: str = ""


@dataclass(frozen=True, slots=True)
class FailedControl:
    """An account whose own messages did not come back, so that its silence proves nothing"""

    account: str
    way: Way
    reason: str


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """What one account saw of another: the ways that leaked, and those that could not be proven"""

    publisher: str
    receiver: str
    leaks: tuple[Way, ...]
    unproven: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class IsolationReport:
    """The result for every ordered pair of accounts

    `controls_sent` and `controls_seen` count the messages that accounts sent to themselves.
    """

    accounts: tuple[ProbedAccount, ...]
    pairs: tuple[PairVerdict, ...]
    failed_controls: tuple[FailedControl, ...]
    controls_sent: int
    controls_seen: int

    @property
    def leaks(self) -> tuple[PairVerdict, ...]:
        """The pairs with a leak"""
        return tuple(pair for pair in self.pairs if pair.leaks)

    @property
    def isolated_pairs(self) -> int:
        """How many pairs are proven in every way"""
        return sum(not pair.leaks and not pair.unproven for pair in self.pairs)


def render_mark(run: str, mark: Mark) -> bytes:
    """Return the payload that carries a mark of this run"""
    return f"{run} {mark.publisher} {mark.way.name} {mark.number}".encode()


def parse_mark(run: str, payload: bytes) -> Mark | None:
    """Return the mark in a payload, None when it is not one of this run"""
    words = payload.decode("ascii", errors="replace").split(" ")
    if len(words) != _MARK_WORDS or words[0] != run or words[2] not in Way.__members__:
        return None
    if not (words[1].isdecimal() and words[3].isdecimal()):
        return None
    return Mark(int(words[1]), Way[words[2]], int(words[3]))


class Ledger:
    """Counts what was sent and what was seen"""

    def __init__(self) -> None:
        self._sent: Counter[tuple[int, Way]] = Counter()
        self._seen: Counter[tuple[int, int, Way]] = Counter()
        self._warm: set[tuple[int, Way]] = set()

    def note_sent(self, mark: Mark) -> None:
        """Count a message that was published"""
        if mark.number != WARM_UP:
            self._sent[mark.publisher, mark.way] += 1

    def note_seen(self, receiver: int, mark: Mark) -> None:
        """Count a message that came; one of another account is a leak, warm-up or not"""
        if mark.number == WARM_UP and mark.publisher == receiver:
            self._warm.add((receiver, mark.way))
        else:
            self._seen[receiver, mark.publisher, mark.way] += 1

    def is_warm(self, account: int, way: Way) -> bool:
        """Tell whether a message of the account to itself has come by this way"""
        return (account, way) in self._warm

    def sent(self, account: int, way: Way) -> int:
        """Return how many messages an account has published"""
        return self._sent[account, way]

    def own_seen(self, account: int, way: Way) -> int:
        """Return how many of its own messages an account has seen"""
        return self._seen[account, account, way]

    def seen(self, receiver: int, publisher: int, way: Way) -> int:
        """Return how many messages of another account came"""
        return self._seen[receiver, publisher, way]

    def missing(self, account: int, way: Way) -> int:
        """Return how many of its messages came to nobody, the account itself included

        What others took of a shared queue group is a leak, and not a loss.
        """
        found = sum(
            count
            for (_receiver, publisher, its_way), count in self._seen.items()
            if publisher == account and its_way is way
        )
        return max(0, self.sent(account, way) - found)


def judge_isolation(
    accounts: tuple[ProbedAccount, ...],
    ledger: Ledger,
    refusals: Mapping[tuple[int, Way], str],
) -> IsolationReport:
    """Return the report; `refusals` say why an account could not use a way at all"""
    failed = {
        (account, way): reason
        for account in range(len(accounts))
        for way in Way
        if (reason := _find_failure(account, way, ledger, refusals))
    }
    controls = [(account, way) for account in range(len(accounts)) for way in Way]
    return IsolationReport(
        accounts=accounts,
        pairs=tuple(_judge_pairs(accounts, ledger, failed.keys())),
        failed_controls=tuple(
            FailedControl(accounts[account].name, way, reason)
            for (account, way), reason in failed.items()
        ),
        controls_sent=sum(ledger.sent(*control) for control in controls),
        controls_seen=sum(ledger.own_seen(*control) for control in controls),
    )


def _find_failure(
    account: int, way: Way, ledger: Ledger, refusals: Mapping[tuple[int, Way], str]
) -> str:
    refusal = refusals.get((account, way))
    if refusal:
        return refusal
    sent, missing = ledger.sent(account, way), ledger.missing(account, way)
    if sent and not missing:
        return ""
    return f"{missing} of {sent} messages to itself did not come back"


def _judge_pairs(
    accounts: tuple[ProbedAccount, ...],
    ledger: Ledger,
    failed: AbstractSet[tuple[int, Way]],
) -> Iterator[PairVerdict]:
    numbers = range(len(accounts))
    for publisher in numbers:
        for receiver in numbers:
            if publisher == receiver:
                continue
            leaks = tuple(way for way in Way if ledger.seen(receiver, publisher, way))
            unproven = tuple(
                way
                for way in Way
                if way not in leaks and {(publisher, way), (receiver, way)} & failed
            )
            yield PairVerdict(accounts[publisher].name, accounts[receiver].name, leaks, unproven)
