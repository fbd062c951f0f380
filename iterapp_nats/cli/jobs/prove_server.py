"""Where `dev chaos --prove` happens: the project's server, or one that runs as long as it does"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from iterapp_nats.cli.dev_options import choose_backend
from iterapp_nats.cli.jobs.prove import count_trials, prove
from iterapp_nats.cli.jobs.showing import save_report
from iterapp_nats.cli.views.proof import show_head, show_row
from iterapp_nats.cli.views.table import plural
from iterapp_nats.delivery.limits import Limits
from iterapp_nats.delivery.scenario import FACTS
from iterapp_nats.dev import server
from iterapp_nats.dev.accounts.variables import load_variables
from iterapp_nats.dev.faults import require_node
from iterapp_nats.dev.lease import hold_shared
from iterapp_nats.dev.plan import ServerOptions
from iterapp_nats.dev.proxy.life import proxy_in_cluster
from iterapp_nats.dev.scenarios import Stage
from iterapp_nats.errors import ExitCode
from iterapp_nats.output import Format
from iterapp_nats.settings import Flags, Origin, Source, layer_of, resolve_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.cli.context import Context
    from iterapp_nats.cli.jobs.prove import Proof
    from iterapp_nats.delivery.proof import ProofRow
    from iterapp_nats.delivery.scenario import Scenario
    from iterapp_nats.dev.backend import Backend
    from iterapp_nats.dev.server_state import ServerState
    from iterapp_nats.dev.state import StateFolder
    from iterapp_nats.settings import Settings


def prove_at_home(
    context: Context,
    proof: Proof,
    node: int | None,
    report: str | None,
    output_format: Format,
) -> ExitCode:
    """Run every trial, print a row for each, write the report; a run that lost any is a finding"""
    output, facts = context.output, FACTS[proof.ordeal.scenario]
    as_json = output_format is Format.JSON
    rows: list[ProofRow] = []

    def add(row: ProofRow) -> None:
        rows.append(row)
        if not as_json:
            show_row(output, row)

    folder, backend = context.state_folder, choose_backend(context)
    with _borrowed(folder, backend) as state:
        _require_single(state, proof.ordeal.scenario)
        runs, stage = plural(count_trials(proof), "run"), Stage(folder, backend, node)
        url = require_node(folder, node).node_url if node else state.url
        output.say(f"{proof.ordeal.scenario}: {facts.summary}; {runs} at {url}")
        if not as_json:
            show_head(output)
        prove(stage, state, _straight_settings(folder, state), proof, add)
    if facts.caveat:
        output.say(f"note: {facts.caveat}")
    if report:
        from iterapp_nats.report.proof import render_proof_report

        save_report(context, report, render_proof_report(rows, facts.caveat))
    broken = sum(bool(Limits().broken_by(row.result)) for row in rows)
    code = ExitCode.FINDINGS if broken else ExitCode.OK
    if as_json:
        output.result(rows, exit_code=code)
    if broken:
        output.warning(f"messages were lost or unknown in {broken} of {runs}")
    return code


@contextlib.contextmanager
def _borrowed(folder: StateFolder, backend: Backend) -> Iterator[ServerState]:
    """Use the server that runs, or have one as long as the block lasts"""
    folder.create()
    try:
        with hold_shared(folder.users_file):
            yield server.start(folder, ServerOptions(), backend, is_temporary=True).state
    finally:
        server.stop_temporary(folder)


def _require_single(state: ServerState, scenario: Scenario) -> None:
    if FACTS[scenario].needs_proxy and state.nodes > 1:
        raise proxy_in_cluster()


def _straight_settings(folder: StateFolder, state: ServerState) -> Settings:
    """Return the settings of an app, past a proxy that may stand in front"""
    variables = load_variables(folder, state)
    values = {name: value.reveal() for name, value in variables.items()}
    layer = layer_of(Source(Origin.DEV_SERVER), values | {"NATS_URL": state.url})
    return resolve_settings(Flags(), [layer])
