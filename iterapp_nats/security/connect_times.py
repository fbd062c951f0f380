"""The daily windows in which a user may log in, judged as nats-server does"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from iterapp_nats.security.claims import ConnectTimes, UserRights


def is_within_times(rights: UserRights, now: int) -> bool | None:
    """Tell whether a login is allowed at `now` (Unix seconds), None when that cannot be known

    A window that ends before it starts ends on the next day. As in nats-server it always starts on
    the present one, so that one from 22:00 to 06:00 is closed after midnight.
    """
    if not rights.times:
        return True
    zone = _zone(rights.times_location)
    if zone is None:
        return None
    present = datetime.fromtimestamp(now, zone).replace(tzinfo=None)
    try:
        return any(_is_within(window, present) for window in rights.times)
    except ValueError:
        return None


def render_times(rights: UserRights) -> str:
    """Return the windows as `08:00:00 to 18:00:00 Europe/Oslo`"""
    windows = ", ".join(f"{window.start} to {window.end}" for window in rights.times)
    return f"{windows} {rights.times_location or 'UTC'}"


def _is_within(window: ConnectTimes, present: datetime) -> bool:
    start, end = (_on(present, text) for text in (window.start, window.end))
    if start > end:
        end += timedelta(days=1)
    return start < present < end


def _on(day: datetime, text: str) -> datetime:
    time = datetime.strptime(text, "%H:%M:%S").replace(tzinfo=UTC).time()
    return datetime.combine(day.date(), time)


def _zone(name: str) -> tzinfo | None:
    if not name:
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
