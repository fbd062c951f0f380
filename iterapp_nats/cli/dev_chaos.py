"""`dev chaos`: let things go wrong on purpose, for the app at hand or for numbered traffic"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iterapp_nats.cli.options import FormatOption, read_duration
from iterapp_nats.cli.probe_delivery import RateOption, ReportOption, SizeOption
from iterapp_nats.delivery.scenario import Scenario
from iterapp_nats.dev.proxy.link_fault import Direction
from iterapp_nats.errors import InputError
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
NodeOption = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Which node of a cluster; without it the first"),
]
WaitOption = Annotated[
    float,
    typer.Option(
        metavar="DURATION", parser=read_duration, help="How long clients may take to be back"
    ),
]


ProveOption = Annotated[
    bool, typer.Option("--prove", help="Send numbered traffic of our own, and print what is lost")
]
CompareOption = Annotated[
    bool, typer.Option("--client-options", help="With --prove: compare what clients can set")
]
TrialsOption = Annotated[
    int, typer.Option(metavar="N", min=1, max=100, help="With --prove: so many runs of each")
]


def chaos(
    ctx: typer.Context,
    scenario: ScenarioArgument,
    lasts: ForOption = None,
    client: ClientOption = "*",
    kill: KillOption = False,
    node: NodeOption = None,
    direction: DirectionOption = Direction.BOTH,
    delay: DelayOption = 0.1,
    jitter: JitterOption = 0.1,
    bytes_per_second: ThrottleOption = 16384,
    wait: WaitOption = 10.0,
    prove: ProveOption = False,
    client_options: CompareOption = False,
    trials: TrialsOption = 1,
    rate: RateOption = 1000.0,
    size: SizeOption = 64,
    report: ReportOption = None,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Let the local server or the network fail while your app runs, and see who comes back

    Network faults need the proxy of dev up --proxy. What was broken is whole again at the end, also
    after Ctrl-C. Exit 1 when somebody who was connected has not come back.

    With --prove no app is needed: numbered messages go through the fault, and each row of the table
    tells what became of those of one run. Exit 1 when any were lost.
    """
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
    if prove or client_options:
        from iterapp_nats.cli.jobs.prove import Proof
        from iterapp_nats.cli.jobs.prove_server import prove_at_home
        from iterapp_nats.probes.option_sets import DEFAULTS, OPTION_SETS

        options = OPTION_SETS if client_options else (DEFAULTS,)
        proof = Proof(ordeal, rate, size, trials, options)
        return prove_at_home(context, proof, node, report, output_format)
    _require_unasked(ctx, "trials", "rate", "size", "report")
    from iterapp_nats.cli.jobs.chaos import rehearse, show_rehearsal

    return show_rehearsal(context.output, rehearse(context, ordeal, wait, node), output_format)


def _require_unasked(ctx: typer.Context, *names: str) -> None:
    for name in names:
        source = ctx.get_parameter_source(name)
        if source and source.name == "COMMANDLINE":
            raise InputError("usage", f"--{name} needs --prove", hints=("or leave it out",))
