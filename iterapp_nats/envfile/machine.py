"""Variables for programs: JSON and NUL-separated text, both without loss"""

from __future__ import annotations

from iterapp_nats.envfile.variables import Rendered, Variables


def render_json(variables: Variables) -> Rendered:
    """Return one object of strings"""
    import json  # slow, and of use here alone

    values = {name: value.reveal() for name, value in variables.items()}
    return Rendered(json.dumps(values, indent=2, ensure_ascii=False) + "\n")


def render_null(variables: Variables) -> Rendered:
    """Return `NAME=value` and a NUL each, as `env -0` prints and `xargs -0` reads"""
    return Rendered("".join(f"{name}={value.reveal()}\0" for name, value in variables.items()))
