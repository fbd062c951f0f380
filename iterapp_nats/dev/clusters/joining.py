"""Wait until the nodes of a cluster are one: each knows the others, and their streams agree

What is still missing is said in words. As long as these change, the nodes are getting on; a busy
machine may need several rounds of an election, each of them up to 9 s long and without any sign.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.dev.clusters.report import Ailment, Inquirer, list_stream_ailments
from iterapp_nats.dev.inspection import Condition, find_info, inspect_node
from iterapp_nats.dev.logs import last_words
from iterapp_nats.errors import LocalServerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder

JOIN_TIMEOUT_S: Final = 60.0
"""How long all of it may take, however the nodes get on"""
QUIET_TIMEOUT_S: Final = 30.0
"""How long nothing may change"""

# The usual pause of clients between two attempts is 2 s.
_CLIENTS_TIMEOUT_S: Final = 3.0
_POLL_S: Final = 0.02
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Gathering:
    """The nodes of a cluster that were started, as they were started; made by `of`"""

    folder: StateFolder
    state: ServerState
    nodes: tuple[ServerState, ...]
    inquirer: Inquirer | None

    @classmethod
    def of(cls, folder: StateFolder) -> Gathering:
        """Return the nodes of a project's cluster

        Raises:
            LocalServerError: `cluster-apart`, when one of them was not started

        """
        state = folder.load_state()
        if state is None:
            raise _apart(["node 1 was not started"], 0.0)
        others = {number: folder.node(number).load_state() for number in range(2, state.nodes + 1)}
        if missing := [number for number, other in others.items() if other is None]:
            raise _apart([f"node {number} was not started" for number in missing], 0.0)
        nodes = (state, *(other for other in others.values() if other))
        return cls(folder, state, nodes, Inquirer.of(folder, state))

    def wait_until_joined(
        self, *, timeout_s: float = JOIN_TIMEOUT_S, quiet_timeout_s: float = QUIET_TIMEOUT_S
    ) -> tuple[str, ...]:
        """Wait until every node tells clients of all, and holds the streams that it should hold

        It ends after `timeout_s`, when nothing has changed for `quiet_timeout_s`, or at once when
        a node has ended. What is returned are streams that are not whole on a node after all that
        time: the rest can be used.

        Raises:
            LocalServerError: `cluster-apart`, with what each node lacks

        """
        began = changed = time.monotonic()
        before: list[Ailment] = []
        while obstacles := self._list_obstacles():
            now = time.monotonic()
            if obstacles != before:
                changed, before = now, obstacles
            if now - began > timeout_s or now - changed > quiet_timeout_s:
                texts = [each.text for each in obstacles]
                if all(each.is_of_stream for each in obstacles):
                    return tuple(texts)
                raise _apart(texts, now - began)
            time.sleep(_POLL_S)
        return ()

    def count_clients(self) -> int:
        """Return how many are connected to all nodes, as far as these can be asked"""
        return sum(self._count(state) for state in self.nodes)

    def find_quietest(self, numbers: set[int]) -> int:
        """Return which of some nodes has the fewest clients"""
        return min(numbers, key=lambda number: (self._count(self.nodes[number - 1]), number))

    def wait_for_clients(self, count: int) -> None:
        """Wait until so many are connected again, but not for those who have left for good"""
        deadline = time.monotonic() + _CLIENTS_TIMEOUT_S
        while self.count_clients() < count and time.monotonic() < deadline:
            time.sleep(_POLL_S)

    def _count(self, state: ServerState) -> int:
        return self.inquirer.count_clients(state) if self.inquirer else 0

    def _list_obstacles(self) -> list[Ailment]:
        found = [Ailment(text) for text in self._list_strangers()]
        if found or not self.state.jetstream:
            return found
        if self.inquirer is None:
            return list(list_stream_ailments(self.state))
        return [
            Ailment(f"node {number}: {ailment.text}", ailment.is_of_stream)
            for number, state in enumerate(self.nodes, start=1)
            for ailment in self.inquirer.list_ailments(state)
        ]

    def _list_strangers(self) -> Iterator[str]:
        """Yield who does not know whom"""
        addresses = [f"{state.host}:{state.port}" for state in self.nodes]
        for number, state in enumerate(self.nodes, start=1):
            info = find_info(state.host, state.port)
            if info is None or info.server_name != state.generation:
                self._require_alive(number)
                yield f"node {number} does not answer"
                continue
            for other, address in enumerate(addresses, start=1):
                if address not in info.connect_urls:
                    yield f"node {number} does not know node {other}"

    def _require_alive(self, number: int) -> None:
        node = self.folder.node(number)
        if inspect_node(node).condition is Condition.STALE:
            raise _apart([f"node {number} has ended: {last_words(node)}"], 0.0)


def streams_behind(obstacles: tuple[str, ...]) -> LocalServerError:
    """Return the error for nodes of which none can be spared, as they do not hold the same"""
    return _apart(list(obstacles), QUIET_TIMEOUT_S)


def _apart(obstacles: list[str], waited_s: float) -> LocalServerError:
    waited = f" within {waited_s:.0f} s" if waited_s else ""
    shown = "; ".join(obstacles[:_SHOWN])
    more = len(obstacles) - _SHOWN
    rest = f"; and {more} more" if more > 0 else ""
    return LocalServerError(
        "cluster-apart",
        f"the nodes of the cluster did not agree{waited}: {shown}{rest}",
        hints=("look at iterapp-nats dev logs --node N",),
    )
