"""The platform ends pods with SIGTERM: Ctrl-C is another signal"""

from __future__ import annotations

import pytest

from tests.audit.snippets import rules_of

INTERRUPT_ONLY = (
    ("go", "signal.Notify(stop, os.Interrupt)\n\tnc.Drain()"),
    ("rs", "tokio::signal::ctrl_c().await?;\nclient.drain().await?;"),
    ("py", "loop.add_signal_handler(signal.SIGINT, stop.set)\nawait nc.drain()"),
)
HANDLED = (
    ("go", "signal.Notify(stop, os.Interrupt, syscall.SIGTERM)\n\tnc.Drain()"),
    ("go", "signal.Notify(stop)\n\tnc.Drain()"),
    ("rs", "signal(SignalKind::terminate())?.recv().await;\nclient.drain().await?;"),
    ("py", "loop.add_signal_handler(number, stop.set)\nawait nc.drain()"),
)


@pytest.mark.parametrize(("suffix", "code"), INTERRUPT_ONLY)
def test_interrupt_alone_is_not_enough(suffix: str, code: str) -> None:
    assert "no-sigterm" in rules_of(suffix, code)


@pytest.mark.parametrize(("suffix", "code"), HANDLED)
def test_handled_sigterm_is_seen(suffix: str, code: str) -> None:
    assert "no-sigterm" not in rules_of(suffix, code)
