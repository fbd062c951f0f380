"""What the server's reasons for closing a connection mean, and what to change

The texts are those of nats-server 2.15. Reasons of routes and leaf nodes are no matter of an app.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ClosedReason:
    """`is_normal` means that the client itself went, and nothing has to be changed"""

    meaning: str
    fix: str = ""
    is_normal: bool = False


_PENDING: Final = ClosedReason(
    "messages came faster than the client read them, until too many waited for it at the server",
    "take messages off the socket at once and work on them elsewhere, share the work in a queue"
    " group, or send less",
)
REASONS: Final = {
    "Client Closed": ClosedReason("the client closed the connection, or its process ended",
                                  is_normal=True),
    "Slow Consumer (Pending Bytes)": _PENDING,
    "Slow Consumer (Write Deadline)": ClosedReason(
        "the client read nothing for ten seconds while messages waited: it was blocked or paused",
        "keep long work out of the message handler, and see whether the pod lacked CPU"),
    "Stale Connection": ClosedReason(
        "the client answered no ping for some minutes: the machine slept, the network broke, or the"
        " process was suspended",
        "ping more often: an interval of 20 s and 2 outstanding pings notice it within a minute"),
    "Credentials Revoked": ClosedReason(
        "the user of the creds was revoked",
        "get new creds, and read them again when reconnecting"),
    "Authentication Expired": ClosedReason(
        "the creds, or the account, expired while the client was connected",
        "replace the creds in time: iterapp-nats doctor --warn-within 168h says when"),
    "Account Authentication Expired": ClosedReason(
        "the account was deleted or expired while the client was connected",
        "ask the operator of the server to push the account again"),
    "Missing Account": ClosedReason(
        "the account was removed from the server",
        "ask the operator of the server to push the account again"),
    "Authentication Failure": ClosedReason(
        "the server refused the login", "see why with iterapp-nats doctor"),
    "Authentication Timeout": ClosedReason(
        "the client sent no login in time: it or the network was very slow",
        "see whether the pod lacked CPU while it started"),
    "Maximum Message Payload Exceeded": ClosedReason(
        "the client sent a message larger than the server, the account or the user allows",
        "send less at once, or store the data elsewhere and publish where it is"),
    "Maximum Subscriptions Exceeded": ClosedReason(
        "the client subscribed more often than it is allowed to",
        "unsubscribe what is no longer needed; iterapp-nats creds show tells the limit"),
    "Maximum Account Connections Exceeded": ClosedReason(
        "the account had no room for another connection",
        "share one connection in each process, or ask for a higher limit"),
    "Maximum Connections Exceeded": ClosedReason(
        "the server had no room for another connection", "try another server of the cluster"),
    "Maximum Control Line Exceeded": ClosedReason(
        "a subject was longer than the server takes", "use shorter subjects"),
    "Kicked": ClosedReason(
        "an operator of the server cut the connection", "reconnect; ask the operator why"),
    "Server Shutdown": ClosedReason(
        "the server was stopped or restarted",
        "let the client reconnect without end; what was published meanwhile is missed"),
    "TLS Handshake Failure": ClosedReason(
        "client and server did not agree on TLS", "see why with iterapp-nats doctor"),
    "Read Error": ClosedReason(
        "the connection broke: the process was killed, or the network went away",
        "see whether the pod was killed, for example for its memory"),
    "Write Error": ClosedReason(
        "the connection broke while the server sent: the process was killed, or the network went",
        "see whether the pod was killed, for example for its memory"),
    "Parse Error": ClosedReason(
        "the client sent something that is not NATS", "update the client library"),
    "Protocol Violation": ClosedReason(
        "the client sent something that is not NATS", "update the client library"),
    "Message Header Violation": ClosedReason(
        "the client sent headers that it had not announced", "update the client library"),
    "No Responders Requires Headers": ClosedReason(
        "the client wants to hear of missing responders without taking headers",
        "turn headers on in the client, or no_responders off"),
}  # fmt: skip


def explain_closed(reason: str) -> ClosedReason:
    """Return what a reason means; one that is not known here says nothing"""
    return REASONS.get(reason, ClosedReason("a reason that iterapp-nats does not know"))
