"""One entrance to the writers of all consumers"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats.envfile.docker import render_docker
from iterapp_nats.envfile.documents import render_compose, render_kubernetes
from iterapp_nats.envfile.dotenv import (
    render_dotenv,
    render_dotenv_escaped,
    render_gitlab,
    render_node,
    render_systemd,
)
from iterapp_nats.envfile.github import render_github
from iterapp_nats.envfile.machine import render_json, render_null
from iterapp_nats.envfile.shells import render_fish, render_powershell, render_sh
from iterapp_nats.envfile.variables import Consumer, Rendered, Variables, unsupported_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_RENDERERS: Final[Mapping[Consumer, Callable[[Variables], Rendered]]] = {
    Consumer.SH: render_sh,
    Consumer.FISH: render_fish,
    Consumer.POWERSHELL: render_powershell,
    Consumer.DOTENV: render_dotenv,
    Consumer.DOTENV_ESCAPED: render_dotenv_escaped,
    Consumer.JSON: render_json,
    Consumer.NULL: render_null,
    Consumer.DOCKER: render_docker,
    Consumer.NODE: render_node,
    Consumer.SYSTEMD: render_systemd,
    Consumer.GITHUB: render_github,
    Consumer.GITLAB: render_gitlab,
}


def render_variables(consumer: Consumer, variables: Variables, *, name: str = "nats") -> Rendered:
    """Return the variables as text for `consumer`

    `name` is the service for compose and the Secret for kubernetes; the others have no use for it.

    Raises:
        InputError: `env-value-unsupported` names the variable, never its value

    """
    for variable, value in variables.items():
        _require_text(variable, value.reveal(), consumer)
    match consumer:
        case Consumer.COMPOSE:
            return render_compose(variables, service=name)
        case Consumer.KUBERNETES:
            return render_kubernetes(variables, secret_name=name)
        case _:
            return _RENDERERS[consumer](variables)


def _require_text(name: str, value: str, consumer: Consumer) -> None:
    if "\0" in value:
        raise unsupported_value(name, consumer, "no variable can hold a NUL character")
    try:
        value.encode()
    except UnicodeEncodeError:
        # The cause would show the value.
        raise unsupported_value(name, consumer, "it is not valid UTF-8") from None
