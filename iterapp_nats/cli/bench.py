"""`bench`: throughput and latency of a server, each client a process of its own"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final

import typer

from iterapp_nats.cli.options import FormatOption, read_duration
from iterapp_nats.output import Format
from iterapp_nats.subject import require_pattern, require_subject

if TYPE_CHECKING:
    from iterapp_nats.cli.context import Context


SubjectArgument = Annotated[str, typer.Argument(help="Subject to measure on")]
OwnSubjectArgument = Annotated[
    str, typer.Argument(help="Subject to measure on", show_default="one of its own")
]
MessagesOption = Annotated[
    int, typer.Option(metavar="N", min=1, help="Messages, shared among the publishers")
]
RequestsOption = Annotated[
    int, typer.Option("--messages", metavar="N", min=1, help="Requests of all requesters together")
]
SizeOption = Annotated[int, typer.Option(metavar="BYTES", min=0, help="Size of a payload")]
PublishersOption = Annotated[int, typer.Option(metavar="N", min=1, help="Publishing processes")]
SubscribersOption = Annotated[int, typer.Option(metavar="N", min=1, help="Subscribing processes")]
RateOption = Annotated[
    float | None,
    typer.Option(metavar="N", min=0.001, help="At most so many messages a second in all"),
]
WarmUpOption = Annotated[
    int, typer.Option("--warm-up", metavar="N", min=0, help="Messages before what is measured")
]
LongTimeoutOption = Annotated[
    float,
    typer.Option("--timeout", metavar="DURATION", parser=read_duration, help="End after this"),
]
RequestersOption = Annotated[int, typer.Option(metavar="N", min=1, help="Requesting processes")]
ConcurrencyOption = Annotated[
    int, typer.Option(metavar="N", min=1, help="Requests under way at once, for each requester")
]
RespondersOption = Annotated[
    int, typer.Option(metavar="N", min=0, help="Answering processes; 0: somebody else answers")
]
MinRateOption = Annotated[
    float | None,
    typer.Option("--min-rate", metavar="N", help="Fewer messages a second are a failure"),
]
MaxP99Option = Annotated[
    float | None,
    typer.Option(
        "--max-p99",
        metavar="DURATION",
        parser=read_duration,
        help="A longer latency of 99 % is a failure",
    ),
]
DEFAULT_SUBJECT: Final = "iterapp.bench"


def pub(
    ctx: typer.Context,
    subject: SubjectArgument = DEFAULT_SUBJECT,
    messages: MessagesOption = 1_000_000,
    size: SizeOption = 128,
    publishers: PublishersOption = 1,
    rate: RateOption = None,
    warm_up: WarmUpOption = 10_000,
    timeout: LongTimeoutOption = 60.0,
    min_rate: MinRateOption = None,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Measure publishing, until the server has seen the last message"""
    from iterapp_nats.bench.plan import ClientPlan, Role, plan_shares
    from iterapp_nats.bench.result import Thresholds
    from iterapp_nats.cli.jobs.bench import run

    context: Context = ctx.obj
    require_subject(subject)
    whole = ClientPlan(Role.PUBLISH, subject, messages, warm_up, size, timeout, rate)
    return run(context, plan_shares(whole, publishers), Thresholds(min_rate), output_format)


def sub(
    ctx: typer.Context,
    subject: SubjectArgument = DEFAULT_SUBJECT,
    messages: MessagesOption = 1_000_000,
    subscribers: SubscribersOption = 1,
    timeout: LongTimeoutOption = 60.0,
    min_rate: MinRateOption = None,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Measure receiving what somebody else publishes"""
    from iterapp_nats.bench.plan import ClientPlan, Role
    from iterapp_nats.bench.result import Thresholds
    from iterapp_nats.cli.jobs.bench import run

    context: Context = ctx.obj
    require_pattern(subject)
    plan = ClientPlan(Role.SUBSCRIBE, subject, messages, 0, 0, timeout)
    return run(context, [plan] * subscribers, Thresholds(min_rate), output_format)


def pubsub(
    ctx: typer.Context,
    subject: OwnSubjectArgument = "",
    messages: MessagesOption = 1_000_000,
    size: SizeOption = 128,
    publishers: PublishersOption = 1,
    subscribers: SubscribersOption = 1,
    rate: RateOption = None,
    warm_up: WarmUpOption = 10_000,
    timeout: LongTimeoutOption = 60.0,
    min_rate: MinRateOption = None,
    max_p99: MaxP99Option = None,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Measure messages from publishers to subscribers, and count the lost ones"""
    import secrets

    from iterapp_nats.bench.plan import ClientPlan, Role, plan_shares
    from iterapp_nats.bench.result import Thresholds
    from iterapp_nats.cli.jobs.bench import run

    context: Context = ctx.obj
    # Another run at the same time is to add nothing to this one.
    subject = require_subject(subject or f"{DEFAULT_SUBJECT}.{secrets.token_hex(4)}")
    whole = ClientPlan(Role.PUBLISH, subject, messages, warm_up, size, timeout, rate)
    receiving = [replace(whole, role=Role.SUBSCRIBE)] * subscribers
    plans = [*receiving, *plan_shares(whole, publishers)]
    return run(context, plans, Thresholds(min_rate, max_p99), output_format)


def request(
    ctx: typer.Context,
    subject: SubjectArgument = DEFAULT_SUBJECT,
    messages: RequestsOption = 10_000,
    size: SizeOption = 128,
    requesters: RequestersOption = 1,
    concurrency: ConcurrencyOption = 1,
    responders: RespondersOption = 1,
    warm_up: WarmUpOption = 100,
    timeout: LongTimeoutOption = 60.0,
    min_rate: MinRateOption = None,
    max_p99: MaxP99Option = None,
    output_format: FormatOption = Format.TEXT,
) -> int:
    """Measure requests and their answers"""
    from iterapp_nats.bench.plan import ClientPlan, Role, plan_shares
    from iterapp_nats.bench.result import Thresholds
    from iterapp_nats.cli.jobs.bench import run

    context: Context = ctx.obj
    require_subject(subject)
    whole = ClientPlan(
        Role.REQUEST, subject, messages, warm_up, size, timeout, concurrency=concurrency
    )
    answering = [replace(whole, role=Role.REPLY)] * responders
    plans = [*answering, *plan_shares(whole, requesters)]
    return run(context, plans, Thresholds(min_rate, max_p99), output_format)


def client(ctx: typer.Context) -> int:
    """Be one client of a benchmark, told by stdin what to do"""
    from iterapp_nats.cli.jobs.bench import run_as_client

    context: Context = ctx.obj
    return run_as_client(context)
