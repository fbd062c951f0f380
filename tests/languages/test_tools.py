"""Each template as the formatter and the linter of its language want it, and compiled"""

from __future__ import annotations

import contextlib
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.languages.registry import (
    GO,
    JAVA,
    JAVASCRIPT,
    KOTLIN,
    PYTHON,
    RUST,
    TYPESCRIPT,
    C,
    Language,
)
from tests.languages.workshop import (
    BUILD_S,
    ROOT,
    TOOLS,
    biome,
    build_example,
    locked,
    maven_jar,
    run_tool,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATES = ROOT / "iterapp_nats" / "languages" / "templates"
RUFF = (sys.executable, "-m", "ruff")
RUFF_OPTIONS = ("--isolated", "--no-cache", "--line-length=100", "--target-version=py311")
RUFF_RULES = "--select=E,F,W,I,UP,B,SIM,RET,ASYNC,PTH,C4"

pytestmark = pytest.mark.timeout(BUILD_S + 60)


def test_python_is_formatted_and_linted(tmp_path: Path) -> None:
    for path in (TEMPLATES / "python").rglob("*.py"):
        shutil.copy(path, tmp_path)
    run_tool(*RUFF, "format", "--check", *RUFF_OPTIONS, ".", cwd=tmp_path)
    run_tool(*RUFF, "check", RUFF_RULES, *RUFF_OPTIONS, ".", cwd=tmp_path)


def test_javascript_typescript_and_page_are_formatted_and_linted() -> None:
    places = (str(TEMPLATES / name) for name in ("javascript", "typescript", "shared/index.html"))
    biome("check", f"--config-path={TOOLS}", "--error-on-warnings", *places)


def test_go_is_formatted_and_linted() -> None:
    folder = build_example(GO).folder
    assert run_tool("gofmt", "-l", str(TEMPLATES / "go"), cwd=folder) == ""
    run_tool("go", "vet", "./...", cwd=folder)


def test_rust_is_formatted_and_linted() -> None:
    folder = build_example(RUST).folder
    with locked("rust"):
        run_tool("cargo", "fmt", "--check", cwd=folder)
        run_tool("cargo", "clippy", "--quiet", "--", "--deny", "warnings", cwd=folder)


def test_java_is_formatted() -> None:
    jar = maven_jar("com.google.googlejavaformat:google-java-format:1.28.0:jar:all-deps")
    exports = [
        f"--add-exports=jdk.compiler/com.sun.tools.javac.{package}=ALL-UNNAMED"
        for package in ("api", "code", "file", "parser", "tree", "util")
    ]
    files = [str(path) for path in (TEMPLATES / "java").rglob("*.java")]
    command = ("java", *exports, "-jar", jar, "--dry-run", "--set-exit-if-changed")
    run_tool(*command, *files, cwd=TEMPLATES)


def test_kotlin_is_formatted_and_linted() -> None:
    jar = maven_jar("com.pinterest.ktlint:ktlint-cli:1.8.0:jar:all")
    config = TEMPLATES / "kotlin" / "example" / ".editorconfig"
    files = [str(path) for path in (TEMPLATES / "kotlin").rglob("*.kt")]
    run_tool("java", "-jar", jar, f"--editorconfig={config}", *files, cwd=TEMPLATES)


def test_c_is_formatted() -> None:
    style = f"--style=file:{TEMPLATES / 'c' / 'example' / '.clang-format'}"
    files = [str(path) for path in (TEMPLATES / "c").rglob("*.[ch]")]
    clang_format = str(Path(sys.executable).with_name("clang-format"))
    run_tool(clang_format, style, "--dry-run", "--Werror", *files, cwd=TEMPLATES)


def test_c_compiles_with_the_old_client_of_debian_too() -> None:
    if not Path("/usr/include/nats/nats.h").exists():
        pytest.skip("libnats-dev is not installed")
    folder = build_example(C).folder
    with locked("c"), _placed(C.use, "c", folder):
        for source in (C.modules[-1].source, C.use):
            options = ("-std=gnu11", "-Wall", "-Werror", "-fsyntax-only")
            run_tool("gcc", *options, source, cwd=folder)


def test_python_use_compiles(tmp_path: Path) -> None:
    shutil.copy(TEMPLATES / "python" / "connect" / PYTHON.use, tmp_path)
    run_tool(sys.executable, "-m", "py_compile", PYTHON.use, cwd=tmp_path)


def test_javascript_use_compiles(tmp_path: Path) -> None:
    shutil.copy(TEMPLATES / "javascript" / "connect" / JAVASCRIPT.use, tmp_path)
    run_tool("node", "--check", JAVASCRIPT.use, cwd=tmp_path)


def test_typescript_use_compiles() -> None:
    folder = build_example(TYPESCRIPT).folder
    with locked("typescript"), _placed(TYPESCRIPT.use, "typescript", folder / "src"):
        run_tool("npx", "tsc", "--noEmit", cwd=folder)


def test_go_use_compiles() -> None:
    folder = build_example(GO).folder
    with locked("go"), _placed(GO.use, "go", folder / "use"):
        path = folder / "use" / GO.use
        path.write_text(path.read_text().replace("example.com/orders/", "example.com/board/"))
        run_tool("go", "vet", "./use", cwd=folder)


def test_rust_use_compiles() -> None:
    folder = build_example(RUST).folder
    module, bins = RUST.modules[0].source, folder / "src" / "bin"
    with locked("rust"), _placed(RUST.use, "rust", bins), _placed(module, "rust", bins):
        run_tool("cargo", "check", "--quiet", "--bin", "use", cwd=folder)


@contextlib.contextmanager
def _placed(name: str, language: str, folder: Path) -> Iterator[None]:
    """Put a file of the connect template beside the example for a while"""
    folder.mkdir(exist_ok=True)
    path = folder / name
    shutil.copy(TEMPLATES / language / "connect" / name, path)
    try:
        yield
    finally:
        path.unlink()


@pytest.mark.parametrize("chosen", [JAVA, KOTLIN], ids=lambda language: language.name)
def test_use_on_the_jvm_compiles(chosen: Language) -> None:
    folder = build_example(chosen).folder
    sources = (folder / chosen.modules[0].target).parent
    with locked(chosen.name), _placed(chosen.use, chosen.name, sources):
        run_tool("mvn", "-B", "-q", "compile", cwd=folder)
