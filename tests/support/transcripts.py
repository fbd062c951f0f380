"""Console transcripts: `$ command` lines with the output that follows them

What differs from run to run is compared by its kind: ports, pids, versions, times, keys.
A command that ends in `&` runs beside the next ones; what it prints is compared when they are done.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

TIMEOUT_S = 60
_KINDS = (
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:PORT"),
    (re.compile(r"pid \d+"), "pid N"),
    (re.compile(r"nats-server \d+\.\d+\.\d+"), "nats-server VERSION"),
    (re.compile(r"\d+\.\d+ ms"), "TIME ms"),
    (re.compile(r"\bA[A-Z2-7]{55}\b"), "ACCOUNT"),
    (re.compile(r"\biterapp-nats-shop-[0-9a-f]{12}\b"), "SERVER"),
    (re.compile(r"\b20\d\d-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?"), "DATE"),
    (re.compile(r"_INBOX\.[A-Za-z0-9.]+"), "_INBOX"),
)


@dataclass(slots=True)
class Step:
    """One command with the lines it must print, stdout and stderr together"""

    command: str
    expected: list[str] = field(default_factory=list)

    @property
    def runs_beside(self) -> bool:
        return self.command.endswith("&")


def parse_transcript(text: str) -> list[Step]:
    steps: list[Step] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            steps.append(Step(line.removeprefix("$ ")))
        elif steps:
            steps[-1].expected.append(line)
    for step in steps:
        while step.expected and not step.expected[-1]:
            step.expected.pop()
    return steps


def console_sections(markdown: str) -> dict[str, list[Step]]:
    """Return the steps of each section that has console blocks, by its title"""
    found = {}
    for section in re.split(r"^## ", markdown, flags=re.MULTILINE):
        blocks = re.findall(r"^```console\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
        if blocks:
            title = section.partition("\n")[0]
            found[title] = [step for block in blocks for step in parse_transcript(block)]
    return found


def run_transcript(steps: list[Step], folder: Path, environ: Mapping[str, str]) -> None:
    beside: list[tuple[Step, subprocess.Popen[str]]] = []
    for step in steps:
        command = step.command.removesuffix("&")
        process = subprocess.Popen(
            ["bash", "-c", command],
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if step.runs_beside:
            beside.append((step, process))
            wait_for_first_line(process, step)
            continue
        assert_printed(step, process.communicate(timeout=TIMEOUT_S)[0].splitlines())
        for other, running in beside:
            rest = running.communicate(timeout=TIMEOUT_S)[0].splitlines()
            assert_printed(other, [*other.expected[:1], *rest])
        beside.clear()


def wait_for_first_line(process: subprocess.Popen[str], step: Step) -> None:
    assert process.stdout
    first = process.stdout.readline().rstrip("\n")
    assert list(kinds([first])) == list(kinds(step.expected[:1])), step.command


def assert_printed(step: Step, printed: list[str]) -> None:
    # Other tests run beside this one, and any of them may hold the default port.
    printed = [line for line in printed if not line.startswith("note: port 4222 is taken by ")]
    while printed and not printed[-1]:
        printed.pop()
    assert list(kinds(printed)) == list(kinds(step.expected)), f"$ {step.command}"


def kinds(lines: list[str]) -> Iterator[str]:
    for line in lines:
        shown = line
        for pattern, kind in _KINDS:
            shown = pattern.sub(kind, shown)
        yield shown.rstrip()
