# PowerShell completion for iterapp-nats

Register-ArgumentCompleter -Native -CommandName 'iterapp-nats' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # Commands and options by the command they stand at, each with its help.
    $commands = @{
        '' = @(@('check', 'Check the NATS part of iterapp.toml'), @('env', 'Print the variables that an app needs to connect'), @('pub', 'Publish messages to a subject'), @('sub', 'Subscribe to subjects and print what comes'), @('request', 'Send a request and print the answers'), @('reply', 'Answer requests on a subject'), @('rtt', 'Measure the round-trip time to the server'), @('completion', 'Print the completion script of a shell'), @('help', 'Explain a topic: delivery, environment, errors, exit-codes'), @('dev', 'Run a local server as on the platform'), @('creds', 'Decode and check credentials offline'))
        'dev' = @(@('up', 'Start the local server and write its variables to .iterapp-nats/nats.env'), @('down', 'Stop the local server; its data and address are kept'), @('status', 'Say whether the local server runs; exit 1 when it does not'), @('logs', 'Print the log of the local server, or of its last run'), @('restart', 'Stop the local server and start it again at the same address'), @('reset', 'Stop the local server and remove its state and data'), @('run', 'Run a command with the server and its variables, and end with its exit code'))
        'creds' = @(@('show', 'Show who credentials log in as and what they allow; the seed is never shown'), @('check', 'Check credentials offline; exit 1 when a server cannot accept them'))
    }
    $options = @{
        '' = @(@('--version', 'Print the version'), @('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'check' = @(@('--require-nats', 'Not enabled is an error'), @('--strict', 'Warnings fail too'), @('--fail-on', 'Mildest level that fails'), @('--select', 'Only these rules'), @('--ignore', 'Not these'), @('--no-code', 'Do not look at dependency files'), @('--stdin-filename', 'Name of what stdin holds'), @('--format', 'How the report is printed'), @('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'env' = @(@('--for', 'Who reads it'), @('--write', 'Write to a file, 0600, keeping the rest'), @('--explain', 'Say where each value comes from instead'), @('--format', 'How data is printed'), @('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('--server', 'Server address, several separated by commas'), @('--creds', 'Credentials file'), @('--ca', 'CA certificate of the server'), @('--env-file', 'File with the platform''s variables'), @('--connect-timeout', 'How long to try to connect'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'pub' = @(@('--header', 'Header, may be repeated'), @('-H', 'Header, may be repeated'), @('--reply', 'Reply subject'), @('--count', 'How often to publish'), @('--interval', 'Pause between messages'), @('--lines', 'Publish each line of stdin'), @('--jsonl', 'Publish messages that sub --format json wrote'), @('--template', 'Replace {{count}}, {{id}}, {{time}}, {{unix}}'), @('--format', 'How data is printed'), @('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('--server', 'Server address, several separated by commas'), @('--creds', 'Credentials file'), @('--ca', 'CA certificate of the server'), @('--env-file', 'File with the platform''s variables'), @('--connect-timeout', 'How long to try to connect'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'sub' = @(@('--queue', 'Queue group to join'), @('--count', 'End after so many messages; fewer is a failure'), @('--timeout', 'End after this'), @('--raw', 'Print payloads only, a line each'), @('--print0', 'End each payload with NUL'), @('--subjects-only', 'Print the subject of each message only'), @('--ready-file', 'Write this file when messages can come'), @('--format', 'How data is printed'), @('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('--server', 'Server address, several separated by commas'), @('--creds', 'Credentials file'), @('--ca', 'CA certificate of the server'), @('--env-file', 'File with the platform''s variables'), @('--connect-timeout', 'How long to try to connect'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'request' = @(@('--header', 'Header, may be repeated'), @('-H', 'Header, may be repeated'), @('--replies', 'Wanted answers; 0: all that come'), @('--timeout', 'How long to wait'), @('--gap', 'End when no further answer comes'), @('--raw', 'Print payloads only, a line each'), @('--format', 'How data is printed'), @('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('--server', 'Server address, several separated by commas'), @('--creds', 'Credentials file'), @('--ca', 'CA certificate of the server'), @('--env-file', 'File with the platform''s variables'), @('--connect-timeout', 'How long to try to connect'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'reply' = @(@('--echo', 'Answer with the request''s payload'), @('--command', 'Answer with what this prints; the payload is its stdin'), @('--queue', 'Queue group to join'), @('--count', 'End after so many answers'), @('--timeout', 'End after this'), @('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('--server', 'Server address, several separated by commas'), @('--creds', 'Credentials file'), @('--ca', 'CA certificate of the server'), @('--env-file', 'File with the platform''s variables'), @('--connect-timeout', 'How long to try to connect'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'rtt' = @(@('--count', 'How often to measure'), @('--timeout', 'How long to wait'), @('--format', 'How data is printed'), @('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('--server', 'Server address, several separated by commas'), @('--creds', 'Credentials file'), @('--ca', 'CA certificate of the server'), @('--env-file', 'File with the platform''s variables'), @('--connect-timeout', 'How long to try to connect'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'completion' = @(@('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'help' = @(@('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'dev' = @(@('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'dev up' = @(@('--port', 'Port to listen on; 0: any'), @('--jetstream', 'Streams on disk'), @('--no-jetstream', 'Streams on disk'), @('--server-binary', 'nats-server to run'), @('--foreground', 'Show the log, end with Ctrl-C'), @('--format', 'How data is printed'), @('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'dev down' = @(@('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'dev status' = @(@('--format', 'How data is printed'), @('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'dev logs' = @(@('--follow', 'Go on with new lines'), @('-f', 'Go on with new lines'), @('--lines', 'Last lines only'), @('-n', 'Last lines only'), @('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'dev restart' = @(@('--port', 'Port to listen on; 0: any'), @('--jetstream', 'Streams on disk'), @('--no-jetstream', 'Streams on disk'), @('--server-binary', 'nats-server to run'), @('--format', 'How data is printed'), @('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'dev reset' = @(@('--yes', 'Do not ask'), @('-y', 'Do not ask'), @('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'dev run' = @(@('--port', 'Port to listen on; 0: any'), @('--jetstream', 'Streams on disk'), @('--no-jetstream', 'Streams on disk'), @('--server-binary', 'nats-server to run'), @('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'creds' = @(@('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'creds show' = @(@('--format', 'How data is printed'), @('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('--server', 'Server address, several separated by commas'), @('--creds', 'Credentials file'), @('--ca', 'CA certificate of the server'), @('--env-file', 'File with the platform''s variables'), @('--connect-timeout', 'How long to try to connect'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
        'creds check' = @(@('--environ', 'Check the platform''s variables against each other'), @('--warn-within', 'Fail if it expires this soon'), @('--verbose', 'Say more, for example where each value came from (-vv: even more)'), @('-v', 'Say more, for example where each value came from (-vv: even more)'), @('--quiet', 'Say only warnings and errors'), @('-q', 'Say only warnings and errors'), @('--color', 'When to colour'), @('--server', 'Server address, several separated by commas'), @('--creds', 'Credentials file'), @('--ca', 'CA certificate of the server'), @('--env-file', 'File with the platform''s variables'), @('--connect-timeout', 'How long to try to connect'), @('-h', 'Show this message and exit'), @('--help', 'Show this message and exit'))
    }
    # Options that take a value, and the choices of an option or of the argument with a number.
    $valued = @(' --color', 'check --fail-on', 'check --select', 'check --ignore', 'check --stdin-filename', 'check --format', 'check --color', 'env --for', 'env --write', 'env --format', 'env --color', 'env --server', 'env --creds', 'env --ca', 'env --env-file', 'env --connect-timeout', 'pub --header', 'pub -H', 'pub --reply', 'pub --count', 'pub --interval', 'pub --format', 'pub --color', 'pub --server', 'pub --creds', 'pub --ca', 'pub --env-file', 'pub --connect-timeout', 'sub --queue', 'sub --count', 'sub --timeout', 'sub --ready-file', 'sub --format', 'sub --color', 'sub --server', 'sub --creds', 'sub --ca', 'sub --env-file', 'sub --connect-timeout', 'request --header', 'request -H', 'request --replies', 'request --timeout', 'request --gap', 'request --format', 'request --color', 'request --server', 'request --creds', 'request --ca', 'request --env-file', 'request --connect-timeout', 'reply --command', 'reply --queue', 'reply --count', 'reply --timeout', 'reply --color', 'reply --server', 'reply --creds', 'reply --ca', 'reply --env-file', 'reply --connect-timeout', 'rtt --count', 'rtt --timeout', 'rtt --format', 'rtt --color', 'rtt --server', 'rtt --creds', 'rtt --ca', 'rtt --env-file', 'rtt --connect-timeout', 'completion --color', 'help --color', 'dev --color', 'dev up --port', 'dev up --server-binary', 'dev up --format', 'dev up --color', 'dev down --color', 'dev status --format', 'dev status --color', 'dev logs --lines', 'dev logs -n', 'dev logs --color', 'dev restart --port', 'dev restart --server-binary', 'dev restart --format', 'dev restart --color', 'dev reset --color', 'dev run --port', 'dev run --server-binary', 'dev run --color', 'creds --color', 'creds show --format', 'creds show --color', 'creds show --server', 'creds show --creds', 'creds show --ca', 'creds show --env-file', 'creds show --connect-timeout', 'creds check --warn-within', 'creds check --color', 'creds check --server', 'creds check --creds', 'creds check --ca', 'creds check --env-file', 'creds check --connect-timeout')
    # Unlike @{}, a hashtable of this kind tells -h from -H.
    $choices = [hashtable]::new()
    $choices[' --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['check --fail-on'] = @(@('error', 'Mildest level that fails'), @('warning', 'Mildest level that fails'), @('note', 'Mildest level that fails'))
    $choices['check --format'] = @(@('text', 'How the report is printed'), @('json', 'How the report is printed'), @('json-lines', 'How the report is printed'), @('github', 'How the report is printed'), @('gitlab', 'How the report is printed'), @('junit', 'How the report is printed'), @('sarif', 'How the report is printed'))
    $choices['check --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['env --for'] = @(@('sh', 'Who reads it'), @('fish', 'Who reads it'), @('powershell', 'Who reads it'), @('dotenv', 'Who reads it'), @('dotenv-escaped', 'Who reads it'), @('json', 'Who reads it'), @('null', 'Who reads it'), @('docker', 'Who reads it'), @('compose', 'Who reads it'), @('node', 'Who reads it'), @('systemd', 'Who reads it'), @('github', 'Who reads it'), @('gitlab', 'Who reads it'), @('kubernetes', 'Who reads it'))
    $choices['env --format'] = @(@('text', 'How data is printed'), @('json', 'How data is printed'))
    $choices['env --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['pub --format'] = @(@('text', 'How data is printed'), @('json', 'How data is printed'))
    $choices['pub --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['sub --format'] = @(@('text', 'How data is printed'), @('json', 'How data is printed'))
    $choices['sub --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['request --format'] = @(@('text', 'How data is printed'), @('json', 'How data is printed'))
    $choices['request --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['reply --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['rtt --format'] = @(@('text', 'How data is printed'), @('json', 'How data is printed'))
    $choices['rtt --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['completion --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['completion 0'] = @(@('bash', 'Shell to complete in'), @('zsh', 'Shell to complete in'), @('fish', 'Shell to complete in'), @('powershell', 'Shell to complete in'))
    $choices['help --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['dev --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['dev up --format'] = @(@('text', 'How data is printed'), @('json', 'How data is printed'))
    $choices['dev up --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['dev down --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['dev status --format'] = @(@('text', 'How data is printed'), @('json', 'How data is printed'))
    $choices['dev status --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['dev logs --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['dev restart --format'] = @(@('text', 'How data is printed'), @('json', 'How data is printed'))
    $choices['dev restart --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['dev reset --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['dev run --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['creds --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['creds show --format'] = @(@('text', 'How data is printed'), @('json', 'How data is printed'))
    $choices['creds show --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))
    $choices['creds check --color'] = @(@('auto', 'When to colour'), @('always', 'When to colour'), @('never', 'When to colour'))

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
