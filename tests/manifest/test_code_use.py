from __future__ import annotations

import pytest

from iterapp_nats.manifest.code import DEPENDENCY_FILES, find_code_use

USES = [
    ("package.json", '{"dependencies": {\n  "nats": "^2.29.0"\n}}', "nats", False),
    ("package.json", '{"dependencies": {"@nats-io/jetstream": "3"}}', "@nats-io/jetstream", True),
    ("pyproject.toml", 'dependencies = [\n  "nats-py>=2.9",\n]', "nats-py", False),
    ("pyproject.toml", 'dependencies = ["nats-py[nkeys]"]', "nats-py", False),
    ("pyproject.toml", '[tool.poetry.dependencies]\nnats-py = "^2.9"', "nats-py", False),
    ("requirements.txt", "httpx\nnats-py==2.9.0 # chat", "nats-py", False),
    ("requirements.txt", "nats-py", "nats-py", False),
    ("Cargo.toml", '[dependencies]\nasync-nats = "0.38"', "async-nats", False),
    (
        "Cargo.toml",
        'async-nats = { version = "0.4", features = ["jetstream"] }',
        "async-nats",
        True,
    ),
    ("Cargo.toml", '[dependencies.async-nats]\nversion = "0.38"', "async-nats", False),
    ("go.mod", "require github.com/nats-io/nats.go v1.39.0", "github.com/nats-io/nats.go", False),
    (
        "go.mod",
        "require (\n\tgithub.com/nats-io/stan.go v0.10.4\n)",
        "github.com/nats-io/stan.go",
        True,
    ),
    ("pom.xml", "<artifactId>jnats</artifactId>", "jnats", False),
    ("build.gradle", "implementation 'io.nats:jnats:2.20.0'", "jnats", False),
    ("build.gradle.kts", 'implementation("io.nats:jnats:2.20.0")', "jnats", False),
    ("mix.exs", '{:gnat, "~> 1.9"},', "gnat", False),
    ("Gemfile", 'gem "nats-pure", "~> 2.4"', "nats-pure", False),
    ("composer.json", '{"require": {"basis-company/nats": "^1.0"}}', "basis-company/nats", False),
]


@pytest.mark.parametrize(("name", "text", "package", "is_jetstream"), USES)
def test_a_client_among_the_dependencies_is_found(
    name: str, text: str, package: str, *, is_jetstream: bool
) -> None:
    (use,) = find_code_use(f"app/{name}", text)
    assert (use.path, use.package, use.is_jetstream) == (f"app/{name}", package, is_jetstream)
    assert package in text.splitlines()[use.line - 1]


def test_every_dependency_file_has_an_example() -> None:
    assert {name for name, *_ in USES} == set(DEPENDENCY_FILES)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package.json", '{"name": "nats-dashboard", "description": "uses nats"}'),
        ("package.json", '{"scripts": {"dev": "nats-server"}}'),
        ("pyproject.toml", '[project]\nname = "my-nats-py-app"'),
        ("requirements.txt", "# nats-py==2.9.0\nnats-python-tools\n"),
        ("Cargo.toml", '# async-nats = "0.38"\nnats-io = "1"'),
        ("go.mod", "module github.com/nats-io/nats.go"),
        ("go.mod", "// github.com/nats-io/nats.go v1.0.0"),
        ("Gemfile", 'gem "nats-tools"'),
        ("README.md", '"nats": "1"'),
    ],
)
def test_a_text_that_only_mentions_nats_is_no_use(name: str, text: str) -> None:
    assert find_code_use(name, text) == ()


def test_each_package_of_a_line_is_found() -> None:
    text = '{"dependencies": {"nats": "2", "@nats-io/jetstream": "3"}}'
    uses = find_code_use("package.json", text)
    assert [(use.package, use.is_jetstream) for use in uses] == [
        ("nats", False),
        ("@nats-io/jetstream", True),
    ]
