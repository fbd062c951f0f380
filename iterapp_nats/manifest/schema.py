"""The JSON Schema of iterapp.toml for editors; the check itself does not use it"""

from __future__ import annotations

from pkgutil import get_data
from typing import Final

_FILE: Final = "iterapp.schema.json"


def editor_schema() -> str:
    """Give the schema, draft 7, as it is shipped"""
    content = get_data("iterapp_nats.manifest", _FILE)
    return content.decode() if content else ""
