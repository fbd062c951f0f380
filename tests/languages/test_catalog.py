"""`connect LANG` and `example` as a user calls them"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.languages.catalog import find_version, load_connect_code, load_example
from iterapp_nats.languages.registry import LANGUAGES, C
from tests.support.cli import run_cli

if TYPE_CHECKING:
    from pathlib import Path

    from iterapp_nats.languages.registry import Language


def test_list_names_every_language_with_its_version(tmp_path: Path, language: Language) -> None:
    listed = run_cli("connect", "--list", cwd=tmp_path)
    line = next(line for line in listed.text.splitlines() if line.startswith(f"{language.name} "))
    assert f"{language.package} {find_version(language)}" in line
    assert re.fullmatch(r"v?\d+\.\d+\.\d+", find_version(language))


def test_module_goes_to_stdout_and_the_rest_to_stderr(tmp_path: Path, language: Language) -> None:
    ended = run_cli("connect", language.name, cwd=tmp_path)
    code = load_connect_code(language)
    assert ended.text == "\n".join(file.content for file in code.files)
    assert find_version(language) in ended.stderr
    assert code.use.splitlines()[0] in ended.stderr


def test_list_is_data_too(tmp_path: Path) -> None:
    listed = run_cli("connect", "--list", "--format", "json", cwd=tmp_path).json["data"]
    assert [each["language"] for each in listed] == [language.name for language in LANGUAGES]
    assert listed[-1] == {
        "language": "c",
        "title": "C",
        "package": "nats.c",
        "version": find_version(C),
        "files": ["nats_connection.h", "nats_connection.c"],
    }


def test_format_is_not_taken_where_nothing_would_follow_it(tmp_path: Path) -> None:
    ended = run_cli("connect", "--format", "json", "go", cwd=tmp_path)
    assert ended.code == 2
    (error,) = ended.json["errors"]
    assert error["message"] == "--format stands beside --list, or behind the language"


@pytest.mark.parametrize(("name", "meant"), [("py", "python"), ("JS", "javascript"), ("Go", "go")])
def test_connect_understands_short_names_in_any_case(name: str, meant: str, tmp_path: Path) -> None:
    ended = run_cli("connect", name, cwd=tmp_path)
    assert ended.code == 0
    assert ended.stdout == run_cli("connect", meant, cwd=tmp_path).stdout


def test_connect_answers_another_name_with_the_languages(tmp_path: Path) -> None:
    ended = run_cli("connect", "brainfuck", cwd=tmp_path)
    assert ended.code == 2
    assert "there is no template for brainfuck: choose from python, javascript" in ended.stderr


def test_json_has_the_same(tmp_path: Path, language: Language) -> None:
    data = run_cli("connect", language.name, "--format", "json", cwd=tmp_path).json["data"]
    assert data["version"] == find_version(language)
    assert [file["path"] for file in data["files"]] == [m.source for m in language.modules]


def test_write_makes_the_folder_and_changes_no_file(tmp_path: Path, language: Language) -> None:
    path = tmp_path / "deep" / "er" / language.modules[0].source
    assert run_cli("connect", language.name, "--write", "deep/er", cwd=tmp_path).code == 0
    assert path.read_text() == load_connect_code(language).files[0].content
    assert run_cli("connect", language.name, "--write", "deep/er", cwd=tmp_path).code == 0
    path.write_text("mine")
    ended = run_cli("connect", language.name, "--write", "deep/er", cwd=tmp_path)
    assert ended.code == 2
    assert "error[file-exists]" in ended.stderr
    assert path.read_text() == "mine"


def test_example_is_an_app_that_the_check_accepts(tmp_path: Path, language: Language) -> None:
    ended = run_cli("example", "app", "--lang", language.name, cwd=tmp_path)
    assert ended.code == 0
    written = {path.relative_to(tmp_path / "app").as_posix() for path in _files(tmp_path / "app")}
    assert written == {file.path for file in load_example(language)}
    assert {"iterapp.toml", "Dockerfile", "README.md", ".gitignore"} <= written
    assert {module.target for module in language.modules} <= written
    kept_out = (tmp_path / "app" / ".dockerignore").read_text().splitlines()
    assert {".git", ".env", "*.creds", ".iterapp-nats"} <= set(kept_out)
    check = run_cli("check", "--require-nats", "--strict", cwd=tmp_path / "app")
    assert check.code == 0, check.text
    assert "$" not in re.sub(r'"\$\(', "", (tmp_path / "app" / "README.md").read_text())


def test_container_is_not_root_and_its_program_gets_the_signals(language: Language) -> None:
    (dockerfile,) = (each for each in load_example(language) if each.path == "Dockerfile")
    words = [line.split() for line in dockerfile.content.splitlines() if line]
    (user,) = (user for command, *user in words if command == "USER")
    assert user in (["node"], ["nobody"], ["65534"])
    # Without brackets a shell would be the one that SIGTERM ends.
    assert words[-1][0] == "CMD"
    assert words[-1][1].startswith("[")
    for command, *places in words:
        if command == "COPY" and (len(places) > 2 or "*" in places[0]):
            assert places[-1].endswith("/") or places[0].startswith("--"), places


def test_example_takes_no_folder_that_has_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    ended = run_cli("example", ".", "--lang", "go", cwd=tmp_path)
    assert ended.code == 2
    assert "error[folder-not-empty]" in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_short_names_are_understood_and_others_are_answered_with_a_list(tmp_path: Path) -> None:
    assert run_cli("example", "app", "--lang", "ts", cwd=tmp_path).code == 0
    ended = run_cli("example", "other", "--lang", "cobol", cwd=tmp_path)
    assert ended.code == 2
    assert "there is no template for cobol: choose from python, javascript" in ended.stderr


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
