"""A marker in every place where a value can stand comes out of no format"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from iterapp_nats.errors import InputError
from iterapp_nats.manifest.check import CheckReport, check_all
from iterapp_nats.manifest.diff import render_diff
from iterapp_nats.manifest.document import parse_manifest
from iterapp_nats.manifest.edit import disable_nats, enable_nats, fix_manifest
from iterapp_nats.manifest.formats import ReportFormat, render_report
from iterapp_nats.manifest.formats.github import render_step_summary
from iterapp_nats.manifest.masking import mask_line
from iterapp_nats.manifest.source import CheckOptions, ManifestSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from iterapp_nats.manifest.edit import EditResult

MARKER = "MARKER7f3a"
EVERY_RULE = CheckOptions(require_nats=True, strict=True)

VALID = (
    "[env.prod]\nA = '{}'",
    "[env.prod]\nNATS_CREDENTIALS = '''\n{}\n'''",
    '[env.prod]\nNATS_URL = "{}" # was {}',
    "[env.prod]\nA = ['{}']",
    "[env.prod]\nA = ['x',\n'{}']",
    "[env.prod]\nA = {{ encrypt = '{}' }}",
    "[env.prod]\nA = {{ a = {{ b = ['{}'] }} }}",
    "env.prod.A = {{ secret = '{}' }}",
    "[env]\nprod = {{ NATS_URL = '{}', A = 1 }}",
    "[env.nope]\nA = '{}'",
    "[build_secrets]\nA = '{}'\n[Nats]\nx = '{}'",
    "[[files.prod]]\nmount_path = '{}'\n[nat]",
    "[nats]\nenabled = '{}'\nx = '{}'\ny.z = ['{}']",
    "nats = '{}'",
    "nats = ['{}']",
    "nats = {{ x = '{}' }}",
    "nats.x = '{}' # {}",
    "[build]\nnats = {{ x = '{}' }}",
    "health = '{}'",
    "a = '{}'\n# [nats] {}",
    "# {}\n[Nats] # {}",
    "\ufeff[env.prod]\nA = 1 # {}\nB = '{}'",
    "port = {{ secret = '{}' }}\n[Nats]",
    "[domains.prod]\nA = '{}'\n[nats]\nport = {{ a = '{}' }}",
    "# {}\n[nats] # {}\nport = 1",
    "nats = {{}} # {}",
    "# iterapp-nats: ignore[bom] {}\n[Nats] # iterapp-nats: ignore[bom], {}",
    "a" + ".a" * 60 + " = '{}'\n[b" + ".b" * 60 + "]\n" + "c." * 60 + "c = 1\nx = '{}'\n[b.nats]",
)
INVALID = (
    "A = {}",
    "A = '{}",
    'A = "{}',
    'A = "{{ encrypted = "{}" }}"',
    "A = '''\n{}",
    "A = [\n'{}'\n'{}'\n]",
    "A = {{ b = '{}' ",
    "A = {{ b = '{}',\n}}",
    "A: {}",
    "env:\n  prod:\n    - {}",
    '{{ "A": "{}" }}',
    "A = '{}'\nA = '{}'",
    "A = '{}' {}",
    "[nats] {}",
    "; {}",
    "// {}",
    "# {}\n= 1",
    "A = '''\n{}=\n''' x",
    "A = '''\nSECRET = {}\n''' x",
    "A = \u201c{}\u201d",
    "A = 07:32 # {}",
    "<<<<<<< {}",
    "A = '{}'\r",
    "A = '{}\0'",
    'A = "\\q{}"',
)


def with_marker(template: str) -> str:
    return template.replace("{}", MARKER).replace("{{", "{").replace("}}", "}")


def report(text: str) -> CheckReport:
    return check_all([ManifestSource("iterapp.toml", text.encode())], EVERY_RULE)


@pytest.mark.parametrize("template", [*VALID, *INVALID])
@pytest.mark.parametrize("report_format", ReportFormat)
def test_no_format_shows_a_value(template: str, report_format: ReportFormat) -> None:
    text = with_marker(template)
    assert MARKER in text
    found = report(text)
    assert found.files[0].findings
    assert MARKER not in render_report(found, report_format)
    assert MARKER not in render_step_summary(found)
    assert MARKER not in repr(found)


@pytest.mark.parametrize("template", [*VALID, *INVALID])
def test_no_line_is_shown_with_a_value(template: str) -> None:
    manifest = parse_manifest(with_marker(template))
    for number in range(1, manifest.text.count("\n") + 2):
        assert MARKER not in mask_line(manifest, number).text


@pytest.mark.parametrize("template", VALID)
def test_no_diff_shows_a_value(template: str) -> None:
    content = with_marker(template).encode()
    source = ManifestSource("iterapp.toml", content)
    for edit in (enable_nats, disable_nats):
        assert MARKER not in diff_or_refusal(edit, content)
    result = fix_manifest(source)
    assert MARKER not in render_diff("iterapp.toml", result) + repr((result, source))


def diff_or_refusal(edit: Callable[[bytes], EditResult], content: bytes) -> str:
    try:
        result = edit(content)
    except InputError as error:
        return f"{error.message} {error.hints} {error.context}"
    return render_diff("iterapp.toml", result)


@pytest.mark.parametrize(
    ("text", "line", "shown"),
    [
        ("port = 80", 1, "port = 80"),
        ("applings = ['a', 'b']", 1, "applings = ['a', 'b']"),
        ("[nats]\nport = 80", 2, "port = 80"),
        ("[nats]\nenabled = false", 2, "enabled = false"),
        ("[env.prod]\nA = 'x' # y", 2, "A = '*****' #*****"),
        ("[env.prod]\nA = { encrypted = 'x', b = 3 }", 2, "A = { encrypted = '*****', b = ***** }"),
        ("[env.prod]\nA = '''\nx\ny'''", 3, "*****"),
        ("[env.prod]\nA = '''\n\ny'''", 3, ""),
        ("# [nats]", 1, "# [nats]"),
        ("# iterapp-nats: ignore[bom, nats-typo]", 1, "# iterapp-nats: ignore[bom, nats-typo]"),
        ("a = b", 1, "a = *****"),
        ("[nats] x", 1, "[nats] *****"),
        ("[nats", 1, "[nats"),
    ],
)
def test_a_line_shows_keys_and_what_is_public(text: str, line: int, shown: str) -> None:
    assert mask_line(parse_manifest(text), line).text == shown
