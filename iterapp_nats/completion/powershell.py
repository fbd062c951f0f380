"""Completion for PowerShell 5 and newer"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from iterapp_nats.completion.spec import walk_commands

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iterapp_nats.completion.spec import ArgumentSpec, CommandSpec, OptionSpec

# Without a result PowerShell completes file names, which is right where a path is expected.
_SCRIPT: Final = r"""# PowerShell completion for @name@

Register-ArgumentCompleter -Native -CommandName '@name@' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # Commands and options by the command they stand at, each with its help.
    $commands = @{
@commands@
    }
    $options = @{
@options@
    }
    # Options that take a value, and the choices of an option or of the argument with a number.
    $valued = @(@valued@)
    # Unlike @{}, a hashtable of this kind tells -h from -H.
    $choices = [hashtable]::new()
@choices@

    $command = ''
    $argument = 0
    $awaiting = ''
    $isEnded = $false
    foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
        $word = $element.Extent.Text
        if ($element.Extent.EndOffset -ge $cursorPosition) { break }
        if ($awaiting) { $awaiting = '' }
        elseif ($isEnded) { $argument++ }
        elseif ($word -ceq '--') { $isEnded = $true }
        elseif ($word.StartsWith('-')) {
            if ($valued -ccontains "$command $word") { $awaiting = $word }
        }
        elseif ($commands[$command] | Where-Object { $_[0] -ceq $word }) {
            $command = "$command $word".Trim()
        }
        else { $argument++ }
    }

    $prefix = ''
    $typed = $wordToComplete
    $kind = 'ParameterValue'
    if ($awaiting) {
        $candidates = $choices["$command $awaiting"]
    }
    elseif (-not $isEnded -and $typed -match '^(-[^=]*)=(.*)$') {
        $prefix = $Matches[1] + '='
        $typed = $Matches[2]
        $candidates = $choices["$command " + $Matches[1]]
    }
    elseif (-not $isEnded -and $typed.StartsWith('-')) {
        $candidates = $options[$command]
        $kind = 'ParameterName'
    }
    elseif (-not $isEnded -and $argument -eq 0 -and $commands.ContainsKey($command)) {
        $candidates = $commands[$command]
    }
    else {
        $candidates = $choices["$command $argument"]
        if (-not $candidates) { $candidates = $choices["$command *"] }
    }
    $candidates |
        Where-Object { $_ -and $_[0].StartsWith($typed, [StringComparison]::Ordinal) } |
        ForEach-Object {
            $text = $prefix + $_[0]
            [System.Management.Automation.CompletionResult]::new($text, $_[0], $kind, $_[1])
        }
}
"""


def render_powershell(root: CommandSpec) -> str:
    """Return a script to run in the profile"""
    walked = tuple(walk_commands(root))
    commands = {path: _commands(command) for path, command in walked if command.commands}
    options = {path: _options(command) for path, command in walked}
    valued = (
        f"{path} {name}"
        for path, command in walked
        for option in command.options
        if option.takes_value
        for name in option.names
    )
    choices = dict(pair for path, command in walked for pair in _choices(path, command))
    return (
        _SCRIPT.replace("@commands@", _table(commands))
        .replace("@options@", _table(options))
        .replace("@valued@", ", ".join(map(_quote, valued)))
        .replace("@choices@", _entries("choices", choices))
        .replace("@name@", root.name)
    )


def _commands(command: CommandSpec) -> list[tuple[str, str]]:
    return [(each.name, each.help) for each in command.commands]


def _options(command: CommandSpec) -> list[tuple[str, str]]:
    return [(name, option.help) for option in command.options for name in option.names]


def _choices(path: str, command: CommandSpec) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for option in command.options:
        for name in option.names if option.choices else ():
            yield f"{path} {name}", _with_help(option)
    for number, argument in enumerate(command.arguments):
        if argument.choices:
            place = "*" if argument.repeatable else str(number)
            yield f"{path} {place}", _with_help(argument)


def _with_help(value: OptionSpec | ArgumentSpec) -> list[tuple[str, str]]:
    return [(choice, value.help) for choice in value.choices]


def _table(rows: dict[str, list[tuple[str, str]]]) -> str:
    return "\n".join(f"        {_quote(key)} = @({_pairs(row)})" for key, row in rows.items())


def _entries(name: str, rows: dict[str, list[tuple[str, str]]]) -> str:
    return "\n".join(f"    ${name}[{_quote(key)}] = @({_pairs(row)})" for key, row in rows.items())


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    # An empty tooltip is an error of CompletionResult.
    texts = [f"@({_quote(word)}, {_quote(tip or word)})" for word, tip in pairs]
    # PowerShell unrolls a list of one list; the comma keeps it.
    return f",{texts[0]}" if len(texts) == 1 else ", ".join(texts)


def _quote(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
