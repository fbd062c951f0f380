"""TAB in the real shells: what each would offer for the words up to the cursor"""

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
from typing import TYPE_CHECKING, Final

from tests.support.tools import require_tool

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_END: Final = "END-OF-LINE"
# Splits a line as readline does: at blanks, and around = and : as words of their own.
_BASH: Final = r"""
source "$1"; shift
for line in "$@"; do
    COMP_WORDS=() COMP_LINE=$line COMP_POINT=${#line}
    rest=$line
    while [[ $rest =~ ^\ *([=:]+|[^\ =:]+)(.*)$ ]]; do
        COMP_WORDS+=("${BASH_REMATCH[1]}"); rest=${BASH_REMATCH[2]}
    done
    [[ $line == *\  ]] && COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _iterapp_nats
    printf '%s\n' "${COMPREPLY[@]}" END-OF-LINE
done
"""
_FISH: Final = """
source $argv[1]
for line in $argv[2..]
    complete -C $line
    echo END-OF-LINE
end
"""
# Each TAB writes the matches that the completion adds to a file and clears the line.
_ZSH: Final = r"""
PS1='' PS2=''
autoload -U compinit && compinit -D -u
source $SCRIPT
compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
    local -a hits
    builtin compadd -A hits "$@"
    [[ -n $hits ]] && print -rl -- ${hits} >>$CAPTURE
    builtin compadd "$@"
}
show-matches() { zle complete-word; print END-OF-LINE >>$CAPTURE; BUFFER='' }
zle -N show-matches
bindkey '^I' show-matches
"""


def complete_in_bash(script: Path, lines: Iterable[str]) -> list[set[str]]:
    command = [require_tool("bash"), "--norc", "-c", _BASH, "bash", str(script), *lines]
    return _split(_run(command, script.parent))


def complete_in_fish(script: Path, lines: Iterable[str]) -> list[set[str]]:
    command = [require_tool("fish"), "--no-config", "-c", _FISH, str(script), *lines]
    return _split(_run(command, script.parent))


def complete_in_zsh(script: Path, lines: Iterable[str]) -> list[set[str]]:
    capture = script.parent / "capture"
    environ = {"SCRIPT": str(script), "CAPTURE": str(capture), "TERM": "dumb", "PATH": os.defpath}
    terminal, shell_side = pty.openpty()
    shell = subprocess.Popen(
        [require_tool("zsh"), "-f", "-i"],
        stdin=shell_side,
        stdout=shell_side,
        stderr=shell_side,
        cwd=script.parent,
        env=environ,
        start_new_session=True,
    )
    os.close(shell_side)
    setup = script.parent / "setup.zsh"
    setup.write_text(_ZSH)
    typed = [f"source {setup}\n", *(f"{line}\t" for line in lines), "exit\n"]
    os.write(terminal, "".join(typed).encode())
    _drain(terminal)
    shell.wait(timeout=30)
    return _split(capture.read_text())


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=True, timeout=30
    )
    assert not done.stderr
    return done.stdout


def _split(text: str) -> list[set[str]]:
    parts = text.split(f"{_END}\n")[:-1]
    return [{_plain(offer) for offer in part.splitlines()} - {""} for part in parts]


def _plain(offer: str) -> str:
    """Return an offer without what the shells put around it, each in its own way

    fish adds the description and repeats `--option=`, fish and zsh mark a folder and quote a blank.
    """
    words = offer.partition("\t")[0].rstrip("/").replace("\\ ", " ")
    return words.partition("=")[2] if words.startswith("--") and "=" in words else words


def _drain(terminal: int) -> None:
    # Linux tells the end of a terminal's other side by EIO.
    with contextlib.suppress(OSError):
        while os.read(terminal, 65536):
            pass
    os.close(terminal)
