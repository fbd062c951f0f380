"""`python -m iterapp_nats` is the command iterapp-nats"""

import sys

from iterapp_nats.cli import run

sys.exit(run())
