"""Names that are nearly another name: typing slips, letter case, look-alike characters"""

from __future__ import annotations

from typing import Final

from iterapp_nats.manifest.document import FLAG

# Cyrillic, Greek and Armenian letters that look like those of the flag.
_LOOK_ALIKES: Final = str.maketrans(
    "\u0430\u0410\u0391\u03b1\u0455\u0405\u0442\u0422\u03a4\u03c4\u039d\u0578\u043f",
    "aaaasstttt" + "nnn",
)
_SYNONYMS: Final = frozenset({"jetstream", "gnatsd", "stan"})
_MAX_SLIPS: Final = 2


def looks_like_flag(name: str) -> bool:
    """Tell whether a name was probably meant as the flag: `Nats`, `nat`, `nats-server`, `jetstream`

    One slip is enough to suspect it. Two slips only where the first letter is right, else `data`,
    `tags` and `paths` would be suspects.
    """
    plain = plain_name(name)
    if plain.startswith(FLAG) or plain in _SYNONYMS:
        return True
    slips = count_slips(plain, FLAG)
    return slips <= 1 or (slips <= _MAX_SLIPS and plain.startswith(FLAG[0]))


def plain_name(name: str) -> str:
    """Strip what the eye does not see: letter case, joiners, look-alikes, zero-width characters"""
    if not name.isascii():
        import unicodedata

        name = unicodedata.normalize("NFKC", name).translate(_LOOK_ALIKES)
    return "".join(character for character in name.casefold() if character.isalnum())


def has_unseen_difference(name: str) -> bool:
    """Tell whether a name looks exactly like the flag and is not"""
    return plain_name(name) == FLAG and name.casefold() != FLAG and not set(name) & set("-_.")


def code_points(name: str) -> str:
    """Spell a name by its code points: `U+006E U+0430 …`"""
    return " ".join(f"U+{ord(character):04X}" for character in name)


def count_slips(written: str, meant: str) -> int:
    """Count letters added, left out, replaced or swapped with their neighbour"""
    if abs(len(written) - len(meant)) > _MAX_SLIPS:
        return _MAX_SLIPS + 1
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for at, letter in enumerate(written, 1):
        before, above, row = row, before, [at]
        for to, wanted in enumerate(meant, 1):
            cost = min(before[to] + 1, row[-1] + 1, before[to - 1] + (letter != wanted))
            swapped = at > 1 and to > 1 and written[at - 2] == wanted and letter == meant[to - 2]
            row.append(min(cost, above[to - 2] + 1) if swapped else cost)
    return row[-1]


def suggest(name: str, known: frozenset[str]) -> str:
    """Find the known name that is nearest, empty when none is near"""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name.casefold(), sorted(known), n=1, cutoff=0.75)), "")
