"""`dev chaos`: let things go wrong on purpose, for the app at hand or for numbered traffic"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.options import FormatOption, read_duration
from iterapp_nats.delivery.scenario import Scenario
from iterapp_nats.dev.proxy.link_fault import Direction
from iterapp_nats.output import Format

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context

ScenarioArgument = Annotated[Scenario, typer.Argument(help="What goes wrong", show_default=False)]
ForOption = Annotated[
    float | None,
    typer.Option("--for", metavar="DURATION", parser=read_duration, help="How long it lasts"),
]
ClientOption = Annotated[
    str, typer.Option(metavar="PATTERN", help="kick: whose name matches, * and ? allowed")
]
KillOption = Annotated[
    bool, typer.Option("--kill", help="restart, outage: end the server without a last word")
]
DirectionOption = Annotated[
    Direction, typer.Option(help="Network faults: which bytes, as clients see them")
]
DelayOption = Annotated[
    float, typer.Option(metavar="DURATION", parser=read_duration, help="latency: at least so much")
]
JitterOption = Annotated[
    float,
    typer.Option(metavar="DURATION", parser=read_duration, help="latency: up to so much more"),
]
ThrottleOption = Annotated[
    int, typer.Option("--bytes-per-second", metavar="N", help="throttle, slow-consumer: the rate")
]
WaitOption = Annotated[
    float,
    typer.Option(
        metavar="DURATION", parser=read_duration, help="How long clients may take to be back"
    ),
]


def chaos(
    ctx: typer.Context,
    scenario: ScenarioArgument,
    lasts: ForOption = None,
    client: ClientOption = "*",
    kill: KillOption = False,
    direction: DirectionOption = Direction.BOTH,
    delay: DelayOption = 0.1,
    jitter: JitterOption = 0.1,
    bytes_per_second: ThrottleOption = 16384,
    wait: WaitOption = 10.0,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Let the local server or the network fail while your app runs, and see who comes back

    Network faults need the proxy of dev up --proxy. What was broken is whole again at the end, also
    after Ctrl-C. Exit 1 when somebody who was connected has not come back.
    """
    from iterapp_nats.cli.jobs.chaos import rehearse, show_rehearsal
    from iterapp_nats.delivery.scenario import FACTS
    from iterapp_nats.dev.proxy.link_fault import require_throttle
    from iterapp_nats.dev.scenarios import Ordeal

    context: Context = ctx.obj
    ordeal = Ordeal(
        scenario=scenario,
        lasts_s=FACTS[scenario].lasts_s if lasts is None else lasts,
        clients=client,
        direction=direction,
        delay_s=delay,
        jitter_s=jitter,
        bytes_per_s=require_throttle(bytes_per_second),
        is_killed=kill,
    )
    result = rehearse(context, ordeal, wait)
    return show_rehearsal(context.output, result, output_format)
