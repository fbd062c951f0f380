"""A user's own nats-server settings beside ours: what they may say, and how they are merged

`nats-server -t` accepts much that would break the local server: a second address, another place for
data, a listener on all networks, accounts beside ours. That is refused here, with the option that
is meant for it.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from iterapp_nats.config_language import ConfigUnreadable, Entry, parse_config
from iterapp_nats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

_PORT: Final = "choose the address with --port"
_LOG: Final = "dev logs reads the log where it is"
_STATE: Final = "dev status finds the server by it"
_ACCOUNTS: Final = "have accounts and TLS with --secure"
_CLUSTER: Final = "have a cluster with --nodes 3"
_DATA: Final = "data belongs into the state folder"
_OWN: Final = {
    **dict.fromkeys(("listen", "port", "host", "net", "client_advertise"), _PORT),
    **dict.fromkeys(("server_name", "pid_file", "pidfile", "ports_file_dir"), _STATE),
    **dict.fromkeys(("log_file", "logfile", "syslog", "remote_syslog"), _LOG),
    **dict.fromkeys(("cluster", "gateway"), _CLUSTER),
    **dict.fromkeys(("store_dir", "storedir"), _DATA),
    **dict.fromkeys(("websocket", "ws"), "have it with --websocket"),
    **dict.fromkeys(("operator", "operators", "roots", "root"), _ACCOUNTS),
    **dict.fromkeys(("root_operator", "root_operators", "trusted", "trusted_keys"), _ACCOUNTS),
    **dict.fromkeys(("resolver", "account_resolver", "accounts_resolver"), _ACCOUNTS),
    **dict.fromkeys(("resolver_tls", "resolver_preload", "resolver_pinned_accounts"), _ACCOUNTS),
    **dict.fromkeys(("system_account", "system", "tls", "allow_non_tls"), _ACCOUNTS),
    **dict.fromkeys(("https", "https_port"), "name a port without TLS with http"),
    "include": "put its content into the snippet",
}
_LOGIN: Final = frozenset({"accounts", "authorization", "no_auth_user"})
_LISTENERS: Final = frozenset({"leaf", "leafnodes", "mqtt"})
_JETSTREAM: Final = "jetstream"
_JETSTREAM_OFF: Final = "switch JetStream on with --jetstream"
_ADDRESSES: Final = ("listen", "host", "net")
_PLACES: Final = ("http", "monitor_port", "http_port")
_PORTS: Final = (*_PLACES, "prof_port")
_ANY_PORT: Final = "-1"


def merge_snippet(
    text: str, name: str, *, store_folder: str | None, secure: bool, nodes: int = 1
) -> str:
    """Return a snippet as it can be included at the end of our configuration

    `store_folder`, quoted for the language, goes into its settings of JetStream; None without
    JetStream. All `nodes` of a cluster read it. Lines and columns of what the server may complain
    about stay where they are.

    Raises:
        InputError: `snippet-refused`, naming file, line and column

    """
    try:
        entries = parse_config(text)
    except ConfigUnreadable as error:
        raise _refused(f"{name}:{error.line}:{error.column}", str(error)) from error
    _check_twice(entries, name)
    for entry in entries:
        place = f"{name}:{entry.line}:{entry.column}"
        _check(entry, place, secure=secure)
        if nodes > 1 and _has_fixed_port(entry):
            raise _refused(
                place,
                f"only one of {nodes} nodes could listen on the port of {entry.key}",
                f"write port {_ANY_PORT}, and each chooses its own, or have --nodes 1",
            )
        if entry.key == "mqtt" and store_folder is None:
            raise _refused(place, "mqtt keeps its messages in streams", _JETSTREAM_OFF)
    jetstream = next((entry for entry in entries if entry.key == _JETSTREAM), None)
    if jetstream is None:
        return text
    place = f"{name}:{jetstream.line}:{jetstream.column}"
    if store_folder is None:
        raise _refused(place, "jetstream has settings, and is not on", _JETSTREAM_OFF)
    _check_jetstream(jetstream, place, name)
    return f"{text[: jetstream.inside]} store_dir: {store_folder},{text[jetstream.inside :]}"


def _check_twice(entries: Iterable[Entry], name: str) -> None:
    lines: dict[str, int] = {}
    for entry in entries:
        if entry.key in lines:
            raise _refused(
                f"{name}:{entry.line}:{entry.column}",
                f"{entry.key} stands in line {lines[entry.key]} already,"
                " and the server would take the last",
            )
        lines[entry.key] = entry.line
        _check_twice(entry.children or (), name)


def _check(entry: Entry, place: str, *, secure: bool) -> None:
    if hint := _OWN.get(entry.key):
        raise _refused(place, f"{entry.key} is set by dev up", hint)
    if secure and entry.key in _LOGIN:
        raise _refused(place, f"{entry.key} is set by dev up --secure", "or leave --secure out")
    if entry.key in _LISTENERS:
        _check_listener(entry, place)
    if entry.key in _PLACES:
        _check_variable(entry.text, place)
        if ":" in entry.text and not _is_loopback(entry.text):
            raise _refused(
                place, f"{entry.key} listens beyond this machine", "write 127.0.0.1:PORT"
            )


def _check_listener(entry: Entry, place: str) -> None:
    _check_variable(entry.text, place)
    settings = {child.key: child.text for child in entry.children or ()}
    if not settings.keys() & {"port", "listen"}:
        return
    # Of several the server takes any: it reads them in no order.
    addresses = [settings[key] for key in _ADDRESSES if key in settings]
    for address in addresses:
        _check_variable(address, place)
    if not addresses or not all(map(_is_loopback, addresses)):
        raise _refused(
            place, f"{entry.key} listens on all networks", "write listen: 127.0.0.1:PORT in it"
        )


def _has_fixed_port(entry: Entry) -> bool:
    if entry.key in _PORTS:
        return entry.text.rpartition(":")[2] != _ANY_PORT
    if entry.key not in _LISTENERS:
        return False
    ports = [child.text for child in entry.children or () if child.key in {"port", "listen"}]
    return any(port.rpartition(":")[2] != _ANY_PORT for port in ports)


def _check_variable(text: str, place: str) -> None:
    """Refuse an address that only the server will know: a key of the file, or its environment"""
    if text.startswith("$"):
        raise _refused(
            place, f"{text} may be an address beyond this machine", "write 127.0.0.1:PORT"
        )


def _check_jetstream(entry: Entry, place: str, name: str) -> None:
    if entry.children is None:
        raise _refused(
            place, "jetstream is switched by dev up", "write only its settings, in braces"
        )
    for child in entry.children:
        if child.key in {"store_dir", "storedir", "enabled", "enable"}:
            where = f"{name}:{child.line}:{child.column}"
            raise _refused(where, f"{child.key} of jetstream is set by dev up", _DATA)


def _is_loopback(address: str) -> bool:
    host, _, port = address.rpartition(":")
    host = (host if port.lstrip("-").isdecimal() and host else address).strip("[]")
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _refused(place: str, reason: str, hint: str | None = None) -> InputError:
    return InputError(
        "snippet-refused",
        f"{place}: {reason}",
        hints=(hint,) if hint else (),
        context={"place": place},
    )
