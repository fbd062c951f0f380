"""Completion for bash, 3.2 (macOS) and newer, without the package bash-completion"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

from iterapp_nats.completion.spec import function_name, walk_commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.completion.spec import ArgumentSpec, CommandSpec, OptionSpec

_SCRIPT: Final = r"""# bash completion for @name@

# What stands at a command: its sub-commands, and its options by all their names.
@function@_command() {
    commands='' options='' valued='' repeatable=''
    case $1 in
@commands@
    esac
}

# What stands for the value of an option, or for the argument with this number.
@function@_value() {
    choices='' is_path=''
    case $1 in
@values@
    esac
}

# bash splits words at the characters = and : as well; join them again.
@function@_join_words() {
    local index word is_joining=''
    current=''
    for ((index = 1; index <= COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        if [[ -n $is_joining || $word == [=:]* ]] && ((index > 1)); then
            current+=$word
        else
            ((index > 1)) && words+=("$current")
            current=$word
        fi
        is_joining=''
        [[ $word == *[=:] ]] && is_joining=1
    done
}

@function@_add() {
    local reply
    while IFS= read -r reply; do
        COMPREPLY+=("$1$reply")
    done
}

@function@_add_value() {
    local prefix=$2 typed=$3 choices is_path
    @function@_value "$1"
    if [[ -n $choices ]]; then
        @function@_add "$prefix" < <(compgen -W "$choices" -- "$typed")
    elif [[ -n $is_path ]]; then
        compopt -o filenames 2>/dev/null
        @function@_add "$prefix" < <(compgen -f -- "$typed")
    fi
}

@function@_add_options() {
    local group name is_used
    for group in $options; do
        is_used=''
        for name in ${group//,/ }; do
            [[ $seen == *" $name "* && " $repeatable " != *" $group "* ]] && is_used=1
        done
        [[ -n $is_used ]] && continue
        @function@_add '' < <(compgen -W "${group//,/ }" -- "$current")
    done
}

@function@() {
    local words=() current command='' commands options valued repeatable
    local word seen=' ' argument=0 awaiting='' is_ended='' prefix='' IFS=$' \t\n'
    COMPREPLY=()
    @function@_join_words
    @function@_command ''
    for word in ${words[@]+"${words[@]}"}; do
        if [[ -n $awaiting ]]; then
            awaiting=''
        elif [[ -n $is_ended ]]; then
            ((argument++))
        elif [[ $word == -- ]]; then
            is_ended=1
        elif [[ $word == -* ]]; then
            seen+="${word%%=*} "
            [[ " $valued " == *" $word "* ]] && awaiting=$word
        elif [[ " $commands " == *" $word "* ]]; then
            command="${command:+$command }$word" seen=' '
            @function@_command "$command"
        else
            ((argument++))
        fi
    done

    if [[ -n $awaiting ]]; then
        @function@_add_value "$command $awaiting" '' "$current"
    elif [[ -z $is_ended && $current == -*=* ]]; then
        [[ $COMP_WORDBREAKS == *=* ]] || prefix="${current%%=*}="
        @function@_add_value "$command ${current%%=*}" "$prefix" "${current#*=}"
    elif [[ -z $is_ended && $current == -* ]]; then
        @function@_add_options
    elif [[ -z $is_ended && -n $commands && $argument -eq 0 ]]; then
        @function@_add '' < <(compgen -W "$commands" -- "$current")
    else
        @function@_add_value "$command $argument" '' "$current"
    fi
}

complete -F @function@ @name@
"""


def render_bash(root: CommandSpec) -> str:
    """Return a script to source, or to put where bash-completion finds it by the command's name"""
    walked = tuple(walk_commands(root))
    commands = "\n".join(_command_case(path, command) for path, command in walked)
    values = "\n".join(case for path, command in walked for case in _value_cases(path, command))
    return (
        _SCRIPT.replace("@commands@", commands)
        .replace("@values@", values)
        .replace("@function@", function_name(root))
        .replace("@name@", root.name)
    )


def _command_case(path: str, command: CommandSpec) -> str:
    valued = [name for option in command.options if option.takes_value for name in option.names]
    lists = {
        "commands": (each.name for each in command.commands),
        "options": map(_group, command.options),
        "valued": valued,
        "repeatable": (_group(option) for option in command.options if option.repeatable),
    }
    words = {name: " ".join(values) for name, values in lists.items()}
    settings = " ".join(f"{name}={shlex.quote(text)}" for name, text in words.items() if text)
    return f"        {shlex.quote(path)}) {settings or ':'} ;;"


def _value_cases(path: str, command: CommandSpec) -> Iterator[str]:
    for option in command.options:
        if setting := _value_setting(option):
            patterns = "|".join(shlex.quote(f"{path} {name}") for name in option.names)
            yield f"        {patterns}) {setting} ;;"
    for number, argument in enumerate(command.arguments):
        # The first pattern that fits counts, so an argument of free text keeps its own.
        single = shlex.quote(f"{path} {number}")
        pattern = f"{shlex.quote(f'{path} ')}[0-9]*" if argument.repeatable else single
        yield f"        {pattern}) {_value_setting(argument) or ':'} ;;"


def _value_setting(value: OptionSpec | ArgumentSpec) -> str:
    if value.choices:
        return f"choices={shlex.quote(' '.join(value.choices))}"
    return "is_path=1" if value.is_path else ""


def _group(option: OptionSpec) -> str:
    return ",".join(option.names)
