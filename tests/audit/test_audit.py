"""The audit finds what is known to be wrong, and nothing in what is shipped"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from iterapp_nats.audit import rules
from iterapp_nats.audit.check import audit
from iterapp_nats.audit.code import SourceFile
from iterapp_nats.audit.findings import Rule
from iterapp_nats.languages.catalog import load_connect_code, load_example
from iterapp_nats.languages.registry import LANGUAGES, Language
from tests.audit.samples import GO_USUAL, PYTHON_USUAL, SAMPLES
from tests.support.cli import run_cli

# An app in each folder; the names end in .txt, so that no tool takes them for code of ours.
RIGHT = Path(__file__).parent / "right"
RULES = {rule.id: rule for rule in vars(rules).values() if isinstance(rule, Rule)}


def expected_findings(text: str) -> set[tuple[int, str]]:
    """Read the rules that stand in the comments of a sample"""
    return {
        (number, word)
        for number, line in enumerate(text.splitlines(), 1)
        if (comment := re.search(r"(?:#|//) ([a-z -]+)$", line))
        for word in comment[1].split()
        if word in RULES
    }


@pytest.mark.parametrize("name", SAMPLES)
def test_each_mistake_is_found_at_its_line_and_no_other(name: str) -> None:
    text = SAMPLES[name]
    report = audit([SourceFile(name, text)])
    assert {(found.line, found.rule) for found in report.findings} == expected_findings(text)


def test_every_rule_has_a_sample() -> None:
    shown = {rule for text in SAMPLES.values() for _, rule in expected_findings(text)}
    assert shown == RULES.keys()


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
def test_shipped_code_has_no_finding(language: Language) -> None:
    example = [SourceFile(file.path, file.content) for file in load_example(language)]
    code = load_connect_code(language)
    module = [SourceFile(file.path, file.content) for file in code.files]
    for files in (example, [*module, SourceFile(f"app/{language.use}", code.use)]):
        report = audit(files)
        assert report.connecting
        assert report.findings == ()


@pytest.mark.parametrize("folder", sorted(RIGHT.iterdir()), ids=lambda folder: folder.name)
def test_right_code_in_another_style_has_no_finding(folder: Path) -> None:
    app = [
        SourceFile(path.name.removesuffix(".txt"), path.read_text())
        for path in sorted(folder.iterdir())
    ]
    report = audit(app)
    assert report.connecting
    assert report.findings == ()


def test_what_an_app_has_in_another_file_is_not_missed() -> None:
    other = "package main\n\nfunc stop() { signal.Notify(c); nc.SetClosedHandler(h) }\n"
    report = audit([SourceFile("usual.go", GO_USUAL), SourceFile("stop.go", other)])
    found = {finding.rule for finding in report.findings}
    assert not found & {"closed-unseen", "drain-unfinished", "no-sigterm"}


def test_code_that_does_not_connect_is_not_judged() -> None:
    report = audit([SourceFile("db.py", "import db\nnc = db.connect(user_credentials=x)\n")])
    assert (report.files, report.connecting, report.findings) == (1, (), ())


def test_comment_silences_its_line() -> None:
    line = "    options.update(user_credentials=creds) # content-as-path"
    silenced = PYTHON_USUAL.replace(line, f"{line} iterapp-nats: ignore[content-as-path]")
    assert silenced != PYTHON_USUAL
    found = {finding.rule for finding in audit([SourceFile("usual.py", silenced)]).findings}
    assert "content-as-path" not in found
    assert "secret-logged" in found


@pytest.mark.parametrize(
    "comment",
    [
        "{line} # iterapp-nats: ignore[secret-logged, content-as-path]",
        "    # iterapp-nats: ignore[content-as-path]\n{line}",
        "    # iterapp-nats: ignore[secret-logged,content-as-path]\n    # why\n\n{line}",
    ],
)
def test_comment_silences_as_in_the_check(comment: str) -> None:
    line = "    options.update(user_credentials=creds)"
    silenced = PYTHON_USUAL.replace(line, comment.format(line=line))
    found = {finding.rule for finding in audit([SourceFile("usual.py", silenced)]).findings}
    assert "content-as-path" not in found
    assert "secret-logged" in found


def test_comment_behind_code_leaves_the_next_line_alone() -> None:
    before = "    options = {}"
    silenced = PYTHON_USUAL.replace(before, f"{before}  # iterapp-nats: ignore[content-as-path]")
    found = {finding.rule for finding in audit([SourceFile("usual.py", silenced)]).findings}
    assert "content-as-path" in found


def test_text_names_place_rule_and_hint(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "usual.go").write_text(GO_USUAL)
    ended = run_cli("connect", "audit", cwd=tmp_path)
    assert ended.code == 1
    first, hint, *_, last = ended.text.splitlines()
    assert first.startswith("src/usual.go:6:")
    assert "[" in first
    assert hint.startswith("  hint: ")
    assert last == "1 file looked at, 1 connects to NATS: 10 findings"


def test_json_and_github_hold_the_same(tmp_path: Path) -> None:
    (tmp_path / "usual.go").write_text(GO_USUAL)
    data = run_cli("connect", "audit", "--format", "json", cwd=tmp_path).json["data"]
    github = run_cli("connect", "audit", cwd=tmp_path, environ={"GITHUB_ACTIONS": "true"})
    commands = [line for line in github.text.splitlines() if line.startswith("::")]
    assert len(commands) == len(data["findings"]) == 10
    assert commands[0].startswith("::error title=")
    assert "file=usual.go,line=" in commands[0]
    assert json.dumps(data).count("presence-test") == 1


def test_installed_and_built_code_is_passed_over(tmp_path: Path) -> None:
    for folder in ("node_modules/nats", "target", ".venv", "vendor"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "usual.py").write_text(PYTHON_USUAL)
    ended = run_cli("connect", "audit", ".", cwd=tmp_path)
    assert (ended.code, ended.text) == (0, "0 files looked at, 0 connect to NATS: 0 findings\n")


def test_path_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    ended = run_cli("connect", "audit", "nowhere.py", cwd=tmp_path)
    assert ended.code == 2
    assert "there is no such file" in ended.stderr
