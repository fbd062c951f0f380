"""The JSON Schema for editors says of a file what the check says, as far as a schema can"""

from __future__ import annotations

import json
import tomllib

import pytest
from jsonschema import Draft7Validator

from iterapp_nats.manifest.known import ROOT_KEYS, ROOT_VALUES
from iterapp_nats.manifest.schema import editor_schema
from tests.manifest.samples import JOBS, WEB_APP

SCHEMA = json.loads(editor_schema())
VALIDATOR = Draft7Validator(SCHEMA)


def accepts(text: str) -> bool:
    return bool(VALIDATOR.is_valid(tomllib.loads(text)))


def test_it_is_a_valid_schema_and_names_every_known_key() -> None:
    Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"].keys() == ROOT_KEYS
    assert SCHEMA["additionalProperties"] is True


@pytest.mark.parametrize(
    "text",
    [
        "",
        WEB_APP,
        JOBS,
        "something_new = 1",
        "[experimental]\nanything = [1, { a = 'b' }]",
        "[postgres]\nextensions = ['uuid-ossp']",
        "[nats]\nlater = 1",
        "[env.snap3]\nA = '1'",
        "[[files.prod]]\nmount_path = '/a'\n'b.txt' = 'c'",
    ],
)
def test_what_is_right_or_free_form_is_accepted(text: str) -> None:
    assert accepts(text)


@pytest.mark.parametrize(
    "text",
    [
        "nats = true",
        "[[nats]]",
        "[nats]\nenabled = false",
        *(f"[nats]\n{name} = 1" for name in sorted(ROOT_VALUES)),
        "port = '80'",
        "[env.prod]\nA = 1",
        "[env.snap3]\nA = 1",
        "[env.prod]\nA = { encrypt = 'x' }",
        "[env.prod]\nA = { secret = 'x' }",
        "applings = ['../api']",
        "applings = ['api', 'api']",
        "readiness_path = 'healthz'",
    ],
)
def test_a_mistake_is_refused(text: str) -> None:
    assert not accepts(text)
