"""Short ways to check a text"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iterapp_nats.manifest.check import DEFAULT_OPTIONS, check_manifest
from iterapp_nats.manifest.source import ManifestSource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iterapp_nats.manifest.findings import Finding
    from iterapp_nats.manifest.source import CheckOptions


def findings(text: str, options: CheckOptions = DEFAULT_OPTIONS) -> tuple[Finding, ...]:
    return check_manifest(ManifestSource("iterapp.toml", text.encode()), options).findings


def rules(text: str, options: CheckOptions = DEFAULT_OPTIONS) -> list[str]:
    return [finding.rule for finding in findings(text, options)]


def told(text: str, applings: Mapping[str, bytes | None] | None = None) -> list[tuple[str, str]]:
    source = ManifestSource("iterapp.toml", text.encode(), applings)
    return [(finding.rule, finding.message) for finding in check_manifest(source).findings]
