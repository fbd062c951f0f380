"""Completion for fish 3.1 and newer"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats.completion.spec import function_name, walk_commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.completion.spec import ArgumentSpec, CommandSpec, OptionSpec

_SCRIPT: Final = r"""# fish completion for @name@

# Succeed if the cursor stands at the command $argv[1] and $argv[2] may follow: option, command,
# the argument with this number, or with a plus this and any later argument.
function _@function@_at
    set -l commands@commands@
    set -l valued@valued@
    set -l command ''
    set -l arguments 0
    set -l is_value 0
    set -l is_ended 0
    for token in (commandline -opc)[2..-1]
        if test $is_value -eq 1
            set is_value 0
        else if test $is_ended -eq 1
            set arguments (math $arguments + 1)
        else if test "$token" = --
            set is_ended 1
        else if string match -q -- '-*' $token
            contains -- "$command $token" $valued; and set is_value 1
        else if contains -- "$command $token" $commands
            set command (string trim -- "$command $token")
        else
            set arguments (math $arguments + 1)
        end
    end
    test "$command" = "$argv[1]"; or return 1
    switch "$argv[2]"
        case option
            test $is_ended -eq 0
        case command
            test $is_ended$arguments = 00
        case '*+'
            test $arguments -ge (string trim --right --chars + -- $argv[2])
        case '*'
            test $arguments -eq $argv[2]
    end
end

complete -c @name@ -f
"""


def render_fish(root: CommandSpec) -> str:
    """Return a script to source, or to put into a folder of `$fish_complete_path`"""
    walked = tuple(walk_commands(root))
    commands = (f"{path} {each.name}" for path, command in walked for each in command.commands)
    valued = (f"{path} {name}" for path, command in walked for name in _valued(command))
    head = (
        _SCRIPT.replace("@commands@", "".join(f" {_quote(words)}" for words in commands))
        .replace("@valued@", "".join(f" {_quote(words)}" for words in valued))
        .replace("@function@", function_name(root))
        .replace("@name@", root.name)
    )
    lines = (line for path, command in walked for line in _lines(root, path, command))
    return head + "".join(f"complete -c {root.name} {line}\n" for line in lines)


def _valued(command: CommandSpec) -> Iterator[str]:
    for option in command.options:
        if option.takes_value:
            yield from option.names


def _lines(root: CommandSpec, path: str, command: CommandSpec) -> Iterator[str]:
    at = f'_{function_name(root)}_at "{path}"'
    for each in command.commands:
        yield f"-n {_quote(f'{at} command')} -a {_quote(each.name)} -d {_quote(each.help)}"
    for option in command.options:
        yield f"-n {_quote(f'{at} option')} {_option(option)}"
    for number, argument in enumerate(command.arguments):
        if argument.choices or argument.is_path:
            count = f"{number}+" if argument.repeatable else str(number)
            yield f"-n {_quote(f'{at} {count}')} {_argument(argument)}"


def _option(option: OptionSpec) -> str:
    names = " ".join(_option_name(name) for name in option.names)
    words = [names, f"-d {_quote(option.help)}"]
    if option.choices:
        words.append(f"-x -a {_quote(' '.join(option.choices))}")
    elif option.is_path:
        words.append("-r -F")
    elif option.takes_value:
        words.append("-x")
    return " ".join(words)


def _option_name(name: str) -> str:
    if name.startswith("--"):
        return f"-l {name[2:]}"
    return f"-s {name[1:]}"


def _argument(argument: ArgumentSpec) -> str:
    if argument.choices:
        return f"-a {_quote(' '.join(argument.choices))} -d {_quote(argument.help)}"
    return "-F"


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
