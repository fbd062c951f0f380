"""Each rule with a file that it speaks up at, and one that is nearly the same and right"""

from __future__ import annotations

import pytest

from iterapp_nats.manifest.severity import Severity
from iterapp_nats.manifest.source import CheckOptions
from tests.manifest.checking import findings, told
from tests.manifest.samples import JOBS, WEB_APP


@pytest.mark.parametrize("text", [WEB_APP, WEB_APP.replace("\n", "\r\n"), JOBS])
def test_a_file_as_it_should_be_has_no_finding(text: str) -> None:
    assert findings(text) == ()


@pytest.mark.parametrize(
    ("text", "rule", "severity", "place", "message"),
    [
        (
            "\ufeffport = 80",
            "bom",
            Severity.WARNING,
            (1, 1),
            "the file begins with a byte order mark, which some TOML parsers refuse",
        ),
        (
            "port = 1\nnats = true",
            "nats-type",
            Severity.ERROR,
            (2, 1),
            "nats is a boolean, not a table",
        ),
        (
            "nats = 07:32:00",
            "nats-type",
            Severity.ERROR,
            (1, 1),
            "nats is a date or time, not a table",
        ),
        ("nats = 0.5", "nats-type", Severity.ERROR, (1, 1), "nats is a float, not a table"),
        (
            "[[nats]]",
            "nats-type",
            Severity.ERROR,
            (1, 3),
            "nats is an array of tables, not a table",
        ),
        ("[Nats]", "nats-typo", Severity.ERROR, (1, 2), "Nats does not enable NATS"),
        (
            '["n\u0430ts"]',
            "nats-typo",
            Severity.ERROR,
            (1, 2),
            (
                '"n\u0430ts" does not enable NATS: '
                "it looks like nats and is U+006E U+0430 U+0074 U+0073"
            ),
        ),
        (
            "[env.prod]\n[build]\nnats = {}",
            "nats-nested",
            Severity.ERROR,
            (3, 1),
            "nats is nested in build and enables nothing there",
        ),
        (
            "[nats]\nreplicas = 1\nport = 80",
            "nats-swallow",
            Severity.ERROR,
            (2, 1),
            "replicas, port belong to [nats] here, not to the app",
        ),
        (
            '[postgres]\napplings = ["a"]',
            "nats-swallow",
            Severity.ERROR,
            (2, 1),
            "applings belongs to [postgres] here, not to the app",
        ),
        (
            "[nats]\ndisable = true",
            "nats-disabled-key",
            Severity.ERROR,
            (2, 1),
            "nats.disable does not disable NATS: the presence of [nats] enables it",
        ),
        (
            "[nats]\nenabled = true",
            "nats-unknown-key",
            Severity.WARNING,
            (2, 1),
            "nats.enabled is not documented",
        ),
        (
            "[nats]\n[nats.prod]",
            "nats-unknown-key",
            Severity.WARNING,
            (2, 7),
            "nats.prod does not choose an environment: NATS is enabled in all of them",
        ),
        (
            "nats = {}",
            "nats-style",
            Severity.NOTE,
            (1, 1),
            "NATS is enabled by nats = {}, the documented form is [nats]",
        ),
        (
            "port = 1\n # [nats]",
            "nats-commented",
            Severity.NOTE,
            (2, 2),
            "[nats] in line 2 is commented out and enables nothing",
        ),
        (
            "[env.prod]\nRETRIES = 3",
            "env-not-string",
            Severity.ERROR,
            (2, 11),
            "env.prod.RETRIES is an integer, and a variable is a string",
        ),
        (
            '[env.test]\n"A B" = { encrypt = "x" }',
            "env-value-shape",
            Severity.ERROR,
            (2, 1),
            'env.test."A B" is neither a string nor a secret',
        ),
        (
            "[env.prod]\nTOKEN = { secret = 'a', key = 1 }",
            "env-value-shape",
            Severity.ERROR,
            (2, 1),
            "env.prod.TOKEN is neither a string nor a secret",
        ),
        (
            "[env.common]\nNATS_URL = 'nats://x'",
            "env-reserved",
            Severity.WARNING,
            (2, 1),
            "env.common.NATS_URL is set by the platform and hidden by this value",
        ),
        (
            "env.prod.NATS_CREDENTIALS = 'x'",
            "env-reserved",
            Severity.ERROR,
            (1, 10),
            "env.prod.NATS_CREDENTIALS holds credentials as plain text: a secret in the repository",
        ),
        ("applings = 'api'", "appling-path", Severity.ERROR, (1, 1), "applings is not an array"),
        (
            "applings = [1]",
            "appling-path",
            Severity.ERROR,
            (1, 13),
            "an entry of applings is not a string",
        ),
        (
            "applings = ['api', 'api']",
            "appling-path",
            Severity.ERROR,
            (1, 20),
            "appling api is listed twice",
        ),
        (
            "applings = ['a', '../b']",
            "appling-path",
            Severity.ERROR,
            (1, 18),
            'appling "../b" is not the name of a folder beside this file',
        ),
        ("[postgresql]", "unknown-key", Severity.NOTE, (1, 2), "postgresql is not a known key"),
        (
            "[env.production]",
            "unknown-key",
            Severity.NOTE,
            (1, 6),
            "env.production is not a known key",
        ),
        ("port = ", "syntax", Severity.ERROR, (1, 7), "a key has no value"),
    ],
)
def test_a_rule_points_at_the_mistake(
    text: str, rule: str, severity: Severity, place: tuple[int, int], message: str
) -> None:
    (finding,) = findings(text)
    start = finding.span.start
    assert (finding.rule, finding.severity) == (rule, severity)
    assert ((start.line, start.column), finding.message) == (place, message)


@pytest.mark.parametrize(
    "text",
    [
        "# nats: see the docs, not [nats] here",
        "[cronjobs.nats]",
        "[build_secrets]\nnats = { encrypted = 'x' }",
        "[env.prod]\nnats = 'a variable'",
        "port = 80\n[postgres]\nfeature_auto_create_db = true",
        "[experimental]\nport = 80",
        "[env.snap3]\nA = '1'",
        "[env.common]\nNATS_CREDENTIALS_PATH = 'x'",
        "env = {}",
        "env.prod = {}",
        "applings = []",
    ],
)
def test_a_near_miss_is_no_finding(text: str) -> None:
    assert findings(text) == ()


@pytest.mark.parametrize("name", ["data", "tags", "paths", "stats", "ports", "static2", "host"])
def test_another_word_is_not_taken_for_a_slip(name: str) -> None:
    assert {finding.rule for finding in findings(f"[{name}]")} == {"unknown-key"}


@pytest.mark.parametrize(
    "name", ["NATS", "nat", "nast", "natss", "ants", "nets", "nats_server", "JetStream", "nats-io"]
)
def test_a_slip_is_told_once(name: str) -> None:
    assert told(f"[{name}]") == [("nats-typo", f"{name} does not enable NATS")]


def test_unknown_keys_come_with_a_suggestion() -> None:
    hints = [finding.hint for finding in findings("health = '/h'\n[postgress]\n[env.tset]")]
    assert hints == [
        "did you mean readiness_path?",
        "did you mean postgres?",
        "did you mean env.test?",
    ]


def test_strict_makes_an_unknown_key_a_warning() -> None:
    assert [f.severity for f in findings("[databases]", CheckOptions(strict=True))] == [
        Severity.WARNING
    ]


def test_duplicates_are_shown_at_both_places() -> None:
    (finding,) = findings("# \u00e6\n[nats]\r\n[env.prod]\n  [nats]")
    assert (finding.span.start.line, finding.span.start.column) == (4, 3)
    assert finding.related
    assert (finding.related.span.start.line, finding.related.span.start.column) == (2, 1)
