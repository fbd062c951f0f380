"""Who of the clients that were there before a fault is there again, and after how long"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from iterapp_nats.dev.accounts.system_requests import Guest


class Return(StrEnum):
    """What became of one client's connection"""

    STAYED = "stayed"
    """The connection survived"""
    BACK = "back"
    """It was made again"""
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class GuestReturn:
    """One client; `after_s` is how long after the begin of the fault it connected again"""

    label: str
    outcome: Return
    after_s: float | None = None


def match_guests(
    before: Sequence[Guest], after: Iterable[Guest], fault_began_s: float
) -> tuple[GuestReturn, ...]:
    """Find everybody who was there `before` among those there now, by name

    Of several with one name the first to come back count; a stranger is nobody's return.
    """
    known = {(guest.client_id, guest.since_s) for guest in before}
    now = sorted(after, key=lambda guest: guest.since_s)
    stayed = [guest for guest in now if (guest.client_id, guest.since_s) in known]
    found = [GuestReturn(guest.label, Return.STAYED) for guest in stayed]
    missing = Counter(guest.label for guest in before) - Counter(guest.label for guest in stayed)
    for guest in now:
        if guest not in stayed and missing[guest.label] > 0:
            missing[guest.label] -= 1
            after_s = max(0.0, guest.since_s - fault_began_s)
            found.append(GuestReturn(guest.label, Return.BACK, after_s))
    found += [GuestReturn(label, Return.GONE) for label in missing.elements()]
    return tuple(sorted(found, key=lambda one: (one.label, one.after_s or 0.0)))
