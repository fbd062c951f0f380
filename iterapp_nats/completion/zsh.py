"""Completion for zsh 5 and newer, by its own `_arguments`"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final

from iterapp_nats.completion.spec import function_name, walk_commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.completion.spec import ArgumentSpec, CommandSpec, OptionSpec

_HEAD: Final = """#compdef @name@

# zsh completion for @name@
"""
# An autoloaded file runs as the function itself; a sourced one only registers it.
_TAIL: Final = """
if [[ $funcstack[1] == _@name@ ]]; then
    @function@ "$@"
else
    compdef @function@ @name@
fi
"""
_LEAF: Final = """
@function@() {
    @arguments@
}
"""
_GROUP: Final = """
@function@() {
    local curcontext=$curcontext state line
    local -A opt_args
    local -a commands=(
        @commands@
    )
    @arguments@ \\
        ': :->command' \\
        '*:: :->rest' && return
    case $state in
        command) _describe -t commands command commands ;;
        rest)
            curcontext=${curcontext%:*:*}:@name@-$line[1]:
            case $line[1] in
                @cases@
            esac
            ;;
    esac
}
"""


def render_zsh(root: CommandSpec) -> str:
    """Return a script to source after `compinit`, or to put as `_NAME` into a folder of `$fpath`"""
    functions = (_function(root, path, command) for path, command in walk_commands(root))
    text = _HEAD + "".join(functions) + _TAIL.replace("@function@", function_name(root))
    return text.replace("@name@", root.name)


def _function(root: CommandSpec, path: str, command: CommandSpec) -> str:
    template = _GROUP if command.commands else _LEAF
    arguments = "_arguments -C -s -S :" if command.commands else "_arguments -s -S :"
    specs = [spec for option in command.options for spec in _option(option)]
    specs += [_argument(argument) for argument in command.arguments]
    commands = (f"{each.name}:{each.help}" for each in command.commands)
    cases = (
        f"{each.name}) {_path_function(root, f'{path} {each.name}')} ;;"
        for each in command.commands
    )
    return (
        template.replace("@function@", _path_function(root, path))
        .replace("@arguments@", " \\\n        ".join([arguments, *map(shlex.quote, specs)]))
        .replace("@commands@", "\n        ".join(map(shlex.quote, commands)))
        .replace("@cases@", "\n                ".join(cases))
    )


def _path_function(root: CommandSpec, path: str) -> str:
    return "_".join([function_name(root), *path.replace("-", "_").split()])


def _option(option: OptionSpec) -> Iterator[str]:
    # A used option is not offered again, under none of its names.
    excluded = f"({' '.join(option.names)})" if len(option.names) > 1 else ""
    prefix = "*" if option.repeatable else excluded
    value = f":value:{_action(option)}" if option.takes_value else ""
    for name in option.names:
        yield f"{prefix}{name}{_value_mark(name, option)}[{_escape(option.help)}]{value}"


def _value_mark(name: str, option: OptionSpec) -> str:
    """Return how the value may follow: `--name=value` or `-nvalue`, besides the next word"""
    if not option.takes_value:
        return ""
    return "=" if name.startswith("--") else "+"


def _argument(argument: ArgumentSpec) -> str:
    prefix = "*" if argument.repeatable else ""
    return f"{prefix}:{_escape(argument.name)}:{_action(argument)}"


def _action(value: OptionSpec | ArgumentSpec) -> str:
    if value.choices:
        return f"({' '.join(map(_escape, value.choices))})"
    return "_files" if value.is_path else " "


def _escape(text: str) -> str:
    return re.sub(r"([\\\[\]:])", r"\\\1", text)
