"""Ctrl-C while a command starts and runs"""

from __future__ import annotations

import os
import signal
import subprocess
import time

from iterapp_nats.dev.signals import CommandSignals

BETWEEN_S = 0.2


def test_interrupt_before_the_command_is_there_counts_as_the_first() -> None:
    with CommandSignals() as signals:
        signals.expect_command()
        os.kill(os.getpid(), signal.SIGINT)
        script = "trap '' INT TERM; echo ready; while true; do sleep 0.05; done"
        with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.readline()
            signals.pass_to(process)
            for _ in range(2):
                time.sleep(BETWEEN_S)
                os.kill(os.getpid(), signal.SIGINT)
            try:
                assert process.wait(10) == -signal.SIGKILL
            finally:
                process.kill()
