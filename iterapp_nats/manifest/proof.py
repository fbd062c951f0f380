"""The proof of an edit: the new bytes parsed again are the document that was meant"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Final

from iterapp_nats.manifest.document import Manifest, TomlTable, parse_manifest
from iterapp_nats.manifest.findings import Fix, FixIntent

if TYPE_CHECKING:
    from iterapp_nats.manifest.findings import KeyPath

_MARK: Final = "\ufeff"


def apply_fix(manifest: Manifest, fix: Fix) -> bytes | None:
    """Give the content with a fix made

    None if the document would not be what the fix means, or if nothing would change.
    """
    text = manifest.text
    for edit in sorted(fix.edits, key=lambda edit: edit.span.start.offset, reverse=True):
        text = text[: edit.span.start.offset] + edit.text + text[edit.span.end.offset :]
    content = text.encode() if fix.intent is FixIntent.DROP_MARK else encode(text, manifest)
    expected = _expected_document(manifest, fix)
    if content == encode(manifest.text, manifest):
        return None
    return content if expected is not None and is_document(content, expected) else None


def _expected_document(manifest: Manifest, fix: Fix) -> TomlTable | None:
    data = read_exactly(manifest.text)
    match fix.intent:
        case FixIntent.DROP_MARK | FixIntent.REWRITE_FLAG:
            return data
        case FixIntent.MOVE_TO_ROOT:
            name = str(fix.key[0])
            moved = data.pop(name)
            return {**data, **moved, name: {}} if isinstance(moved, dict) else None
        case FixIntent.QUOTE_VALUE:
            start, end = fix.edits[0].span.end.offset, fix.edits[-1].span.start.offset
            return _with_value(data, fix.key, manifest.text[start:end])


def _with_value(data: TomlTable, path: KeyPath, value: str) -> TomlTable | None:
    table = data
    for part in path[:-1]:
        inner = table.get(str(part))
        if not isinstance(inner, dict):
            return None
        table = inner
    table[str(path[-1])] = value
    return data


def read_exactly(text: str) -> TomlTable:
    """Parse with floats as they are written: nan would not equal itself"""
    return tomllib.loads(text, parse_float=str)


def is_document(content: bytes, expected: TomlTable) -> bool:
    """Tell whether a content is valid and means exactly what was expected"""
    text = content.decode().removeprefix(_MARK)
    try:
        return not parse_manifest(text).failure and read_exactly(text) == expected
    except RecursionError:
        return False


def encode(text: str, manifest: Manifest) -> bytes:
    """Give the bytes of a new text, with the byte order mark that the manifest came with"""
    return ((_MARK if manifest.has_byte_order_mark else "") + text).encode()
