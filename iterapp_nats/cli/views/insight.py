"""How the account is shown: who is there, why some are not, who would get a message"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats.cli.views.table import (
    plural,
    render_age,
    render_bytes,
    render_server,
    render_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.client.account.facts import Gathered
    from iterapp_nats.client.account.trace import Receiver, Route
    from iterapp_nats.insight.who import Presence, WhoReport
    from iterapp_nats.insight.why import Closing, WhyReport
    from iterapp_nats.output import Output

_MAX_SUBJECTS: Final = 4


def render_who(report: WhoReport) -> Iterator[str]:
    """Yield a line for each connection, or for each subscription that was asked for"""
    if report.subject is None:
        header = ("NAME", "CLIENT", "ADDRESS", "IDLE", "PENDING", "SUBSCRIPTIONS", "SERVER")
        yield from render_table([header, *map(_who_row, report.presences)])
        return
    header = ("NAME", "SUBSCRIPTION", "QUEUE GROUP", "CLIENT", "ADDRESS", "PENDING", "SERVER")
    rows = [row for presence in report.presences for row in _interest_rows(presence)]
    yield from render_table([header, *rows])


def summarise_who(report: WhoReport) -> str:
    """Return who gets a message, in one sentence"""
    count = len(report.presences)
    if report.subject is None:
        return plural(count, "connection")
    if not count:
        return f"nobody is subscribed to {report.subject}"
    everybody = sum(
        any(not interest.queue for interest in presence.interests) for presence in report.presences
    )
    parts = [plural(everybody, "subscriber")] if everybody else []
    parts += [f"one of the queue group {group}" for group in report.queue_groups]
    verb = "gets" if everybody <= 1 and len(parts) == 1 else "get"
    return f"{' and '.join(parts)} {verb} each message to {report.subject}"


def render_why(report: WhyReport, output: Output) -> Iterator[str]:
    """Yield the closings with their meaning; clients that just went are left out, unless named"""
    shown = [each for each in report.closings if report.name or not each.is_normal]
    for closing in shown:
        yield from _render_closing(closing, report.asked_at_s, output)


def summarise_why(report: WhyReport) -> str:
    """Return what was not shown, in one sentence"""
    if not report.closings:
        of_name = f" called {report.name}" if report.name else ""
        return f"no connection{of_name} was closed since the servers started"
    gone = sum(each.count for each in report.closings if each.is_normal)
    cut = sum(each.count for each in report.closings if not each.is_normal)
    return f"{plural(cut, 'connection')} cut off, {gone} closed by the clients themselves"


def render_trace(route: Route, output: Output) -> Iterator[str]:
    """Yield a line for each receiver"""
    for receiver in route.receivers:
        yield _receiver_line(receiver, output)


def say_gathered(output: Output, gathered: Gathered) -> None:
    """Tell how many servers have answered; a missing one is a warning"""
    count, expected = len(gathered.servers), gathered.expected
    if not gathered.is_complete:
        output.warning(f"only {count} of {expected} servers answered: some connections are missing")
    elif expected is None:
        output.say(f"{plural(count, 'server')} answered")
    else:
        output.say(f"{count} of {plural(max(count, expected), 'server')} answered")


def _who_row(presence: Presence) -> tuple[str, ...]:
    return (
        _name(presence.name),
        presence.client,
        presence.address,
        render_age(presence.idle_s),
        render_bytes(presence.pending_bytes),
        _subjects(presence),
        render_server(presence.server),
    )


def _interest_rows(presence: Presence) -> Iterator[tuple[str, ...]]:
    for interest in presence.interests:
        yield (
            _name(presence.name),
            interest.subject,
            interest.queue or "-",
            presence.client,
            presence.address,
            render_bytes(presence.pending_bytes),
            render_server(presence.server),
        )


def _subjects(presence: Presence) -> str:
    # An own inbox is what every client has that asks something.
    named = [each for each in presence.interests if not each.subject.startswith("_INBOX.")]
    shown = [
        f"{each.subject} ({each.queue})" if each.queue else each.subject
        for each in named[:_MAX_SUBJECTS]
    ]
    left = len(named) - len(shown)
    return ", ".join([*shown, *([f"{left} more"] if left else [])]) or "-"


def _render_closing(closing: Closing, now_s: float, output: Output) -> Iterator[str]:
    age = render_age(None if closing.last_at_s is None else max(0.0, now_s - closing.last_at_s))
    color = "green" if closing.is_normal else "red"
    often = f", {closing.count} times" if closing.count > 1 else ""
    yield (
        f"{_name(closing.name)}: {output.paint_data(closing.reason, color)}, {age} ago after"
        f" {render_age(closing.lasted_s)}{often}"
        f" ({closing.client}, {closing.address}, server {render_server(closing.server)})"
    )
    yield f"  {closing.meaning}"
    if closing.fix:
        yield f"  {output.paint_data('fix', 'cyan')}: {closing.fix}"


def _receiver_line(receiver: Receiver, output: Output) -> str:
    parts = [f"{receiver.kind} {_name(receiver.name)} on server {render_server(receiver.server)}"]
    if receiver.subject:
        parts.append(f"subscribed to {receiver.subject}")
    if receiver.queue:
        parts.append(f"chosen of the queue group {receiver.queue}")
    if receiver.error:
        parts.append(output.paint_data(f"would not get it: {receiver.error}", "red"))
    return ", ".join(parts)


def _name(name: str) -> str:
    return name or "(no name)"
