"""The two marked blocks of creds text: finding them, and how their layout differs from canonical"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Final

from iterapp_nats.errors import InputError
from iterapp_nats.security.creds_damage import Repair

# The dashes before a marker are not part of the pattern: at a long run of them it would try every
# start, in quadratic time. The run after it is consumed once.
_MARKER: Final = re.compile(
    r"(?P<edge>BEGIN|END)\s*(?:(?P<jwt>NATS\s*USER\s*JWT)|USER\s*NKEY\s*SEED)\s*(?P<dashes>-+)"
)
_BLANKS: Final = " \t"
_BEGIN_DASHES: Final = 5
_END_DASHES: Final = 6


class BlockKind(Enum):
    """What stands between a BEGIN and an END marker"""

    JWT = "user JWT"
    SEED = "seed"


@dataclass(frozen=True, slots=True)
class Block:
    """A block and the matches of its two markers"""

    kind: BlockKind
    begin: re.Match[str]
    end: re.Match[str]

    @property
    def body(self) -> str:
        """All between the markers; neither a JWT nor a seed ends in a dash"""
        return self.begin.string[self.begin.end() : self.end.start()].rstrip("-").strip()

    @property
    def content(self) -> str:
        """The JWT or seed without the white space that a wrapped line adds"""
        return "".join(self.body.split())

    def __repr__(self) -> str:
        return f"Block({self.kind})"


def find_blocks(text: str) -> dict[BlockKind, Block]:
    """Return the complete blocks; raises InputError `creds-truncated` or `creds-several`"""
    markers = list(_MARKER.finditer(text))
    blocks: dict[BlockKind, Block] = {}
    for begin, end in pairwise(markers):
        kind = _kind_of(begin)
        if not _is_begin(begin) or _is_begin(end) or _kind_of(end) is not kind:
            continue
        if kind in blocks:
            raise InputError("creds-several", f"the creds hold more than one {kind.value}")
        blocks[kind] = Block(kind, begin, end)
    for marker in markers:
        kind = _kind_of(marker)
        if kind not in blocks:
            missing = "END" if _is_begin(marker) else "BEGIN"
            raise InputError(
                "creds-truncated",
                f"the creds are cut off: the {kind.value} has no {missing} line",
                hints=("copy the creds again, from the first line to the last",),
            )
    return blocks


def find_layout_repairs(text: str, jwt: Block, seed: Block) -> tuple[Repair, ...]:
    """Return how the text around and within the blocks differs from canonical"""
    first, last = sorted((jwt, seed), key=lambda block: block.begin.start())
    blocks = (first, last)
    lines = text.split("\n")
    found = {
        Repair.LATE_START: bool(text[: first.begin.start()].rstrip("-").strip(_BLANKS)),
        Repair.SEED_FIRST: first is seed,
        Repair.JOINED_LINES: any(_runs_on(block) for block in blocks),
        Repair.WRAPPED: any(block.body != block.content for block in blocks),
        Repair.INDENTATION: any(line[0] in _BLANKS for line in lines if line.strip()),
        Repair.TRAILING_BLANKS: any(line[-1] in _BLANKS for line in lines if line),
        Repair.DASHES: any(_has_wrong_dashes(block) for block in blocks),
        Repair.EARLY_END: "\n" not in text[last.end.end() :],
    }
    return tuple(repair for repair, is_found in found.items() if is_found)


def _is_begin(marker: re.Match[str]) -> bool:
    return marker["edge"] == "BEGIN"


def _kind_of(marker: re.Match[str]) -> BlockKind:
    return BlockKind.JWT if marker["jwt"] else BlockKind.SEED


def _runs_on(block: Block) -> bool:
    text = block.begin.string[block.begin.end() : block.end.start()]
    return not text.lstrip(_BLANKS).startswith("\n")


def _has_wrong_dashes(block: Block) -> bool:
    return _dashes_around(block.begin) != (_BEGIN_DASHES, _BEGIN_DASHES) or _dashes_around(
        block.end
    ) != (_END_DASHES, _END_DASHES)


def _dashes_around(marker: re.Match[str]) -> tuple[int, int]:
    before = marker.string[: marker.start()]
    return len(before) - len(before.rstrip("-")), len(marker["dashes"])
