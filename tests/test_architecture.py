"""The house holds: floors, purity, and who may import what"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "iterapp_nats"
# What stands there is copied into apps, and follows the habits of its own language.
TEMPLATES = PACKAGE / "languages" / "templates"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if TEMPLATES not in path.parents)

WORDS, PURE, EFFECTS, PRESENTATION = range(4)
FLOORS = {
    "errors": WORDS,
    "secret": WORDS,
    "manifest": PURE,
    "security": PURE,
    "envfile": PURE,
    "error_pages": PURE,
    "completion": PURE,
    "delivery": PURE,
    "report": PURE,
    "audit": PURE,
    "settings": PURE,
    "server_url": PURE,
    "server_config": PURE,
    "config_language": PURE,
    "config_snippet": PURE,
    "subject": PURE,
    "headers": PURE,
    "isolation": PURE,
    "latency": PURE,
    "duration": PURE,
    "template": PURE,
    "wire": PURE,
    "files": EFFECTS,
    "project": EFFECTS,
    "input_stream": EFFECTS,
    "spool": EFFECTS,
    "git_ignore": EFFECTS,
    "manifest_files": EFFECTS,
    "source_files": EFFECTS,
    "client": EFFECTS,
    "bench": EFFECTS,
    "insight": EFFECTS,
    "dev": EFFECTS,
    "probes": EFFECTS,
    "languages": EFFECTS,
    "conformance": EFFECTS,
    "recipes": EFFECTS,
    "output": PRESENTATION,
    "cli": PRESENTATION,
}
SHARED_EFFECTS = {"files", "git_ignore", "project", "client"}
# The package itself gives names and version to all; `__main__` and the library's entry use it.
DOORS = {"", "__main__"}
IMPURE = {
    "asyncio",
    "logging",
    "os",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "tempfile",
    "time",
}
SOLE_IMPORTERS = {
    "cryptography": "security/certificates/ecdsa.py",
    "nats": "client",
    "nkeys": "security/nkey.py",
    "nacl": "security/nkey.py",
    "rich": "cli/views/live.py",
    "subprocess": "dev",
    "typer": "cli",
}
# Beside dev/, which knows the local server: the program under test with its throwaway servers (the
# command layer hands in where the binary is), the clients of a benchmark, and what answers a
# request with a command.
PROCESS_STARTERS = {
    "bench/conductor.py",
    "cli/jobs/reply.py",
    "conformance/candidate.py",
    "conformance/server.py",
}


def room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


def imported_modules(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def imported_rooms(path: Path) -> set[str]:
    parts = [name.split(".") for name in imported_modules(path)]
    rooms = {words[1] for words in parts if words[0] == "iterapp_nats" and len(words) > 1}
    return rooms - {"__version__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_downwards_only(path: Path) -> None:
    own = room(path)
    if own in DOORS:
        return
    for other in imported_rooms(path) - {own}:
        assert FLOORS[other] <= FLOORS[own], f"{own} looks up to {other}"
        if FLOORS[own] == FLOORS[other] == EFFECTS:
            assert other in SHARED_EFFECTS, f"{own} looks sideways at {other}"


def is_pure(path: Path) -> bool:
    return FLOORS.get(room(path), EFFECTS) <= PURE or path.name == "plan.py"


PURE_MODULES = [path for path in MODULES if is_pure(path)]


@pytest.mark.parametrize("path", PURE_MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_pure_modules_touch_nothing(path: Path) -> None:
    roots = {name.partition(".")[0] for name in imported_modules(path)}
    assert not roots & IMPURE
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Name):
            assert node.id not in {"open", "print", "input"}, f"{path}:{node.lineno}"


@pytest.mark.parametrize("library", SOLE_IMPORTERS)
def test_a_library_has_one_importer(library: str) -> None:
    home = SOLE_IMPORTERS[library]
    for path in MODULES:
        if any(name.partition(".")[0] == library for name in imported_modules(path)):
            place = path.relative_to(PACKAGE).as_posix()
            assert place == home or place.startswith(f"{home}/"), f"{place} imports {library}"


def test_who_starts_processes_on_the_event_loop() -> None:
    starters = {
        path.relative_to(PACKAGE).as_posix()
        for path in MODULES
        if "create_subprocess_" in path.read_text("utf-8")
    }
    assert starters == PROCESS_STARTERS


def test_only_output_writes_to_a_stream() -> None:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "print", f"{path}:{node.lineno}"
            if isinstance(node, ast.Attribute) and node.attr in {"stdout", "stderr"}:
                is_sys = isinstance(node.value, ast.Name) and node.value.id == "sys"
                assert not is_sys or room(path) == "cli", f"{path}:{node.lineno}"


def test_every_room_has_a_floor() -> None:
    rooms = {room(path) for path in MODULES} - DOORS
    assert rooms == FLOORS.keys()
