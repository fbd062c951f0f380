"""A made-up world in which it is known what the server has seen

Time is the number of the step. A publisher sends one message a step; now and then a connection of
the publisher or of the witness breaks. What a broken publisher had sent last may be lost, may come
at once, or may come much later, as bytes do that a network held back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from iterapp_nats.delivery.judgement import Passage, Witness
from iterapp_nats.delivery.sequences import ReceivedLog, SentLog

if TYPE_CHECKING:
    from collections.abc import Iterable

STEP_NS = 10


@dataclass(slots=True)
class World:
    """What the probe has written down, beside what really happened"""

    sent: SentLog = field(default_factory=SentLog)
    witness: ReceivedLog = field(default_factory=ReceivedLog)
    receiver: ReceivedLog = field(default_factory=ReceivedLog)
    seen: set[int] = field(default_factory=set)
    seen_by_session: dict[int, int] = field(default_factory=dict)
    under_way: set[int] = field(default_factory=set)
    session: int = 1
    witness_session: int = 1
    witness_is_there: bool = True
    witness_broke: bool = False
    now_ns: int = STEP_NS

    def publish(self, fate: str, *, received: bool) -> None:
        """One message; `fate` is what the way to the server does with it"""
        self.now_ns += STEP_NS
        self.sent.accepted(self.now_ns, self.session)
        number = len(self.sent)
        if fate == "arrives":
            self.arrive(number, received=received)
        elif fate == "held":
            self.under_way.add(number)

    def arrive(self, number: int, *, received: bool) -> None:
        self.seen.add(number)
        self.under_way.discard(number)
        session = self.sent.sessions[number - 1]
        self.seen_by_session[session] = self.seen_by_session.get(session, 0) + 1
        if self.witness_is_there:
            self.witness.take(number, self.now_ns + 1, self.witness_session)
        if received:
            self.receiver.take(number, self.now_ns + 2)

    def lose_witness(self) -> None:
        self.witness_is_there = False
        self.witness_broke = True

    def regain_witness(self) -> None:
        if not self.witness_is_there:
            self.witness_is_there = True
            self.witness_session += 1

    def passages(self, *, server_counts: bool, server_tells: bool) -> dict[int, Passage]:
        """What the server says of the publisher's connections"""
        if not server_tells:
            return {}
        passages = {}
        for session in range(1, self.session + 1):
            own = self.sent.accepted_on(session)
            is_over = not self.under_way & set(own)
            counted = self.seen_by_session.get(session, 0) if server_counts else None
            passages[session] = Passage(counted, is_over)
        return passages

    @property
    def witness_record(self) -> Witness:
        last = self.witness_session if self.witness_is_there else None
        return Witness(self.witness, last, {1: 1})


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["arrives", "arrives", "lost", "held"]), st.booleans()),
        st.sampled_from(["publisher breaks", "witness breaks", "witness is back", "release"]),
    ),
    max_size=60,
)


def play(steps: Iterable[str | tuple[str, bool]]) -> World:
    """Let it happen; on one connection what is behind something held or lost does not arrive

    A network that loses in the middle of a connection breaks it: later messages of it are lost too.
    """
    world = World()
    hole = ""
    for step in steps:
        if isinstance(step, tuple):
            fate, received = step
            hole = hole or (fate if fate != "arrives" else "")
            world.publish(hole or "arrives", received=received)
        elif step == "publisher breaks":
            world.session += 1
            hole = ""
        elif step == "witness breaks":
            world.lose_witness()
        elif step == "witness is back":
            world.regain_witness()
        else:
            for number in sorted(world.under_way):
                world.arrive(number, received=True)
            hole = "" if hole == "held" else hole
    return world
