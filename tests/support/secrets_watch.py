"""Runs a command and looks for secrets wherever it could leave one

Looked at: its output, the arguments of the process and of all that it starts, and each file of a
folder that others than its owner may read.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import BinaryIO

PRIVATE_FILE: Final = 0o600
TIMEOUT_S: Final = 30
_POLL_S: Final = 0.01
# Any seed of any role, whoever made it, and any key of TLS.
_SEED: Final = re.compile(rb"\bS[OAUNCX][A-Z2-7]{56}\b")
_PRIVATE_KEY: Final = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")


@dataclass(frozen=True, slots=True)
class Watched:
    """How a command ended, and the places where it left a secret"""

    code: int
    stdout: bytes
    stderr: bytes
    found_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SecretsWatch:
    """Knows some secrets, and recognises seeds and private keys that it does not know"""

    folder: Path
    known: tuple[str, ...]

    def run(
        self,
        command: Sequence[str],
        *,
        cwd: Path,
        environ: Mapping[str, str],
        stdin: bytes = b"",
        reveals: bool = False,
    ) -> Watched:
        """Run to the end; with `reveals` it is the command's job to print secrets on stdout"""
        listed: set[bytes] = set()
        with (
            (self.folder / "stdin").open("w+b") as given,
            (self.folder / "stdout").open("w+b") as stdout,
            (self.folder / "stderr").open("w+b") as stderr,
        ):
            given.write(stdin)
            given.seek(0)
            process = subprocess.Popen(
                command, cwd=cwd, env=dict(environ), stdin=given, stdout=stdout, stderr=stderr
            )
            deadline = time.monotonic() + TIMEOUT_S
            while process.poll() is None:
                listed |= set(_command_lines(process.pid))
                assert time.monotonic() < deadline, f"{command} does not end"
                time.sleep(_POLL_S)
            printed, told = _read(stdout), _read(stderr)
        for name in ("stdin", "stdout", "stderr"):
            (self.folder / name).unlink()
        listed |= set(_command_lines_about(self.folder))
        arguments = (line for line in listed if self.holds_secret(line))
        places = {f"arguments of {line.partition(bytes(1))[0].decode()}" for line in arguments}
        places |= set(self._find_in_files())
        places |= {"stderr"} if self.holds_secret(told) else set()
        places |= {"stdout"} if not reveals and self.holds_secret(printed) else set()
        return Watched(process.returncode, printed, told, tuple(sorted(places)))

    def holds_secret(self, content: bytes) -> bool:
        """Tell whether a secret stands in the content"""
        known = any(secret.encode() in content for secret in self.known)
        return known or bool(_SEED.search(content) or _PRIVATE_KEY.search(content))

    def _find_in_files(self) -> Iterator[str]:
        for path in self.folder.rglob("*"):
            if path.is_symlink() or not path.is_file():
                continue
            if path.stat().st_mode & 0o777 != PRIVATE_FILE and self.holds_secret(path.read_bytes()):
                yield str(path.relative_to(self.folder))


def _command_lines(pid: int) -> Iterator[bytes]:
    """Yield the arguments of a process and of all that it has started"""
    with contextlib.suppress(OSError):
        yield Path(f"/proc/{pid}/cmdline").read_bytes()
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _command_lines(int(child))


def _command_lines_about(folder: Path) -> Iterator[bytes]:
    """Yield the arguments of all processes that name the folder, as one left behind does"""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            line = path.read_bytes()
            if str(folder).encode() in line:
                yield line


def _read(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()
