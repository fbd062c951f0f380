"""Synthetic iterapp.toml files in the shapes that are in use, and random changes to them"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import toml_rs
import tomli

from tests.manifest.cases import CASES

if TYPE_CHECKING:
    from random import Random

WEB_APP: Final = """\
port = 3000
readiness_path = "/healthz"
emoji = "\U0001f468\u200d\U0001f680"
replicas = 2
from_to_www_redirect = true
domains = [
  "example.org", # the old one
  'www.example.org',
]

[env.common]
LOG_LEVEL = "debug"
"A B" = "c"

[env.prod]
LOG_LEVEL = 'info'
API_KEY = { encrypted = "c3ludGhldGlj" }
TOKEN = { secret = "login", key = "token" }

[postgres]

[nats]
"""

JOBS: Final = """\
default_environment = "prod"
applings = ["api", "worker"]
build.build_in_kubernetes = true
[requests]
memory = "98Mi"
cpu = "24m"

[[static]]
local_dir = "public"
url_path = "/"
[[static]]
local_dir = "docs"
  [static.headers]
  "Cache-Control" = "no-store"

[cronjobs.nightly]
schedule = "0 3 * * *"
path = "/run"
[cronjobs.nightly.headers]
X-Token = "t"

[experimental]
some-flag = true
text = \"\"\"
two
lines \\"quoted\\" \"\"\"
raw = '''it's'''
when = 1979-05-27 07:32:00Z
nested = [[1, 2], [{ a = 1 }, { b.c = 2 }]]
numbers = [0x1F, 1_000, 3.5e2, inf, -nan]
"""


def _read_by_rust(text: str) -> dict[str, Any]:
    return toml_rs.loads(text, toml_version="1.1.0")


LATER_READERS: Final = (tomli.loads, _read_by_rust)
"""Parsers of TOML 1.1; the first is what tomllib is from Python 3.15 on"""

SAMPLES: Final = (
    WEB_APP,
    WEB_APP.replace("\n", "\r\n"),
    JOBS,
    JOBS.replace("\n", "\r\n").rstrip(),
    *(case.text.removeprefix("\ufeff") for case in CASES),
)

_PIECES: Final = (
    *"[]{}=,.\"'#\\ \n\t\r-_:0123x",
    '"""',
    "'''",
    "[[",
    "]]",
    "\r\n",
    "[nats]\n",
    "nats = {}\n",
    "nats.x = 1\n",
    "\\e",
    "07:32",
    "{ a = 1, }",
    "1979-05-27",
    "true",
    "\u00e6",
    "\U0001f680",
    "\0",
)


def mutate(random: Random, text: str) -> str:
    """Make one to three small changes"""
    for _ in range(random.randint(1, 3)):
        start = random.randrange(len(text) + 1)
        end = min(len(text), start + random.choice((0, 0, 1, 1, 2, 8)))
        piece = random.choice((*_PIECES, "", text[end : end + 12]))
        text = text[:start] + piece + text[end:]
    return text
