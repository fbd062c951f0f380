from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.bench.plan import (
    ClientPlan,
    Role,
    RoundReport,
    State,
    parse_plan,
    parse_report,
    parse_state,
    plan_shares,
    render_line,
    sampled,
)

plans = st.builds(
    ClientPlan,
    role=st.sampled_from(Role),
    subject=st.text(),
    messages=st.integers(0, 1000),
    warm_up=st.integers(0, 1000),
    size=st.integers(0, 1000),
    timeout_s=st.floats(0, 100),
    rate=st.none() | st.floats(0.1, 1000),
)
reports = st.builds(
    RoundReport,
    messages=st.integers(0, 1000),
    bytes=st.integers(0, 1000),
    began_s=st.floats(0, 10),
    ended_s=st.floats(10, 20),
    latencies_s=st.lists(st.floats(0, 1)).map(tuple),
)


@given(plans, reports, st.sampled_from(State))
def test_what_crosses_the_border_of_a_process_is_read_as_it_was_written(
    plan: ClientPlan, report: RoundReport, state: State
) -> None:
    assert parse_plan(render_line(plan)) == plan
    assert parse_report(render_line(report)) == report
    assert parse_state(render_line(state)) is state


@given(plans, st.integers(1, 20))
def test_shares_make_up_the_whole(whole: ClientPlan, clients: int) -> None:
    shares = plan_shares(whole, clients)
    assert len(shares) == clients
    assert sum(share.messages for share in shares) == whole.messages
    assert sum(share.warm_up for share in shares) == whole.warm_up
    assert max(share.messages for share in shares) - min(share.messages for share in shares) <= 1
    for share in shares:
        others = replace(share, messages=whole.messages, warm_up=whole.warm_up, rate=whole.rate)
        assert others == whole
        assert share.rate is None or share.rate * clients > 0


@given(st.lists(st.floats(0, 1)), st.integers(1, 10))
def test_a_sample_is_small_and_of_the_values(values: list[float], at_most: int) -> None:
    sample = sampled(values, at_most)
    assert len(sample) <= at_most
    assert set(sample) <= set(values)
    assert bool(sample) == bool(values)
