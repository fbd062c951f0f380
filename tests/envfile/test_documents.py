from __future__ import annotations

import base64
import json
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.envfile.render import render_variables
from iterapp_nats.envfile.variables import Consumer, Variables
from iterapp_nats.envfile.yaml import quote_yaml, yaml_text
from iterapp_nats.secret import Secret
from tests.envfile.samples import AWKWARD, CREDS, FULL, FULL_VALUES
from tests.support.tools import require_tool

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
LOCAL = Variables("nats://127.0.0.1:4222", credentials=Secret(CREDS))


@given(
    text=TEXTS | st.sampled_from(["yes", "1e3", "0x1F", "~", "- a", "a: b", "{", "NULL", "=", ""])
)
def test_quoted_scalar_is_a_yaml_string(text: str) -> None:
    assert yaml.safe_load(quote_yaml(text)) == text


@given(text=TEXTS | st.lists(st.sampled_from(["a", " b", "", "\t", "#", "c: d"])).map("\n".join))
def test_yaml_text_of_several_lines_is_exact(text: str) -> None:
    document = f"data:\n  value: {yaml_text(text, indent=4)}\n  next: 1\n"
    assert yaml.safe_load(document) == {"data": {"value": text, "next": 1}}


def test_usual_text_of_several_lines_is_a_block_that_people_can_read() -> None:
    assert yaml_text("one\ntwo\n", indent=2) == "|\n  one\n  two"


def test_json_is_exact() -> None:
    assert json.loads(render_variables(Consumer.JSON, FULL).text) == FULL_VALUES


def test_json_is_exact_in_jq() -> None:
    text = render_variables(Consumer.JSON, FULL).text
    command = [require_tool("jq"), "-j", ".NATS_CREDENTIALS, .NATS_CA_FILE"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    assert done.stdout == CREDS + FULL_VALUES["NATS_CA_FILE"]


def test_null_form_is_exact_in_xargs() -> None:
    text = render_variables(Consumer.NULL, FULL).text
    command = [require_tool("xargs"), "-0", "sh", "-c", 'exec env -i "$@" env -0', "sh"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    assert done.stdout == text
    assert dict(entry.split("=", 1) for entry in text.split("\0")[:-1]) == FULL_VALUES


def test_kubernetes_secret_holds_what_means_the_same_in_a_pod() -> None:
    rendered = render_variables(Consumer.KUBERNETES, FULL, name="orders-nats")
    secret = yaml.safe_load(rendered.text)
    assert (secret["apiVersion"], secret["kind"]) == ("v1", "Secret")
    assert secret["metadata"] == {"name": "orders-nats"}
    assert secret["stringData"] == {"NATS_URL": FULL.url, "NATS_CREDENTIALS": CREDS}
    assert ["NATS_URL" in note for note in rendered.notes] == [True, False]
    assert "NATS_CA_FILE is a path of this machine" in rendered.notes[1]


def test_kubernetes_secret_is_exact_in_kubectl(tmp_path: Path) -> None:
    variables = Variables("nats://user:p#ss@nats:4222", credentials=Secret(CREDS))
    text = render_variables(Consumer.KUBERNETES, variables).text
    # --local reads and prints the object without a cluster.
    command = [require_tool("kubectl"), "label", "--local", "-f", "-", "app=orders", "-o", "json"]
    environ = {"HOME": str(tmp_path)}
    done = subprocess.run(
        command, input=text, env=environ, capture_output=True, text=True, check=True, timeout=30
    )
    assert json.loads(done.stdout)["stringData"] == {
        "NATS_URL": "nats://user:p#ss@nats:4222",
        "NATS_CREDENTIALS": CREDS,
    }


def test_kubernetes_says_how_a_creds_file_gets_in() -> None:
    variables = Variables("nats://nats:4222", credentials_file="/srv/nats.creds")
    (note,) = render_variables(Consumer.KUBERNETES, variables).notes
    assert "--from-file=NATS_CREDENTIALS=FILE" in note


def test_compose_mounts_the_files_and_reaches_the_host() -> None:
    document = yaml.safe_load(render_variables(Consumer.COMPOSE, FULL, name="orders").text)
    service = document["services"]["orders"]
    # Compose replaces $NAME in every value and reads two dollars as one.
    assert _undouble(service["environment"]) == {
        "NATS_URL": "tls://host.docker.internal:4222",
        "NATS_CREDENTIALS_FILE": "/run/iterapp-nats/nats.creds",
        "NATS_CA_FILE": "/run/iterapp-nats/ca.pem",
    }
    assert service["extra_hosts"] == ["host.docker.internal:host-gateway"]
    assert [_undouble(volume) for volume in service["volumes"]] == [
        _bind(FULL_VALUES["NATS_CREDENTIALS_FILE"], "/run/iterapp-nats/nats.creds"),
        _bind(FULL_VALUES["NATS_CA_FILE"], "/run/iterapp-nats/ca.pem"),
    ]


def test_compose_carries_creds_exactly_where_there_is_no_file() -> None:
    document = yaml.safe_load(render_variables(Consumer.COMPOSE, LOCAL).text)
    service = document["services"]["nats"]
    assert service["environment"]["NATS_CREDENTIALS"] == CREDS
    assert "volumes" not in service


@pytest.mark.parametrize("value", AWKWARD)
def test_compose_carries_awkward_paths(value: str) -> None:
    variables = Variables("nats://nats:4222", ca_file=value)
    service = yaml.safe_load(render_variables(Consumer.COMPOSE, variables).text)["services"]["nats"]
    assert _undouble(service["volumes"][0])["source"] == value
    assert "extra_hosts" not in service


def test_creds_survive_the_base64_of_a_stored_secret() -> None:
    secret = yaml.safe_load(render_variables(Consumer.KUBERNETES, LOCAL).text)
    stored = base64.b64encode(secret["stringData"]["NATS_CREDENTIALS"].encode())
    assert base64.b64decode(stored).decode() == CREDS


def _bind(source: str, target: str) -> dict[str, object]:
    return {"type": "bind", "source": source, "target": target, "read_only": True}


def _undouble(values: dict[str, object]) -> dict[str, object]:
    return {
        name: value.replace("$$", "$") if isinstance(value, str) else value
        for name, value in values.items()
    }
