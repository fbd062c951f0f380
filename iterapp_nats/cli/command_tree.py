"""The commands of a typer app as a description that the completion scripts are made from

typer brings click along under a private name, so a command is known by its attributes alone.
"""

from __future__ import annotations

from typing import Any, Final

from iterapp_nats.completion.spec import ArgumentSpec, CommandSpec, OptionSpec

_HELP_NAMES: Final = ("--help",)
_HELP: Final = "Show this message and exit"
_PATH_TYPES: Final = frozenset({"path", "file", "filename", "directory"})
# A path that is declared as text says so by its placeholder. The words of a command to run are
# mostly files too, as in `dev run -- python app.py`.
_PATH_PLACEHOLDERS: Final = frozenset({"FILE", "PATH", "FOLDER", "DIRECTORY", "DIR", "COMMAND"})
_UNBOUNDED: Final = -1


def read_command_tree(command: Any) -> CommandSpec:
    """Return names, help, options and arguments of a click command and all below it

    Hidden commands and options are left out. An option that the root shows is no secret: its
    commands hide it to keep their help short, and take it all the same.
    """
    shown = frozenset(
        name for param in command.params if not _is_hidden(param) for name in param.opts
    )
    return _read(command, shown, _HELP_NAMES)


def _read(
    command: Any, shown: frozenset[str], inherited_help_names: tuple[str, ...]
) -> CommandSpec:
    # click hands the names of --help down from a group to its commands.
    help_names = tuple(command.context_settings.get("help_option_names", inherited_help_names))
    offered = [
        param for param in command.params if not _is_hidden(param) or shown.issuperset(param.opts)
    ]
    options = [_option(param) for param in offered if param.param_type_name == "option"]
    if command.add_help_option:
        options.append(OptionSpec(help_names, _HELP))
    return CommandSpec(
        name=command.name or "",
        help=_first_line(command.help),
        options=tuple(options),
        arguments=tuple(_argument(each) for each in offered if each.param_type_name == "argument"),
        commands=tuple(
            _read(each, shown, help_names)
            for each in getattr(command, "commands", {}).values()
            if not each.hidden
        ),
    )


def _is_hidden(param: Any) -> bool:
    return bool(getattr(param, "hidden", False))


def _option(param: Any) -> OptionSpec:
    return OptionSpec(
        names=(*param.opts, *param.secondary_opts),
        help=_first_line(param.help),
        takes_value=not (param.is_flag or param.count),
        choices=_choices(param),
        is_path=_is_path(param),
        repeatable=bool(param.multiple or param.count),
    )


def _argument(param: Any) -> ArgumentSpec:
    return ArgumentSpec(
        name=param.name or "",
        help=_first_line(getattr(param, "help", None)),
        choices=_choices(param),
        is_path=_is_path(param),
        repeatable=param.nargs == _UNBOUNDED,
    )


def _choices(param: Any) -> tuple[str, ...]:
    # A choice that is declared as text says so by its placeholder, as auto|always|never.
    listed = param.metavar.split("|") if param.metavar and "|" in param.metavar else ()
    return tuple(str(choice) for choice in getattr(param.type, "choices", listed))


def _is_path(param: Any) -> bool:
    # An argument's placeholder may carry the marks of an optional and of a repeated one: [PATH]...
    placeholder = (param.metavar or "").strip("[].")
    return param.type.name in _PATH_TYPES or placeholder in _PATH_PLACEHOLDERS


def _first_line(text: str | None) -> str:
    return text.strip().partition("\n")[0] if text else ""
