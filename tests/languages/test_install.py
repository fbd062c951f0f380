"""What `connect` prints, done as by somebody who begins with an empty folder"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.languages.registry import JAVASCRIPT, TYPESCRIPT, Language
from tests.languages.programs import WAIT_S, started
from tests.languages.workshop import BUILD_S, build_example, run_tool
from tests.support.cli import run_cli
from tests.support.servers import run_server
from tests.support.tools import require_tool

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(BUILD_S + 60)


def begun(language: str, folder: Path, use: str) -> None:
    """Make a package as npm does, run the install line, write the module and the use beside it"""
    require_tool("npm")
    folder.mkdir()
    run_tool("npm", "init", "-y", cwd=folder)
    target = str((folder / use).parent)
    printed = run_cli("connect", language, "--write", target, cwd=folder).stderr
    install, _, lines = printed.partition("install\n")[2].partition("\nuse\n")
    run_tool("sh", "-c", install, cwd=folder)
    (folder / use).write_text("".join(f"{line.strip()}\n" for line in lines.splitlines()))


def test_javascript_runs(tmp_path: Path) -> None:
    app = tmp_path / "app"
    begun("javascript", app, "use.mjs")
    assert_use_works(("node", str(app / "use.mjs")), tmp_path)


def test_typescript_compiles_and_runs(tmp_path: Path) -> None:
    app = tmp_path / "app"
    begun("typescript", app, "src/use.ts")
    run_tool("npx", "tsc", cwd=app)
    assert_use_works(("node", str(app / "src" / "use.js")), tmp_path)


def assert_use_works(command: tuple[str, ...], folder: Path) -> None:
    with run_server(folder) as server, started(command, server.url, folder) as program:
        program.wait_for('{"id":7}')
        program.process.terminate()
        assert program.process.wait(WAIT_S) == 0


@pytest.mark.parametrize("chosen", [JAVASCRIPT, TYPESCRIPT], ids=lambda each: each.name)
def test_example_asks_for_the_node_that_its_packages_need(chosen: Language) -> None:
    folder = build_example(chosen).folder
    needed = [oldest_node(path) for path in (folder / "node_modules").rglob("package.json")]
    assert oldest_node(folder / "package.json") == max(needed)


def oldest_node(path: Path) -> int:
    wanted = json.loads(path.read_text()).get("engines", {}).get("node", "0")
    return int(re.findall(r"\d+", wanted)[0])
