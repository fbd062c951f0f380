"""Short files that connect, by language: what a test adds stands behind the import"""

from __future__ import annotations

from iterapp_nats.audit.check import audit
from iterapp_nats.audit.code import SourceFile

_FRAMES = {
    "mjs": ('import { connect } from "nats";\n', "\nawait connect(options);\n"),
    "py": ("import nats\n", "\nnc = nats.connect(**options)\n"),
    "java": ("import io.nats.client.*;\n", "\nNats.connect(options);\n"),
    "rs": ("use async_nats::ConnectOptions;\n", "\noptions.connect(url).await;\n"),
    "go": ('import "github.com/nats-io/nats.go"\n', "\nnats.Connect(url, options...)\n"),
    "c": ("#include <nats/nats.h>\n", "\nnatsConnection_Connect(&nc, opts);\n"),
}


def rules_of(suffix: str, code: str) -> set[str]:
    """Return the rules that a file with this code breaks"""
    before, after = _FRAMES[suffix]
    report = audit([SourceFile(f"app.{suffix}", before + code + after)])
    assert report.connecting
    return {finding.rule for finding in report.findings}
