"""TAB in the real shells: what each would offer for the words up to the cursor"""

from __future__ import annotations

import contextlib
import os
import pty
import re
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
# Control-G writes the line as it is now to a file and clears it.
_BASH_KEYS: Final = r"""
PS1=''
source "$SCRIPT"
show-line() { printf '%s\n' "$READLINE_LINE" >>"$CAPTURE"; READLINE_LINE=''; READLINE_POINT=0; }
bind 'set bell-style none'
bind 'set show-all-if-ambiguous on'
bind -x '"\C-g": show-line'
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
    offers = _split(_run(command, script.parent))
    # fish offers --option=value as a whole, the others the value alone.
    return [{re.sub("^--[^=]*=", "", offer) for offer in each} for each in offers]


def complete_in_zsh(script: Path, lines: Iterable[str]) -> list[set[str]]:
    command = [require_tool("zsh"), "-f", "-i"]
    return _split(_type(command, _ZSH, script, (f"{line}\t" for line in lines)))


def press_tab_in_bash(script: Path, lines: Iterable[str]) -> list[str]:
    """Return what each line becomes by one TAB"""
    command = [require_tool("bash"), "--norc", "-i"]
    return _type(command, _BASH_KEYS, script, (f"{line}\t\x07" for line in lines)).splitlines()


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=True, timeout=30
    )
    assert not done.stderr
    return done.stdout


def _type(command: list[str], setup_text: str, script: Path, keys: Iterable[str]) -> str:
    """Return what a shell in a terminal wrote to $CAPTURE, which is set as $SCRIPT is"""
    folder = script.parent
    setup, capture = folder / "setup", folder / "capture"
    setup.write_text(f"{setup_text}\necho READY\n")
    capture.touch()
    terminal, shell_side = pty.openpty()
    shell = subprocess.Popen(
        command,
        stdin=shell_side,
        stdout=shell_side,
        stderr=shell_side,
        cwd=folder,
        env={"SCRIPT": str(script), "CAPTURE": str(capture), "TERM": "dumb", "PATH": os.defpath},
        start_new_session=True,
    )
    os.close(shell_side)
    os.write(terminal, f"source {setup}\n".encode())
    _read(terminal, until=b"READY")
    os.write(terminal, "".join([*keys, "exit\n"]).encode())
    _read(terminal)
    os.close(terminal)
    shell.wait(timeout=30)
    return capture.read_text()


def _split(text: str) -> list[set[str]]:
    parts = text.split(f"{_END}\n")[:-1]
    return [{_plain(offer) for offer in part.splitlines()} - {""} for part in parts]


def _plain(offer: str) -> str:
    """Return an offer without fish's description, the mark of a folder and zsh's quoted blank"""
    return offer.partition("\t")[0].rstrip("/").replace("\\ ", " ")


def _read(terminal: int, until: bytes | None = None) -> None:
    seen = b""
    # Linux tells the end of a terminal's other side by EIO.
    with contextlib.suppress(OSError):
        while until is None or until not in seen:
            seen += os.read(terminal, 65536)
