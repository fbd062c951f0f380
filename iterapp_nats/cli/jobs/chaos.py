"""What one `dev chaos` does: see who is there, do it, and wait for them to come back"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from iterapp_nats.cli.dev_options import choose_backend
from iterapp_nats.delivery.scenario import FACTS, Scenario
from iterapp_nats.dev.faults import require_node, require_running
from iterapp_nats.dev.homecoming import GuestReturn, Return, match_guests
from iterapp_nats.dev.proxy.state import ProxyFiles
from iterapp_nats.errors import ExitCode, InputError
from iterapp_nats.output import Format

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from iterapp_nats.cli.context import Context
    from iterapp_nats.dev.proxy.link_fault import LinkFault
    from iterapp_nats.dev.proxy.state import ProxyState
    from iterapp_nats.dev.scenarios import Ordeal, Stage
    from iterapp_nats.dev.state import StateFolder
    from iterapp_nats.output import Output

_POLL_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """How a fault went, and who of those connected before is there again"""

    scenario: Scenario
    url: str
    lasted_s: float
    clients: tuple[GuestReturn, ...]
    notes: tuple[str, ...] = ()

    @property
    def gone(self) -> int:
        """How many have not come back"""
        return sum(client.outcome is Return.GONE for client in self.clients)


def rehearse(context: Context, ordeal: Ordeal, wait_s: float, node: int | None) -> Rehearsal:
    """Do it to the running local server of the project, or to one node of its cluster

    Raises:
        LocalServerError: `nobody-to-kick`, `proxy-silent`, `fault-busy`, …
        InputError: `server-not-running`, `node-missing`, `proxy-missing`

    """
    import asyncio

    from iterapp_nats.dev.scenarios import Stage

    folder = context.state_folder
    state = require_running(folder)
    url = require_node(folder, node).node_url if node else state.url
    proxy = _require_proxy(folder, ordeal.scenario)
    facts = FACTS[ordeal.scenario]
    lasts = f" for {ordeal.lasts_s:g} s" if ordeal.lasts_s else ""
    context.output.say(f"{ordeal.scenario}{lasts} at {url}: {facts.summary}")
    stage = Stage(folder, choose_backend(context), node)
    return asyncio.run(_rehearse(stage, url, ordeal, proxy, wait_s))


async def _rehearse(
    stage: Stage, url: str, ordeal: Ordeal, proxy: ProxyState | None, wait_s: float
) -> Rehearsal:
    import asyncio

    from iterapp_nats.dev.scenarios import find_guests, inject

    def link(fault: LinkFault) -> AbstractAsyncContextManager[object]:
        from iterapp_nats.dev.proxy.control import order_fault

        if proxy is None:
            raise ValueError(fault.trouble)
        return order_fault(proxy, fault)

    before = await find_guests(stage.folder)
    began_s, clock_s = time.time(), time.monotonic()
    await inject(stage, ordeal, link)
    lasted_s = time.monotonic() - clock_s
    deadline_s = time.monotonic() + wait_s
    while True:
        clients = match_guests(before, await find_guests(stage.folder), began_s)
        is_complete = all(client.outcome is not Return.GONE for client in clients)
        if is_complete or time.monotonic() > deadline_s:
            break
        await asyncio.sleep(_POLL_S)
    caveat = FACTS[ordeal.scenario].caveat
    return Rehearsal(ordeal.scenario, url, lasted_s, clients, (caveat,) if caveat else ())


def _require_proxy(folder: StateFolder, scenario: Scenario) -> ProxyState | None:
    if not FACTS[scenario].needs_proxy:
        return None
    proxy = ProxyFiles(folder).find_running()
    if proxy:
        return proxy
    raise InputError(
        "proxy-missing",
        f"{scenario} happens in a proxy in front of the local server, and there is none",
        hints=(
            "put one there with iterapp-nats dev up --proxy",
            "start your app again then: its address differs",
        ),
    )


def show_rehearsal(output: Output, result: Rehearsal, output_format: Format) -> ExitCode:
    """Print who came back, and return the exit code"""
    code = ExitCode.FINDINGS if result.gone else ExitCode.OK
    if output_format is Format.JSON:
        output.result(result, exit_code=code)
        return code
    width = max((len(client.label) for client in result.clients), default=0)
    for client in result.clients:
        output.line(f"{client.label:{width}}  {_words(client)}")
    if not result.clients:
        output.warning("no client was connected: nothing was rehearsed")
    for note in result.notes:
        output.say(f"note: {note}")
    output.say(
        f"it lasted {result.lasted_s:.2f} s; see what it loses with"
        f" iterapp-nats dev chaos {result.scenario} --prove"
    )
    return code


def _words(client: GuestReturn) -> str:
    match client.outcome:
        case Return.STAYED:
            return "stayed connected"
        case Return.BACK:
            return f"back {client.after_s or 0.0:.2f} s after the begin"
        case Return.GONE:
            return "gone: not back in time"
