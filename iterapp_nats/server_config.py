"""The configuration text that nats-server reads"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from iterapp_nats.secret import Secret

# The server cuts a client that reads too slowly; a developer who stops a pager for a minute
# should not lose messages for it (measured: the defaults lost 97 % of a burst in six seconds).
_MAX_PENDING: Final = "1GB"
_WRITE_DEADLINE: Final = "60s"
_LAME_DUCK_GRACE: Final = "1s"
_LAME_DUCK_DURATION: Final = "30s"
SYSTEM_USER: Final = "system"
PLAIN_ACCOUNT: Final = "APP"
_APP_USER: Final = "app"
_LOG_BYTES: Final = 50 << 20
_LOG_FILES: Final = 3
# An account that the resolver does not know is answered after this; the default of 1.9 s comes too
# late for clients that give up a connect after 2 s.
_RESOLVER_TIMEOUT: Final = "300ms"


@dataclass(frozen=True, slots=True)
class SecurePlan:
    """Operator mode and TLS, as on the platform; every path is absolute

    The resolver finds an account by its file `A….jwt` in `resolver_folder`, also one that was added
    after the start. The JWTs here are public: they hold no seed.
    """

    operator_jwt: str
    system_account: str
    system_account_jwt: str
    resolver_folder: str
    certificate_file: str
    key_file: str
    ca_file: str


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """One node among others: `routes` are the addresses that the nodes reach each other by"""

    name: str
    listen: str
    routes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServerPlan:
    """What one server is to be; every path is absolute

    A plain server lets everybody in; with a `system_password` it has a system user beside.
    `advertise` is the address that clients are told of, where it is not the one listened on.
    `snippet_file` is included at the end, so that its settings win.
    """

    generation: str
    host: str
    port: int
    log_file: str
    pid_file: str
    store_folder: str | None = None
    secure: SecurePlan | None = None
    system_password: Secret | None = None
    advertise: str | None = None
    cluster: ClusterPlan | None = None
    websocket: str | None = None
    snippet_file: str | None = None


def render_server_config(plan: ServerPlan) -> str:
    """Return the configuration file of a server"""
    lines = [
        "# written by iterapp-nats dev up; changes are lost at the next start",
        f"server_name: {quote(plan.generation)}",
        f"listen: {quote(f'{plan.host}:{plan.port}')}",
        f"pid_file: {quote(plan.pid_file)}",
        f"log_file: {quote(plan.log_file)}",
        f"logfile_size_limit: {_LOG_BYTES}",
        f"logfile_max_num: {_LOG_FILES}",
        f"max_pending: {_MAX_PENDING}",
        f"write_deadline: {quote(_WRITE_DEADLINE)}",
        # Before a lame duck closes anything; the server's own 10 s are meant for thousands.
        f"lame_duck_grace_period: {quote(_LAME_DUCK_GRACE)}",
        f"lame_duck_duration: {quote(_LAME_DUCK_DURATION)}",
    ]
    if plan.store_folder:
        lines.append(f"jetstream {{ store_dir: {quote(plan.store_folder)} }}")
    if plan.secure:
        lines += _secure_lines(plan.secure)
    elif plan.system_password:
        lines += _plain_lines(plan.system_password, has_jetstream=plan.store_folder is not None)
    if plan.advertise:
        lines.append(f"client_advertise: {quote(plan.advertise)}")
    if plan.cluster:
        lines += _cluster_lines(plan.cluster, plan.secure)
    if plan.websocket:
        lines.append(_websocket_line(plan.websocket, plan.secure))
    if plan.snippet_file:
        lines.append(f"include {quote(plan.snippet_file)}")
    return "\n".join(lines) + "\n"


def _cluster_lines(plan: ClusterPlan, secure: SecurePlan | None) -> list[str]:
    routes = ", ".join(quote(f"nats-route://{address}") for address in plan.routes)
    # Both sides of a route show a certificate, and both check it.
    tls = f" tls {{ {_tls(secure)}, ca_file: {quote(secure.ca_file)} }}," if secure else ""
    listen = f"name: {quote(plan.name)}, listen: {quote(plan.listen)}"
    return [
        f"cluster {{ {listen},{tls} routes: [{routes}] }}",
    ]


def _websocket_line(listen: str, secure: SecurePlan | None) -> str:
    if secure is None:
        return f"websocket {{ listen: {quote(listen)}, no_tls: true }}"
    return f"websocket {{ listen: {quote(listen)}, tls {{ {_tls(secure)} }} }}"


def _tls(plan: SecurePlan) -> str:
    return f"cert_file: {quote(plan.certificate_file)}, key_file: {quote(plan.key_file)}"


def _secure_lines(plan: SecurePlan) -> list[str]:
    folder, timeout = quote(plan.resolver_folder), quote(_RESOLVER_TIMEOUT)
    return [
        f"operator: {quote(plan.operator_jwt)}",
        f"system_account: {plan.system_account}",
        f"resolver {{ type: full, dir: {folder}, timeout: {timeout} }}",
        f"resolver_preload {{ {plan.system_account}: {quote(plan.system_account_jwt)} }}",
        f"tls {{ {_tls(plan)} }}",
        # The only place that says why a login was refused; it holds no JWT and no seed.
        "debug: true",
    ]


def _plain_lines(system_password: Secret, *, has_jetstream: bool) -> list[str]:
    # Whoever brings no user and no password is the app. INFO still asks for no login.
    jetstream = " jetstream: enabled," if has_jetstream else ""
    login = f"{{ user: {SYSTEM_USER}, password: {quote(system_password.reveal())} }}"
    return [
        f"accounts {{ $SYS {{ users: [{login}] }}",
        f"  {PLAIN_ACCOUNT} {{{jetstream} users: [{{ user: {_APP_USER} }}] }} }}",
        f"no_auth_user: {_APP_USER}",
    ]


def tightened(config: str, write_deadline_s: float) -> str:
    """Return a configuration whose server cuts clients off that do not read for so long"""
    usual = f"write_deadline: {quote(_WRITE_DEADLINE)}"
    return config.replace(usual, f"write_deadline: {quote(f'{int(write_deadline_s * 1000)}ms')}")


def quote(text: str) -> str:
    r"""Return a string of the configuration language, pure ASCII

    JSON would not do: of its escapes the server knows `\"`, `\\`, `\n`, `\r` and `\t` alone, and
    answers `\u00f6` with a parse error. `\xHH` is a byte, also of a path that is not UTF-8.
    """
    content = text.encode("utf-8", "surrogateescape")
    return '"' + "".join(_QUOTED.get(byte, f"\\x{byte:02x}") for byte in content) + '"'


_PRINTABLE: Final = range(0x20, 0x7F)
_QUOTED: Final = {byte: chr(byte) for byte in _PRINTABLE} | {0x22: '\\"', 0x5C: "\\\\"}
