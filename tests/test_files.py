"""Files are read with a reason, and written whole and private or not at all"""

from __future__ import annotations

import os
import resource
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats import files
from iterapp_nats.errors import InputError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def make_folder(path: Path) -> None:
    path.mkdir()


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_loop(path: Path) -> None:
    path.symlink_to(path)


def make_text_in_latin_1(path: Path) -> None:
    path.write_bytes("größe".encode("latin-1"))


def make_nothing(path: Path) -> None:
    assert not path.exists()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (make_nothing, "there is no such file"),
        (make_folder, "it is a folder"),
        (make_fifo, "it is not a regular file"),
        (make_loop, "too many levels of symbolic links"),
        (make_text_in_latin_1, "it is not UTF-8"),
    ],
    ids=["missing", "folder", "fifo", "loop", "latin-1"],
)
def test_unreadable_file_is_named_with_purpose_and_reason(
    make: object, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "creds"
    assert callable(make)
    make(path)
    with pytest.raises(InputError) as caught:
        files.read_text(path, purpose="--creds")
    assert caught.value.code == "file-unreadable"
    assert caught.value.message == f"cannot read {path} (--creds): {reason}"


def test_impossible_name_is_no_crash(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the name is not a valid path"):
        files.read_bytes(tmp_path / "a\0b", purpose="--ca")


def test_refused_folder_leaves_no_descriptor_open(tmp_path: Path) -> None:
    before = open_files()
    with pytest.raises(InputError):
        files.read_bytes(tmp_path, purpose="--ca")
    assert open_files() == before


def test_file_over_the_limit_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * (1 << 20))
    assert len(files.read_bytes(path, purpose="test", max_bytes=1 << 20)) == 1 << 20
    with path.open("ab") as file:
        file.write(b"x")
    with pytest.raises(InputError, match="it is larger than 1 MiB"):
        files.read_bytes(path, purpose="test", max_bytes=1 << 20)


def test_byte_order_mark_is_not_content(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_bytes(b"\xef\xbb\xbfa\r\n")
    assert files.read_text(path, purpose="test") == "a\r\n"


@given(st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: f"-{text}"))
def test_private_file_reads_back(tmp_path_factory: pytest.TempPathFactory, content: str) -> None:
    path = tmp_path_factory.getbasetemp() / "secret"
    files.write_private(path, content)
    assert path.read_bytes() == content.encode()
    assert mode(path) == 0o600


def test_public_file_becomes_private_when_it_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o644)
    files.write_private(path, "new")
    assert mode(path) == 0o600


def test_secret_is_private_whatever_the_umask_allows(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        files.write_private(tmp_path / "secret", "x")
        files.make_private_folder(tmp_path / "folder")
    finally:
        os.umask(before)
    assert mode(tmp_path / "secret") == 0o600
    assert mode(tmp_path / "folder") == 0o700


def test_symbolic_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    files.write_atomic(link, b"new", mode=files.PUBLIC_FILE)
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert mode(target) == 0o644


def test_failed_write_keeps_the_old_file_and_leaves_no_other(tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.write_text("old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            files.write_atomic(path, b"longer than four bytes", mode=files.PRIVATE_FILE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["state"]


def test_file_that_tells_no_size_is_read_to_its_end() -> None:
    assert b"Name:" in files.read_bytes(Path("/proc/self/status"), purpose="a test")


def test_left_over_of_a_killed_writer_is_removed_when_it_is_old(tmp_path: Path) -> None:
    names = (".nats.conf.a1b2c3d_", ".state.json.young123", "nats.conf", ".gitignore")
    for name in names:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1000, 1000))
    os.utime(tmp_path / ".state.json.young123", (1599, 1599))
    (tmp_path / ".a-folder.a1b2c3d_").mkdir()
    files.remove_stale_siblings(tmp_path, now=2000.0)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {*names[1:], ".a-folder.a1b2c3d_"}
