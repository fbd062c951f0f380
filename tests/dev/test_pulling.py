"""An image that comes from a registry, which is seen, and one that does not"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.dev.engines.engine import Engine
from iterapp_nats.dev.engines.pulling import pull
from iterapp_nats.dev.inspection import Condition
from iterapp_nats.errors import LocalServerError
from tests.dev.dev_project import DevProject, command_lines, condition, finish
from tests.support.engine import ask_engine, require_engine
from tests.support.registry import Registry, run_registry

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def engine_host() -> str:
    return require_engine()


@pytest.fixture
def registry() -> Iterator[Registry]:
    with run_registry(ask_engine("version", "--format", "{{.Server.Arch}}").strip()) as registry:
        yield registry
        if image := ask_engine("images", "--quiet", registry.image).strip():
            ask_engine("rmi", "--force", image)


def test_image_of_a_registry_is_seen_to_come_and_used(
    registry: Registry, project: DevProject
) -> None:
    ended = project.dev("up", "--port", "0", "--image", registry.image)
    assert ended.code == 0, ended.stderr
    first, *others = ended.stderr.splitlines()
    assert first == f"pulling image {registry.image} with docker, which takes a while"
    assert any(line.endswith(": Pull complete") for line in others)
    assert project.state.executable == registry.image
    assert condition(project) is Condition.RUNNING
    project.dev("down")
    assert "pull" not in project.dev("up").stderr


def test_interrupted_pull_ends_at_once_and_leaves_nothing(
    registry: Registry, project: DevProject
) -> None:
    registry.is_mute = True
    up = project.start("up", "--port", "0", "--image", registry.image)
    assert registry.waiting.wait(20)
    assert up.stderr
    assert any(b"Pulling fs layer" in line for line in up.stderr)
    up.send_signal(signal.SIGINT)
    assert finish(up).code == 130
    assert not [words for _, words in command_lines() if registry.image in words]
    assert project.containers() == []
    assert condition(project) is Condition.STOPPED
    registry.is_mute = False
    registry.ended.set()
    assert project.dev("up", "--port", "0", "--image", registry.image).code == 0


def test_registry_that_says_nothing_is_given_up(registry: Registry, project: DevProject) -> None:
    registry.is_mute = True
    told: list[str] = []
    with pytest.raises(LocalServerError, match="it did not come within 2 s") as caught:
        pull(Engine.of(None, project.environ), registry.image, told.append, patience_s=2)
    assert caught.value.code == "docker-image-missing"
    assert "mine: Pulling from nats" in told
    assert not [words for _, words in command_lines() if registry.image in words]


def test_image_that_a_registry_does_not_have_is_named(
    registry: Registry, project: DevProject
) -> None:
    image = registry.image.replace("mine", "another")
    ended = project.dev("up", "--port", "0", "--image", image)
    assert ended.code == 7
    assert f"error[docker-image-missing]: image {image} is not on this machine" in ended.stderr
    assert f"try docker pull {image}" in ended.stderr
