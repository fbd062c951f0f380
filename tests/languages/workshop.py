"""Examples built with the real tools, once for all workers, with what they download kept for later

Everything stands in .cache/ci/languages/, so that a second run builds what has changed and no more.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from iterapp_nats.languages.catalog import (
    find_version,
    load_connect_code,
    load_example,
    write_new,
)
from iterapp_nats.languages.registry import C
from tests.support.tools import require_tool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.languages.registry import Language

ROOT: Final = Path(__file__).parent.parent.parent
CACHE: Final = ROOT / ".cache" / "ci" / "languages"
TOOLS: Final = Path(__file__).parent / "tools"
BUILD_S: Final = 900
_KEPT: Final = {"node_modules", "target", ".venv", "package-lock.json", "Cargo.lock"}

# Beside the build of the README: faster ones, and what needs a place of its own.
_BUILDS: Final = {
    "python": (
        # Its scripts hold the path of the folder, which may have been another.
        (sys.executable, "-m", "venv", "--clear", ".venv"),
        (".venv/bin/python", "-m", "pip", "install", "--quiet", "-r", "requirements.txt"),
    ),
    "rust": (("cargo", "build", "--quiet"),),
}
_RUNS: Final = {
    "rust": ("target/debug/board",),
}
# Where Debian is too old, `.ci/run` brings what the example in C needs.
_NEWER: Final = ROOT / ".cache" / "ci" / "debian-testing" / "root"
_TOOLCHAINS: Final = {
    "python": "python3",
    "javascript": "npm",
    "typescript": "npm",
    "rust": "cargo",
    "go": "go",
    "java": "mvn",
    "kotlin": "mvn",
    "c": "gcc",
}


@dataclass(frozen=True, slots=True)
class Built:
    """An example that can be run: `command` in `folder`"""

    folder: Path
    command: tuple[str, ...]


def build_example(language: Language) -> Built:
    """Write the example and build it, unless that was done; skips without the toolchain"""
    require_tool(_TOOLCHAINS[language.name])
    if language is C:
        _require_c_client()
    folder = CACHE / language.name
    with locked(language.name):
        if _is_stale(folder, language):
            _write(folder, language)
            for command in _BUILDS.get(language.name, language.build):
                run_tool(*command, cwd=folder)
            (folder / ".stamp").write_text(_stamp(language))
    command = _RUNS.get(language.name, language.run)
    # Absolute, so that it can be run from anywhere.
    words = (str(folder / word) if (folder / word).is_file() else word for word in command)
    return Built(folder, tuple(words))


def _require_c_client() -> None:
    command = (require_tool("pkg-config"), "--exists", f"libnats >= {find_version(C)}")
    if subprocess.run(command, env=os.environ | c_client_environ(), check=False).returncode:
        pytest.skip(f"{C.package} {find_version(C)} is not installed")


def biome(*arguments: str) -> None:
    """Run the formatter and linter of JavaScript, TypeScript and HTML"""
    require_tool("npm")
    folder = CACHE / "tools"
    with locked("tools"):
        if not (folder / "node_modules").is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(TOOLS / "package.json", folder)
            run_tool("npm", "install", "--no-audit", "--no-fund", cwd=folder)
    run_tool("node_modules/.bin/biome", *arguments, cwd=folder)


def maven_jar(artifact: str) -> str:
    """Return the path of a tool's jar, named group:artifact:version:jar:classifier"""
    require_tool("mvn")
    folder = CACHE / "jars"
    _, name, version, _, classifier = artifact.split(":")
    path = folder / f"{name}-{version}-{classifier}.jar"
    with locked("jars"):
        if not path.exists():
            folder.mkdir(exist_ok=True)
            options = (f"-Dartifact={artifact}", f"-DoutputDirectory={folder}")
            run_tool("mvn", "-B", "-q", "dependency:copy", *options, cwd=folder)
    return str(path)


def run_tool(*command: str, cwd: Path) -> str:
    """Run a tool; its output is the failure when it fails"""
    environ = {
        **os.environ,
        **c_client_environ(),
        # Neither is looked at, and they cost a third of the time.
        "CARGO_PROFILE_DEV_DEBUG": "0",
        "CARGO_INCREMENTAL": "0",
    }
    ended = subprocess.run(
        ["nice", *command],
        cwd=cwd,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=BUILD_S,
    )
    assert ended.returncode == 0, f"{' '.join(command)}\n{ended.stdout}"
    return ended.stdout


def c_client_environ() -> dict[str, str]:
    """Return what lets a C program find the newer client, and run with the libraries beside it"""
    found = sorted(_NEWER.glob("usr/lib/*/pkgconfig/libnats.pc"))
    if not found:
        return {}
    libraries = found[0].parent.parent
    (loader,) = libraries.glob("ld-linux*.so.?")
    linker = (
        f"--dynamic-linker={loader}",
        "--disable-new-dtags",
        f"-rpath={libraries}",
        "--allow-shlib-undefined",
    )
    return {
        "PKG_CONFIG_SYSROOT_DIR": str(_NEWER),
        "PKG_CONFIG_LIBDIR": str(found[0].parent),
        "LDFLAGS": " ".join(f"-Wl,{option}" for option in linker),
    }


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold what other workers and other runs of the suite would disturb"""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(folder: Path, language: Language) -> None:
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if path.name in _KEPT:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    write_new(folder, load_example(language), into_empty=False)


def _is_stale(folder: Path, language: Language) -> bool:
    stamp = folder / ".stamp"
    return not stamp.exists() or stamp.read_text() != _stamp(language)


def _stamp(language: Language) -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for file in (*load_example(language), *load_connect_code(language).files):
        digest.update(f"{file.path}\0{file.content}\0".encode())
    return digest.hexdigest()
