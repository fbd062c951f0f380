"""What the dependencies of an app say about NATS: a client among them, or JetStream"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class CodeUse:
    """A NATS package in a dependency file; `path` and `line` tell where it is named"""

    path: str
    line: int
    package: str
    is_jetstream: bool = False


# Package names as each ecosystem's registry writes them.
_NPM: Final = r"nats|nats\.ws|@nats-io/(?:transport-node|transport-deno|nats-core|jetstream|kv|obj)"
_PYPI: Final = r"nats-py|nats-core|asyncio-nats-client"
_MAVEN: Final = r"jnats|nats-spring|nats-spring-boot-starter"
_CARGO: Final = r"async-nats|nats"
_GO: Final = r"github\.com/nats-io/(?:nats|stan)\.go"
_HEX: Final = r"gnat|jetstream"
_GEM: Final = r"nats-pure|nats"
_COMPOSER: Final = r"basis-company/nats|repejota/nats"

_JSON_KEY: Final = r"[\"']({names})[\"']\s*:"
_REQUIREMENT: Final = r"(?:^|[\"'])\s*({names})\s*(?:\[[^\]]*\]\s*)?(?:[<>=!~;@,\"'#]|$)"
_TOML_KEY: Final = r"^\s*(?:\[[\w.'\" ()-]*dependencies\.)?[\"']?({names})[\"']?\s*[=\]]"
_GRADLE: Final = r"[\"':]({names})[\"':]"

_PATTERNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "package.json": _JSON_KEY.format(names=_NPM),
        "pyproject.toml": _REQUIREMENT.replace("(?:^|", "(?:^|[=\\[,]\\s*|").format(names=_PYPI),
        "requirements.txt": _REQUIREMENT.format(names=_PYPI),
        "Cargo.toml": _TOML_KEY.format(names=_CARGO),
        "go.mod": rf"^(?:require)?\s*({_GO})\s+v",
        "pom.xml": rf"<artifactId>\s*({_MAVEN})\s*</artifactId>",
        "build.gradle": _GRADLE.format(names=_MAVEN),
        "build.gradle.kts": _GRADLE.format(names=_MAVEN),
        "mix.exs": rf"\{{\s*:({_HEX})\s*,",
        "Gemfile": rf"^\s*gem\s*\(?\s*[\"']({_GEM})[\"']",
        "composer.json": _JSON_KEY.format(names=_COMPOSER),
    }
)
DEPENDENCY_FILES: Final = tuple(_PATTERNS)
"""Names of the files that `find_code_use` can read"""

_JETSTREAM_PACKAGES: Final = frozenset(
    {"@nats-io/jetstream", "@nats-io/kv", "@nats-io/obj", "jetstream", "github.com/nats-io/stan.go"}
)
_JETSTREAM_FEATURE: Final = re.compile(r"features\s*=\s*\[[^\]]*[\"'](?:jetstream|kv|object-store)")
_COMMENT_LINE: Final = re.compile(r"\s*(?:#|//|<!--)")


def find_code_use(path: str, text: str) -> tuple[CodeUse, ...]:
    """Find the NATS packages that a dependency file names, in the order of its lines

    The last part of `path` decides how to read it; nothing for a file of another name. A line that
    is a comment does not count.
    """
    names = _PATTERNS.get(path.rpartition("/")[2])
    if names is None or not re.search("nats|jetstream|gnat", text):
        return ()
    pattern = re.compile(names)
    return tuple(
        CodeUse(path, number, match[1], is_jetstream=_is_jetstream(match[1], line))
        for number, line in enumerate(text.splitlines(), 1)
        if not _COMMENT_LINE.match(line)
        for match in pattern.finditer(line)
    )


def _is_jetstream(package: str, line: str) -> bool:
    return package in _JETSTREAM_PACKAGES or bool(_JETSTREAM_FEATURE.search(line))
