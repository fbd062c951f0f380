"""What a benchmark measures of a tool, and the table that compares tools within a round"""

from __future__ import annotations

import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

NATS: Final = shutil.which("nats")
COLUMNS: Final = {
    "rate": ("rate", "{:,.0f}/s"),
    "took_s": ("time", "{:.3f} s"),
    "cpu_us": ("CPU/message", "{:.2f} µs"),
    "p50_ms": ("p50", "{:.3f} ms"),
    "rss_mb": ("memory", "{:.0f} MB"),
    "lost": ("lost", "{:.0f}"),
}
COMPARED: Final = ("rate", "took_s", "cpu_us", "p50_ms")


@dataclass(frozen=True, slots=True)
class Measured:
    """One tool in one round; what does not apply is None"""

    rate: float | None = None
    took_s: float | None = None
    cpu_us: float | None = None
    p50_ms: float | None = None
    rss_mb: float | None = None
    lost: int | None = None


@dataclass(slots=True)
class Table:
    """What was measured, by work and tool; the first tool of a work is ours"""

    found: dict[str, dict[str, list[Measured]]] = field(default_factory=dict)

    def add(self, work: str, tool: str, measured: Measured) -> None:
        self.found.setdefault(work, {}).setdefault(tool, []).append(measured)
        say(f"{work:34} {tool:32} {', '.join(cells([measured]))}")

    def rows(self) -> Iterator[str]:
        yield "| work | with | median | ours against it: median [range] |"
        yield "|---|---|---|---|"
        for work, tools in self.found.items():
            ours = next(iter(tools.values()))
            for tool, theirs in tools.items():
                ratios = "" if theirs is ours else "; ".join(compare(ours, theirs))
                yield f"| {work} | {tool} | {', '.join(cells(theirs))} | {ratios} |"


def cells(found: list[Measured]) -> Iterator[str]:
    """Return medians, and of lost messages the most"""
    for name, (title, form) in COLUMNS.items():
        if values := values_of(found, name):
            value = max(values) if name == "lost" else statistics.median(values)
            yield f"{title} {form.format(value)}"


def compare(ours: list[Measured], theirs: list[Measured]) -> Iterator[str]:
    """Return the median and the range of the ratios within a round"""
    for name in COMPARED:
        pairs = list(zip(values_of(ours, name), values_of(theirs, name), strict=False))
        ratios = [mine / other for mine, other in pairs if other]
        if ratios:
            spread = f"[{min(ratios):.3g} to {max(ratios):.3g}]"
            yield f"{COLUMNS[name][0]} x {statistics.median(ratios):.3g} {spread}"


def values_of(found: list[Measured], name: str) -> list[float]:
    values = [getattr(each, name) for each in found]
    return [value for value in values if value is not None]


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def wait_for_cpu(process: subprocess.Popen[bytes]) -> float:
    """Wait for a process and return its CPU in seconds, user and system"""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime


def peak_memory_mb(pid: int) -> float:
    """Return the most memory that a running process has had"""
    told = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(told[1]) / 1000 if told else 0.0


def ram_folder() -> str | None:
    """Return a folder that is no disk, which would be measured too"""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - the point of it


def machine() -> str:
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    tools = [f"Python {platform.python_version()}"]
    if NATS:
        version = subprocess.run([NATS, "--version"], capture_output=True, check=True, text=True)
        tools.append(f"nats {version.stdout.strip()}")
    return f"{cpu[1] if cpu else platform.machine()}, {os.cpu_count()} cores, {', '.join(tools)}"
