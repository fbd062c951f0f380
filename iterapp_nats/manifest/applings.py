"""Applings: parts of an app in folders of their own, each with its own iterapp.toml"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from iterapp_nats.errors import InputError
from iterapp_nats.manifest.document import Manifest, SyntaxFailure, parse_manifest

if TYPE_CHECKING:
    from collections.abc import Mapping


class ApplingState(Enum):
    """Whether an appling has NATS

    INHERITED is what the root file may mean for it: seen in use for `[postgres]`, but not
    documented for `[nats]`.
    """

    OWN = "enabled (own file)"
    INHERITED = "enabled? (inherited from the root: not documented)"
    NONE = "not enabled"
    INVALID = "invalid file"
    MISSING = "no iterapp.toml"


@dataclass(frozen=True, slots=True)
class Appling:
    """One listed appling and its state"""

    name: str
    state: ApplingState


def find_applings(content: bytes) -> tuple[str, ...]:
    """Name the folders whose iterapp.toml the check of this root file needs

    Only names that stay inside the folder of the root file; nothing when the file is invalid.
    """
    if not may_list_applings(content):
        return ()
    try:
        manifest = parse_manifest(content)
    except InputError:
        return ()
    return tuple(dict.fromkeys(name for name in manifest.applings if is_plain_folder(name)))


def may_list_applings(content: bytes) -> bool:
    """Tell whether a content is worth parsing for its applings; a key may be written in escapes"""
    return b"applings" in content or b"\\u" in content or b"\\U" in content


def is_plain_folder(name: str) -> bool:
    """Tell whether an appling's name is a folder beside the root file, and nothing cleverer"""
    return bool(name.strip()) and name not in {".", ".."} and not set(name) & set("/\\:\0")


def parse_applings(
    contents: Mapping[str, bytes | None] | None,
) -> dict[str, Manifest | None] | None:
    """Read the applings' files; None stands for a missing file, what is not text is invalid"""
    if contents is None:
        return None
    return {name: parse_tolerant(content) for name, content in contents.items()}


def parse_tolerant(content: bytes | None) -> Manifest | None:
    """Read a neighbour's file; None stands for a missing file, what is not text is invalid"""
    if content is None:
        return None
    try:
        return parse_manifest(content)
    except InputError as error:
        return Manifest(
            "", has_byte_order_mark=False, data={}, failure=SyntaxFailure(0, error.message)
        )


def resolve_applings(root: Manifest, files: Mapping[str, Manifest | None]) -> tuple[Appling, ...]:
    """Say for each listed appling whether it has NATS, in the order of the list"""
    names = dict.fromkeys(root.applings)
    return tuple(Appling(name, appling_state(root, files.get(name))) for name in names)


def appling_state(root: Manifest, manifest: Manifest | None) -> ApplingState:
    """Say whether one appling has NATS, by its own file first"""
    if manifest is None:
        return ApplingState.MISSING
    if manifest.failure:
        return ApplingState.INVALID
    if manifest.is_enabled:
        return ApplingState.OWN
    return ApplingState.INHERITED if root.is_enabled else ApplingState.NONE
