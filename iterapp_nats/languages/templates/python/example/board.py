"""What a pod knows: the messages of all pods, and which it has missed.

NATS delivers at most once, and in order per publisher. So each pod numbers its own messages, and
whoever sees a number left out asks the other pods for what is missing.
"""

from dataclasses import asdict, dataclass, field
from enum import Enum


@dataclass(frozen=True)
class Message:
    """`origin` is one life of one pod; `seq` counts its messages from 1."""

    origin: str
    pod: str
    seq: int
    text: str
    filled: bool = False

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


class Arrival(Enum):
    NEW = "new"
    KNOWN = "known"
    AFTER_GAP = "after a gap"


@dataclass
class Board:
    """The newest messages, in the order of their arrival."""

    limit: int = 1000
    messages: list[Message] = field(default_factory=list)
    missed: int = 0
    filled: int = 0
    lost: int = 0
    _complete: dict[str, int] = field(default_factory=dict)  # all up to this number are known
    _ahead: dict[str, set[int]] = field(default_factory=dict)  # and these beyond it
    _missing: set[tuple[str, int]] = field(default_factory=set)

    def receive(self, message: Message) -> Arrival:
        """Take a message once; `filled` says that it came as history, not live."""
        origin, seq = message.origin, message.seq
        complete = self._complete.setdefault(origin, 0)
        ahead = self._ahead.setdefault(origin, set())
        if seq <= complete or seq in ahead:
            return Arrival.KNOWN
        before = {(origin, n) for n in range(complete + 1, seq) if n not in ahead}
        gap = before - self._missing
        self._missing |= gap
        self.missed += len(gap)
        if message.filled:
            self.missed += (origin, seq) not in self._missing
            self.filled += 1
        self._missing.discard((origin, seq))
        ahead.add(seq)
        self._advance(origin)
        self.messages = [*self.messages, message][-self.limit :]
        return Arrival.AFTER_GAP if gap else Arrival.NEW

    def complete(self) -> dict[str, int]:
        """Return for each origin up to which number nothing is missing."""
        return dict(self._complete)

    def beyond(self, complete: dict[str, int]) -> list[Message]:
        """Return what somebody lacks who has all up to these numbers."""
        return [each for each in self.messages if each.seq > complete.get(each.origin, 0)]

    def give_up(self) -> None:
        """Count as lost what nobody had, and go on."""
        self.lost += len(self._missing)
        for origin, seq in self._missing:
            self._ahead[origin].add(seq)
            self._advance(origin)
        self._missing.clear()

    def _advance(self, origin: str) -> None:
        ahead = self._ahead[origin]
        while self._complete[origin] + 1 in ahead:
            self._complete[origin] += 1
            ahead.remove(self._complete[origin])
