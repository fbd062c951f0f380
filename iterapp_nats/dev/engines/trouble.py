"""What a container engine's command line tool says when it cannot work, and what to do about it

The tool is asked, never a socket: only it knows of contexts, variables, virtual machines and the
like. It has no exit codes for its troubles, so they are told apart by its words.
"""

from __future__ import annotations

import sys
from typing import Final

from iterapp_nats.errors import LocalServerError

USE_BINARY: Final = "or use --backend binary, which needs no Docker"
_NOISE: Final = ("docker: ", "Error response from daemon: ", "Error: ", "Failed to initialize: ")
_REMARKS: Final = ("WARNING", "Run '", "See '", "[]")

# Words of Docker 20 to 28 and of Podman 4, in lower case.
_NO_PERMISSION: Final = ("permission denied while trying to connect",)
_BAD_CONTEXT: Final = (
    "context not found",
    "is not found on the file system",
    "unable to resolve docker endpoint",
    "unable to parse docker host",
)
_NOT_RUNNING: Final = (
    "cannot connect to the docker daemon",
    "failed to connect to the docker api",
    "error during connect",
    "cannot connect to podman",
    "connection refused",
)


def tool_missing(tool: str, error: OSError) -> LocalServerError:
    """The command line tool itself cannot be started"""
    is_missing = isinstance(error, FileNotFoundError)
    reason = "there is no such command" if is_missing else (error.strerror or str(error)).lower()
    return _trouble(
        "docker-missing",
        f"cannot run {tool}: {reason}",
        "install Docker, or name another tool, for example --docker-command podman",
    )


def engine_hung(tool: str, timeout_s: float) -> LocalServerError:
    """The tool runs, and whatever it talks to says nothing"""
    return _trouble(
        "docker-hung",
        f"the engine of {tool} does not answer within {timeout_s:g} s",
        _start_again("restart"),
    )


def image_missing(tool: str, image: str, said: str) -> LocalServerError:
    """The image is not on this machine, and it did not come either"""
    return _trouble(
        "docker-image-missing",
        f"image {image} is not on this machine and cannot be pulled: {last_line(said)}",
        f"with a network, try {tool} pull {image}; or name one that is there with --image NAME",
    )


def engine_trouble(tool: str, said: str) -> LocalServerError:
    """Return the error for what the tool wrote to its standard error"""
    words, reason = said.lower(), last_line(said)
    if any(sign in words for sign in _NO_PERMISSION):
        # The rest of the line is an address in escaped characters.
        reason = reason.partition(": Get ")[0].partition(": Head ")[0]
        hint = "let your user in with sudo usermod -aG docker $USER, and log in again"
        return _trouble("docker-permission", f"{tool} may not use its engine: {reason}", hint)
    if any(sign in words for sign in _BAD_CONTEXT):
        hint = (
            "choose one of docker context ls with docker context use NAME;"
            " DOCKER_HOST and DOCKER_CONTEXT win over it"
        )
        return _trouble("docker-context", f"{tool} does not find its engine: {reason}", hint)
    if any(sign in words for sign in _NOT_RUNNING):
        message = f"the engine of {tool} is not running: {reason}"
        return _trouble("docker-not-running", message, _start_again("start"))
    return _trouble("docker-failed", f"{tool} failed: {reason}", f"look at {tool} info")


def last_line(said: str) -> str:
    """Return what matters of an error text: its last line that is no remark, without its labels"""
    lines = [line.strip() for line in said.splitlines()]
    useful = [line for line in lines if line and not line.startswith(_REMARKS)]
    line = useful[-1] if useful else "it gave no reason"
    for label in _NOISE:
        line = line.removeprefix(label)
    return line.rstrip(".")


def _start_again(verb: str) -> str:
    if sys.platform == "darwin":
        return f"{verb} Docker Desktop (open -a Docker) or colima (colima {verb})"
    return f"{verb} it with sudo systemctl {verb} docker"


def _trouble(code: str, message: str, hint: str) -> LocalServerError:
    return LocalServerError(code, message, hints=(hint, USE_BINARY))
