"""The languages: which client library, which files, and how an app is built and run

Versions stand in the example's own dependency file alone; everything that names one reads it there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from iterapp_nats.errors import InputError


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """A file of a template, and where it stands in an app"""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Language:
    """One language

    name: as a user types it
    title: as it is written
    package: the client library
    dependency_file: names the version of the package, found by `version_pattern`
    install: how the package is installed; {version} is replaced
    modules: the connect code
    use: a small program that uses the connect code
    build, run: commands in the folder of the example
    page: where the example's page stands, empty when it is a command-line program
    """

    name: str
    title: str
    package: str
    dependency_file: str
    version_pattern: str
    install: str
    modules: tuple[TemplateFile, ...]
    use: str
    run: tuple[str, ...]
    build: tuple[tuple[str, ...], ...] = ()
    page: str = ""


def _module(name: str, folder: str = "") -> TemplateFile:
    return TemplateFile(name, f"{folder}{name}")


PYTHON: Final = Language(
    name="python",
    title="Python",
    package="nats-py",
    dependency_file="requirements.txt",
    version_pattern=r"^nats-py\[nkeys\]==(\S+)$",
    install="pip install 'nats-py[nkeys]=={version}'",
    modules=(_module("nats_connection.py"),),
    use="use.py",
    # Where the system keeps its own packages apart, pip alone installs nothing.
    build=(
        ("python3", "-m", "venv", ".venv"),
        (".venv/bin/pip", "install", "-r", "requirements.txt"),
    ),
    run=(".venv/bin/python", "main.py"),
    page="index.html",
)
JAVASCRIPT: Final = Language(
    name="javascript",
    title="JavaScript",
    package="@nats-io/transport-node",
    dependency_file="package.json",
    version_pattern=r'"@nats-io/transport-node": "([^"]+)"',
    install="npm install --save-exact @nats-io/transport-node@{version}",
    modules=(_module("nats-connection.mjs"),),
    use="use.mjs",
    build=(("npm", "install"),),
    run=("node", "main.mjs"),
    page="index.html",
)
TYPESCRIPT: Final = Language(
    name="typescript",
    title="TypeScript",
    package="@nats-io/transport-node",
    dependency_file="package.json",
    version_pattern=r'"@nats-io/transport-node": "([^"]+)"',
    install=(
        "npm install --save-exact @nats-io/transport-node@{version} && "
        "npm install --save-dev typescript @types/node && "
        # Modules as the code has them, and the types of Node, which tsc takes only if told.
        "npm pkg set type=module && npx tsc --init --types node"
    ),
    modules=(_module("nats-connection.ts", "src/"),),
    use="use.ts",
    build=(("npm", "install"), ("npm", "run", "build")),
    run=("node", "dist/main.js"),
    page="index.html",
)
RUST: Final = Language(
    name="rust",
    title="Rust",
    package="async-nats",
    dependency_file="Cargo.toml",
    version_pattern=r'^async-nats = \{ version = "([^"]+)"',
    install=(
        "cargo add async-nats@{version} --no-default-features --features nkeys,ring && "
        "cargo add data-encoding futures-util nkeys rand serde_json tracing && "
        "cargo add tokio --features full && cargo add tokio-util --features rt"
    ),
    modules=(_module("natsconn.rs", "src/"),),
    use="use.rs",
    build=(("cargo", "build", "--release"),),
    run=("target/release/board",),
    page="index.html",
)
GO: Final = Language(
    name="go",
    title="Go",
    package="github.com/nats-io/nats.go",
    dependency_file="go.mod",
    version_pattern=r"github\.com/nats-io/nats\.go (v\S+)",
    install="go get github.com/nats-io/nats.go@{version}",
    modules=(_module("natsconn.go", "natsconn/"),),
    use="use.go",
    build=(("go", "build", "-o", "board", "."),),
    run=("./board",),
    page="index.html",
)
JAVA: Final = Language(
    name="java",
    title="Java",
    package="io.nats:jnats",
    dependency_file="pom.xml",
    version_pattern=r"<artifactId>jnats</artifactId>\s+<version>([^<]+)</version>",
    install="add io.nats:jnats:{version} to the dependencies of pom.xml or build.gradle",
    modules=(_module("NatsConnector.java", "src/main/java/example/"),),
    use="Use.java",
    build=(("mvn", "--quiet", "package"),),
    run=("java", "-jar", "target/worker.jar"),
)
KOTLIN: Final = Language(
    name="kotlin",
    title="Kotlin",
    package="io.nats:jnats",
    dependency_file="pom.xml",
    version_pattern=r"<artifactId>jnats</artifactId>\s+<version>([^<]+)</version>",
    install="add io.nats:jnats:{version} to the dependencies of pom.xml or build.gradle.kts",
    modules=(_module("NatsConnector.kt", "src/main/kotlin/example/"),),
    use="Use.kt",
    build=(("mvn", "--quiet", "package"),),
    run=("java", "-jar", "target/worker.jar"),
)
C: Final = Language(
    name="c",
    title="C",
    package="nats.c",
    dependency_file="Makefile",
    version_pattern=r"^CLIENT = libnats >= (\S+)$",
    install="nats.c {version}: libnats-dev of Debian testing, or https://github.com/nats-io/nats.c",
    modules=(_module("nats_connection.h"), _module("nats_connection.c")),
    use="use.c",
    build=(("make",),),
    run=("./worker",),
)
LANGUAGES: Final = (PYTHON, JAVASCRIPT, TYPESCRIPT, RUST, GO, JAVA, KOTLIN, C)
_OTHER_NAMES: Final = {"py": "python", "js": "javascript", "node": "javascript", "ts": "typescript",
                       "rs": "rust", "golang": "go", "kt": "kotlin"}  # fmt: skip


def require_language(name: str) -> Language:
    """Return a language by its name or a usual short form; raises `language-unknown`"""
    wanted = _OTHER_NAMES.get(name.lower(), name.lower())
    for language in LANGUAGES:
        if language.name == wanted:
            return language
    known = ", ".join(language.name for language in LANGUAGES)
    raise InputError(
        "language-unknown",
        f"there is no template for {name}: choose from {known}",
        hints=("see iterapp-nats connect --help",),
    )
