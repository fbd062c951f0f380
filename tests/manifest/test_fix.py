"""check --fix: each fix does what its title says, and nothing else"""

from __future__ import annotations

from random import Random

import pytest

from iterapp_nats.manifest.check import check_manifest
from iterapp_nats.manifest.document import parse_manifest
from iterapp_nats.manifest.edit import fix_manifest
from iterapp_nats.manifest.findings import Edit, Fix, FixIntent
from iterapp_nats.manifest.proof import apply_fix
from iterapp_nats.manifest.source import CheckOptions, ManifestSource
from tests.manifest.samples import mutate

FIXABLE = (
    "\ufeffport = 1\n",
    "nats = {} # messages\nport = 80\n",
    "name = 'a'\n\n# messages\n[nats] # on\nport = 80\n\n[env.prod]\nA = 1\n",
    "[postgres]\r\nport = 80\r\n['nats']\r\nreplicas = 2",
    "[env.prod]\nA = 3 # three\nB = { encrypted = 'x' }\nC = true\n",
    "env.prod = { A = -1.5, B = 1979-05-27 07:32:00Z, C = nan }",
)


def fixed(text: str, options: CheckOptions | None = None) -> tuple[str, tuple[str, ...]]:
    result = fix_manifest(ManifestSource("iterapp.toml", text.encode()), options or CheckOptions())
    return result.new.decode(), result.done


@pytest.mark.parametrize(
    ("text", "new", "done"),
    [
        (
            "\ufeffport = 80\r\n",
            "port = 80\r\n",
            ("bom in line 1: remove the byte order mark",),
        ),
        (
            "nats = {}\nport = 80\n",
            "port = 80\n\n[nats]\n",
            ("nats-style in line 1: write [nats]",),
        ),
        (
            "nats = {} # messages\nport = 80",
            "port = 80\n\n[nats] # messages",
            ("nats-style in line 1: write [nats]",),
        ),
        ("[ 'nats' ]\n", "[ nats ]\n", ("nats-style in line 1: write [nats]",)),
        ('["nats".x]\n["nats"]\n', '["nats".x]\n[nats]\n', ("nats-style in line 1: write [nats]",)),
        (
            "name = 'a'\n\n# messages\n[nats] # on\nport = 80\n\n[env.prod]\nA = 'b'\n",
            "name = 'a'\n\nport = 80\n\n[env.prod]\nA = 'b'\n\n# messages\n[nats] # on\n",
            ("nats-swallow in line 5: move [nats] to the end",),
        ),
        (
            "[postgres]\r\nport = 80\r\n[nats]\r\nreplicas = 2",
            "port = 80\r\nreplicas = 2\r\n\r\n[postgres]\r\n\r\n[nats]",
            (
                "nats-swallow in line 2: move [postgres] to the end",
                "nats-swallow in line 3: move [nats] to the end",
            ),
        ),
        (
            "[env.prod]\nA = 3 # three\nB = { encrypted = 'x' }\nC = true\n",
            '[env.prod]\nA = "3" # three\nB = { encrypted = \'x\' }\nC = "true"\n',
            (
                "env-not-string in line 2: put quotes round the value",
                "env-not-string in line 4: put quotes round the value",
            ),
        ),
        (
            "env.prod = { A = -1.5, B = 1979-05-27 07:32:00Z, C = nan }",
            'env.prod = { A = "-1.5", B = "1979-05-27 07:32:00Z", C = "nan" }',
            ("env-not-string in line 1: put quotes round the value",) * 3,
        ),
    ],
)
def test_a_fix_changes_only_what_it_names(text: str, new: str, done: tuple[str, ...]) -> None:
    assert fixed(text) == (new, done)


@pytest.mark.parametrize(
    "text",
    [
        "[env.prod]\nA = 0x1F\nB = 1_000\nC = [1]\n",  # what was meant, the letters or the number?
        "[nats]\nport = 80\nother = 1\n",  # other would become a root key too
        "port = 1\n[nats]\nport = 80\n",  # the root has a port already
        "[build]\nbuild_in_kubernetes = true\n[nats]\nport = 80\n",  # port would fall to [build]
        "nats = { port = 80 }\n",
        "nats.x = 1\n",
        "[Nats]\n",
        "\ufeffport =",
    ],
)
def test_what_a_person_has_to_decide_is_left_alone(text: str) -> None:
    assert fixed(text) == (text, ())
    report = check_manifest(ManifestSource("iterapp.toml", text.encode()))
    assert report.findings
    assert not any(finding.fix for finding in report.findings)


def test_a_rule_that_does_not_run_or_is_silenced_fixes_nothing() -> None:
    text = "nats = {} # iterapp-nats: ignore[nats-style]\n[env.prod]\nA = 1\n"
    assert fixed(text, CheckOptions(ignore=frozenset({"env-not-string"}))) == (text, ())


def test_a_fix_that_cannot_be_proved_is_left_out_and_named() -> None:
    nested = "a = " + f"{{ b{'.b' * 90} = " * 150 + "1" + " }" * 150
    result = fix_manifest(ManifestSource("iterapp.toml", f"\ufeff{nested}".encode()))
    assert not result.has_changed
    assert result.notes == ("bom in line 1 cannot be fixed without other changes",)


def test_a_fix_that_changes_nothing_or_something_else_is_not_made() -> None:
    manifest = parse_manifest("[nats]\n[env]\n")
    for text in ("nats", "env", "]["):
        edit = Edit(manifest.layout.key_span(("nats",)), text)
        assert apply_fix(manifest, Fix("title", FixIntent.REWRITE_FLAG, edits=(edit,))) is None


def test_fixing_again_changes_nothing_and_never_changes_the_verdict() -> None:
    random = Random(5)  # noqa: S311 - test data that must be the same each time
    changed = 0
    for _ in range(1_500):
        text = mutate(random, random.choice(FIXABLE))
        new, done = fixed(text)
        assert fixed(new) == (new, ())
        assert parse_manifest(new).verdict is parse_manifest(text).verdict
        changed += bool(done)
    assert changed > 100
