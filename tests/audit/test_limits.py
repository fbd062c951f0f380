"""What counts as reconnecting without end, and as looking at the end"""

from __future__ import annotations

import pytest

from tests.audit.snippets import rules_of

UNLIMITED = (
    ("mjs", "options = { maxReconnectAttempts: Infinity };"),
    ("mjs", "const UNLIMITED = -1;\noptions = { maxReconnectAttempts: UNLIMITED };"),
    ("mjs", "const maxReconnectAttempts = -1;\noptions = { maxReconnectAttempts };"),
    ("mjs", "options = { maxReconnectAttempts: config.tries };"),
    ("py", "reconnect = -1\noptions = dict(max_reconnect_attempts=reconnect)"),
    ("go", "const unlimited int = -1\n\topts.MaxReconnect = unlimited"),
    ("java", "builder.maxReconnects(Integer.MAX_VALUE);"),
    ("c", "#define FOR_EVER (-1)\nnatsOptions_SetMaxReconnect(opts, FOR_EVER);"),
    ("rs", "options = options.max_reconnects(0);"),
    ("rs", "const FOR_EVER: usize = 0;\noptions = options.max_reconnects(FOR_EVER);"),
)
LIMITED = (
    ("mjs", "options = { maxReconnectAttempts: 10 };"),
    ("mjs", "const TRIES = 10;\noptions = { maxReconnectAttempts: TRIES };"),
    ("py", "options = dict(max_reconnect_attempts=60)"),
    ("go", "opts.MaxReconnect = 60"),
    ("c", "natsOptions_SetMaxReconnect(opts, 60);"),
    ("rs", "options = options.max_reconnects(Some(5));"),
    ("rs", "const TRIES: usize = 5;\noptions = options.max_reconnects(TRIES);"),
)


@pytest.mark.parametrize(("suffix", "code"), UNLIMITED)
def test_reconnects_without_end_are_seen(suffix: str, code: str) -> None:
    assert "reconnect-limited" not in rules_of(suffix, code)


@pytest.mark.parametrize(("suffix", "code"), LIMITED)
def test_limit_of_reconnects_is_found(suffix: str, code: str) -> None:
    assert "reconnect-limited" in rules_of(suffix, code)


def test_status_of_a_go_connection_tells_its_end() -> None:
    code = "closed := nc.StatusChanged(nats.CLOSED)\n\tnc.Drain()\n\t<-closed"
    assert not rules_of("go", code) & {"closed-unseen", "drain-unfinished"}


def test_java_retry_is_seen_over_several_lines() -> None:
    assert "first-connect" not in rules_of("java", "Nats.connectAsynchronously(\n  o,\n  true);")


def test_python_url_split_in_place_is_seen() -> None:
    code = 'nc = nats.connect(\n  os.environ.get("NATS_URL", "").split(","))'
    assert "url-unsplit" not in rules_of("py", code)
