# fish completion for iterapp-nats

# Succeed if the cursor stands at the command $argv[1] and $argv[2] may follow: option, command,
# the argument with this number, or with a plus this and any later argument.
function __iterapp_nats_at
    set -l commands ' check' ' enable' ' disable' ' explain' ' env' ' pub' ' sub' ' request' ' reply' ' rtt' ' doctor' ' who' ' why' ' top' ' trace' ' example' ' completion' ' help' ' dev' ' creds' ' probe' ' bench' ' connect' 'dev up' 'dev down' 'dev status' 'dev logs' 'dev restart' 'dev reset' 'dev chaos' 'dev run' 'creds show' 'creds check' 'probe delivery' 'probe acks' 'probe isolation' 'bench pub' 'bench sub' 'bench pubsub' 'bench request' 'connect python' 'connect javascript' 'connect typescript' 'connect rust' 'connect go' 'connect java' 'connect kotlin' 'connect c' 'connect audit' 'connect conformance'
    set -l valued ' --color' 'check --fail-on' 'check --select' 'check --ignore' 'check --stdin-filename' 'check --format' 'check --output-file' 'check --color' 'enable --appling' 'enable --color' 'disable --appling' 'disable --color' 'explain --format' 'explain --color' 'env --for' 'env --write' 'env --environment' 'env --app' 'env --format' 'env --color' 'env --server' 'env --creds' 'env --ca' 'env --env-file' 'env --connect-timeout' 'pub --header' 'pub -H' 'pub --reply' 'pub --count' 'pub --interval' 'pub --rate' 'pub --format' 'pub --color' 'pub --server' 'pub --creds' 'pub --ca' 'pub --env-file' 'pub --connect-timeout' 'sub --queue' 'sub --count' 'sub --timeout' 'sub --ready-file' 'sub --format' 'sub --color' 'sub --server' 'sub --creds' 'sub --ca' 'sub --env-file' 'sub --connect-timeout' 'request --header' 'request -H' 'request --replies' 'request --timeout' 'request --gap' 'request --concurrency' 'request --format' 'request --color' 'request --server' 'request --creds' 'request --ca' 'request --env-file' 'request --connect-timeout' 'reply --command' 'reply --queue' 'reply --count' 'reply --timeout' 'reply --concurrency' 'reply --color' 'reply --server' 'reply --creds' 'reply --ca' 'reply --env-file' 'reply --connect-timeout' 'rtt --count' 'rtt --timeout' 'rtt --format' 'rtt --color' 'rtt --server' 'rtt --creds' 'rtt --ca' 'rtt --env-file' 'rtt --connect-timeout' 'doctor --warn-within' 'doctor --checks' 'doctor --subject' 'doctor --warning' 'doctor --critical' 'doctor --format' 'doctor --color' 'doctor --server' 'doctor --creds' 'doctor --ca' 'doctor --env-file' 'doctor --connect-timeout' 'who --format' 'who --color' 'who --server' 'who --creds' 'who --ca' 'who --env-file' 'who --connect-timeout' 'why --format' 'why --color' 'why --server' 'why --creds' 'why --ca' 'why --env-file' 'why --connect-timeout' 'top --interval' 'top --format' 'top --color' 'top --server' 'top --creds' 'top --ca' 'top --env-file' 'top --connect-timeout' 'trace --format' 'trace --color' 'trace --server' 'trace --creds' 'trace --ca' 'trace --env-file' 'trace --connect-timeout' 'example --lang' 'example --color' 'completion --color' 'help --color' 'dev --color' 'dev up --format' 'dev up --color' 'dev up --port' 'dev up --environment' 'dev up --app' 'dev up --san' 'dev up --key-type' 'dev up --backend' 'dev up --server-binary' 'dev up --image' 'dev up --docker-command' 'dev up --nodes' 'dev up --config-snippet' 'dev down --color' 'dev status --format' 'dev status --color' 'dev logs --lines' 'dev logs -n' 'dev logs --node' 'dev logs --color' 'dev restart --format' 'dev restart --color' 'dev restart --port' 'dev restart --environment' 'dev restart --app' 'dev restart --san' 'dev restart --key-type' 'dev restart --backend' 'dev restart --server-binary' 'dev restart --image' 'dev restart --docker-command' 'dev restart --nodes' 'dev restart --config-snippet' 'dev reset --color' 'dev chaos --for' 'dev chaos --client' 'dev chaos --node' 'dev chaos --direction' 'dev chaos --delay' 'dev chaos --jitter' 'dev chaos --bytes-per-second' 'dev chaos --wait' 'dev chaos --trials' 'dev chaos --rate' 'dev chaos --size' 'dev chaos --report' 'dev chaos --format' 'dev chaos --color' 'dev run --color' 'dev run --port' 'dev run --environment' 'dev run --app' 'dev run --san' 'dev run --key-type' 'dev run --backend' 'dev run --server-binary' 'dev run --image' 'dev run --docker-command' 'dev run --nodes' 'dev run --config-snippet' 'creds --color' 'creds show --format' 'creds show --color' 'creds show --server' 'creds show --creds' 'creds show --ca' 'creds show --env-file' 'creds show --connect-timeout' 'creds check --warn-within' 'creds check --color' 'creds check --server' 'creds check --creds' 'creds check --ca' 'creds check --env-file' 'creds check --connect-timeout' 'probe --color' 'probe delivery --rate' 'probe delivery --duration' 'probe delivery --size' 'probe delivery --subscribers' 'probe delivery --queue' 'probe delivery --late' 'probe delivery --max-lost' 'probe delivery --max-p99' 'probe delivery --report' 'probe delivery --format' 'probe delivery --color' 'probe delivery --server' 'probe delivery --creds' 'probe delivery --ca' 'probe delivery --env-file' 'probe delivery --connect-timeout' 'probe acks --rate' 'probe acks --duration' 'probe acks --size' 'probe acks --responders' 'probe acks --tries' 'probe acks --ack-timeout' 'probe acks --pause' 'probe acks --max-lost' 'probe acks --report' 'probe acks --format' 'probe acks --color' 'probe acks --server' 'probe acks --creds' 'probe acks --ca' 'probe acks --env-file' 'probe acks --connect-timeout' 'probe isolation --creds' 'probe isolation --env-file' 'probe isolation --apps' 'probe isolation --environments' 'probe isolation --server' 'probe isolation --ca' 'probe isolation --namespace' 'probe isolation --connect-timeout' 'probe isolation --timeout' 'probe isolation --format' 'probe isolation --color' 'bench --color' 'bench pub --messages' 'bench pub --size' 'bench pub --publishers' 'bench pub --rate' 'bench pub --warm-up' 'bench pub --timeout' 'bench pub --min-rate' 'bench pub --format' 'bench pub --color' 'bench pub --server' 'bench pub --creds' 'bench pub --ca' 'bench pub --env-file' 'bench pub --connect-timeout' 'bench sub --messages' 'bench sub --subscribers' 'bench sub --timeout' 'bench sub --min-rate' 'bench sub --format' 'bench sub --color' 'bench sub --server' 'bench sub --creds' 'bench sub --ca' 'bench sub --env-file' 'bench sub --connect-timeout' 'bench pubsub --messages' 'bench pubsub --size' 'bench pubsub --publishers' 'bench pubsub --subscribers' 'bench pubsub --rate' 'bench pubsub --warm-up' 'bench pubsub --timeout' 'bench pubsub --min-rate' 'bench pubsub --max-p99' 'bench pubsub --format' 'bench pubsub --color' 'bench pubsub --server' 'bench pubsub --creds' 'bench pubsub --ca' 'bench pubsub --env-file' 'bench pubsub --connect-timeout' 'bench request --messages' 'bench request --size' 'bench request --requesters' 'bench request --concurrency' 'bench request --responders' 'bench request --warm-up' 'bench request --timeout' 'bench request --min-rate' 'bench request --max-p99' 'bench request --format' 'bench request --color' 'bench request --server' 'bench request --creds' 'bench request --ca' 'bench request --env-file' 'bench request --connect-timeout' 'connect --format' 'connect --color' 'connect python --write' 'connect python --format' 'connect python --color' 'connect javascript --write' 'connect javascript --format' 'connect javascript --color' 'connect typescript --write' 'connect typescript --format' 'connect typescript --color' 'connect rust --write' 'connect rust --format' 'connect rust --color' 'connect go --write' 'connect go --format' 'connect go --color' 'connect java --write' 'connect java --format' 'connect java --color' 'connect kotlin --write' 'connect kotlin --format' 'connect kotlin --color' 'connect c --write' 'connect c --format' 'connect c --color' 'connect audit --format' 'connect audit --color' 'connect conformance --request' 'connect conformance --payload' 'connect conformance --select' 'connect conformance --jobs' 'connect conformance --server-binary' 'connect conformance --format' 'connect conformance --color'
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

complete -c iterapp-nats -f
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'check' -d 'Check the NATS part of iterapp.toml'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'enable' -d 'Add [nats] to iterapp.toml, changing no other byte'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'disable' -d 'Remove [nats] from iterapp.toml, changing no other byte'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'explain' -d 'Explain a rule of check or connect audit, or an error code'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'env' -d 'Print the variables that an app needs to connect'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'pub' -d 'Publish messages to a subject'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'sub' -d 'Subscribe to subjects and print what comes'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'request' -d 'Send a request and print the answers'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'reply' -d 'Answer requests on a subject'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'rtt' -d 'Measure the round-trip time to the server'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'doctor' -d 'Name the cause when something does not work'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'who' -d 'Show who is connected, and who would get a subject'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'why' -d 'Show why connections were closed, and what to change'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'top' -d 'Watch rates, waiting bytes and subjects'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'trace' -d 'Show who would get a message, without sending it'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'example' -d 'Write an app to start from: a board that all its pods share'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'completion' -d 'Print the completion script of a shell'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'help' -d 'Explain a topic: delivery, environment, errors, exit-codes'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'dev' -d 'Run a local server as on the platform'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'creds' -d 'Decode and check credentials offline'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'probe' -d 'Prove with numbers what holds and what does not'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'bench' -d 'Measure throughput and latency'
complete -c iterapp-nats -n '__iterapp_nats_at "" command' -a 'connect' -d 'Show tested connect code, and test your own'
complete -c iterapp-nats -n '__iterapp_nats_at "" option' -l version -d 'Print the version'
complete -c iterapp-nats -n '__iterapp_nats_at "" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "check" option' -l require-nats -d 'Not enabled is an error'
complete -c iterapp-nats -n '__iterapp_nats_at "check" option' -l strict -d 'Warnings fail too'
complete -c iterapp-nats -n '__iterapp_nats_at "check" option' -l fail-on -d 'Mildest level that fails' -x -a 'error warning note'
complete -c iterapp-nats -n '__iterapp_nats_at "check" option' -l select -d 'Only these rules' -x
complete -c iterapp-nats -n '__iterapp_nats_at "check" option' -l ignore -d 'Not these' -x
complete -c iterapp-nats -n '__iterapp_nats_at "check" option' -l no-code -d 'Do not look at dependency files'
complete -c iterapp-nats -n '__iterapp_nats_at "check" option' -l stdin-filename -d 'Name of what stdin holds' -x
complete -c iterapp-nats -n '__iterapp_nats_at "check" option' -l format -d 'How the report is printed' -x -a 'text json json-lines github gitlab junit sarif'
complete -c iterapp-nats -n '__iterapp_nats_at "check" option' -l output-file -d 'Write the report to a file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "check" option' -l fix -d 'Make the safe fixes first'
complete -c iterapp-nats -n '__iterapp_nats_at "check" option' -l diff -d 'Print what --fix would change, write nothing'
complete -c iterapp-nats -n '__iterapp_nats_at "check" option' -l schema -d 'Print the JSON Schema of iterapp.toml for editors'
complete -c iterapp-nats -n '__iterapp_nats_at "check" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "check" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "check" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "check" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "check" 0+' -F
complete -c iterapp-nats -n '__iterapp_nats_at "enable" option' -l appling -d 'Change the file of this appling' -x
complete -c iterapp-nats -n '__iterapp_nats_at "enable" option' -l diff -d 'Print the change, write nothing'
complete -c iterapp-nats -n '__iterapp_nats_at "enable" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "enable" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "enable" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "enable" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "enable" 0' -F
complete -c iterapp-nats -n '__iterapp_nats_at "disable" option' -l appling -d 'Change the file of this appling' -x
complete -c iterapp-nats -n '__iterapp_nats_at "disable" option' -l diff -d 'Print the change, write nothing'
complete -c iterapp-nats -n '__iterapp_nats_at "disable" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "disable" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "disable" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "disable" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "disable" 0' -F
complete -c iterapp-nats -n '__iterapp_nats_at "explain" option' -l list -d 'List all names'
complete -c iterapp-nats -n '__iterapp_nats_at "explain" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "explain" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "explain" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "explain" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "explain" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "env" option' -l for -d 'Who reads it' -x -a 'sh fish powershell dotenv dotenv-escaped json null docker compose node systemd github gitlab kubernetes'
complete -c iterapp-nats -n '__iterapp_nats_at "env" option' -l write -d 'Write to a file, 0600, keeping the rest' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "env" option' -l explain -d 'Say where each value comes from instead'
complete -c iterapp-nats -n '__iterapp_nats_at "env" option' -l environment -d 'Environment of the local server\'s account' -x
complete -c iterapp-nats -n '__iterapp_nats_at "env" option' -l app -d 'App of the local server\'s account' -x
complete -c iterapp-nats -n '__iterapp_nats_at "env" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "env" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "env" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "env" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "env" option' -l server -d 'Server address, several separated by commas' -x
complete -c iterapp-nats -n '__iterapp_nats_at "env" option' -l creds -d 'Credentials file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "env" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "env" option' -l env-file -d 'File with the platform\'s variables' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "env" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "env" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "pub" option' -l header -s H -d 'Header, may be repeated' -x
complete -c iterapp-nats -n '__iterapp_nats_at "pub" option' -l reply -d 'Reply subject' -x
complete -c iterapp-nats -n '__iterapp_nats_at "pub" option' -l count -d 'How often to publish' -x
complete -c iterapp-nats -n '__iterapp_nats_at "pub" option' -l interval -d 'Pause between messages' -x
complete -c iterapp-nats -n '__iterapp_nats_at "pub" option' -l rate -d 'At most so many messages a second' -x
complete -c iterapp-nats -n '__iterapp_nats_at "pub" option' -l lines -d 'Publish each line of stdin'
complete -c iterapp-nats -n '__iterapp_nats_at "pub" option' -l jsonl -d 'Publish messages that sub --format json wrote'
complete -c iterapp-nats -n '__iterapp_nats_at "pub" option' -l keep-timing -d 'With --jsonl: as far apart as they were received'
complete -c iterapp-nats -n '__iterapp_nats_at "pub" option' -l template -d 'Replace {{count}}, {{id}}, {{time}}, {{unix}}'
complete -c iterapp-nats -n '__iterapp_nats_at "pub" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "pub" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "pub" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "pub" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "pub" option' -l server -d 'Server address, several separated by commas' -x
complete -c iterapp-nats -n '__iterapp_nats_at "pub" option' -l creds -d 'Credentials file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "pub" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "pub" option' -l env-file -d 'File with the platform\'s variables' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "pub" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "pub" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "sub" option' -l queue -d 'Queue group to join' -x
complete -c iterapp-nats -n '__iterapp_nats_at "sub" option' -l count -d 'End after so many messages; fewer is a failure' -x
complete -c iterapp-nats -n '__iterapp_nats_at "sub" option' -l timeout -d 'End after this' -x
complete -c iterapp-nats -n '__iterapp_nats_at "sub" option' -l raw -d 'Print payloads only, a line each'
complete -c iterapp-nats -n '__iterapp_nats_at "sub" option' -l print0 -d 'End each payload with NUL'
complete -c iterapp-nats -n '__iterapp_nats_at "sub" option' -l subjects-only -d 'Print the subject of each message only'
complete -c iterapp-nats -n '__iterapp_nats_at "sub" option' -l ready-file -d 'Write this file when messages can come' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "sub" option' -l allow-gaps -d 'Lost connections are no failure'
complete -c iterapp-nats -n '__iterapp_nats_at "sub" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "sub" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "sub" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "sub" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "sub" option' -l server -d 'Server address, several separated by commas' -x
complete -c iterapp-nats -n '__iterapp_nats_at "sub" option' -l creds -d 'Credentials file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "sub" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "sub" option' -l env-file -d 'File with the platform\'s variables' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "sub" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "sub" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "request" option' -l header -s H -d 'Header, may be repeated' -x
complete -c iterapp-nats -n '__iterapp_nats_at "request" option' -l replies -d 'Wanted answers; 0: all that come' -x
complete -c iterapp-nats -n '__iterapp_nats_at "request" option' -l timeout -d 'How long to wait' -x
complete -c iterapp-nats -n '__iterapp_nats_at "request" option' -l gap -d 'End when no further answer comes' -x
complete -c iterapp-nats -n '__iterapp_nats_at "request" option' -l lines -d 'Ask each line of stdin, answers in the same order'
complete -c iterapp-nats -n '__iterapp_nats_at "request" option' -l concurrency -d 'With --lines: so many are under way at once' -x
complete -c iterapp-nats -n '__iterapp_nats_at "request" option' -l raw -d 'Print payloads only, a line each'
complete -c iterapp-nats -n '__iterapp_nats_at "request" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "request" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "request" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "request" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "request" option' -l server -d 'Server address, several separated by commas' -x
complete -c iterapp-nats -n '__iterapp_nats_at "request" option' -l creds -d 'Credentials file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "request" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "request" option' -l env-file -d 'File with the platform\'s variables' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "request" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "request" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "reply" option' -l echo -d 'Answer with the request\'s payload'
complete -c iterapp-nats -n '__iterapp_nats_at "reply" option' -l command -d 'Answer with what this prints; the payload is its stdin' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "reply" option' -l queue -d 'Queue group to join' -x
complete -c iterapp-nats -n '__iterapp_nats_at "reply" option' -l count -d 'End after so many answers' -x
complete -c iterapp-nats -n '__iterapp_nats_at "reply" option' -l timeout -d 'End after this' -x
complete -c iterapp-nats -n '__iterapp_nats_at "reply" option' -l concurrency -d 'So many commands run at once' -x
complete -c iterapp-nats -n '__iterapp_nats_at "reply" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "reply" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "reply" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "reply" option' -l server -d 'Server address, several separated by commas' -x
complete -c iterapp-nats -n '__iterapp_nats_at "reply" option' -l creds -d 'Credentials file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "reply" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "reply" option' -l env-file -d 'File with the platform\'s variables' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "reply" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "reply" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "rtt" option' -l count -d 'How often to measure' -x
complete -c iterapp-nats -n '__iterapp_nats_at "rtt" option' -l timeout -d 'How long to wait' -x
complete -c iterapp-nats -n '__iterapp_nats_at "rtt" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "rtt" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "rtt" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "rtt" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "rtt" option' -l server -d 'Server address, several separated by commas' -x
complete -c iterapp-nats -n '__iterapp_nats_at "rtt" option' -l creds -d 'Credentials file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "rtt" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "rtt" option' -l env-file -d 'File with the platform\'s variables' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "rtt" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "rtt" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "doctor" option' -l warn-within -d 'Warn of an expiry this soon' -x
complete -c iterapp-nats -n '__iterapp_nats_at "doctor" option' -l checks -d 'Only measure, against the two limits' -x -a 'connection request'
complete -c iterapp-nats -n '__iterapp_nats_at "doctor" option' -l subject -d 'Whom --checks request asks; by default the server' -x
complete -c iterapp-nats -n '__iterapp_nats_at "doctor" option' -l warning -d '--checks: warn from here' -x
complete -c iterapp-nats -n '__iterapp_nats_at "doctor" option' -l critical -d '--checks: fail from here' -x
complete -c iterapp-nats -n '__iterapp_nats_at "doctor" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "doctor" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "doctor" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "doctor" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "doctor" option' -l server -d 'Server address, several separated by commas' -x
complete -c iterapp-nats -n '__iterapp_nats_at "doctor" option' -l creds -d 'Credentials file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "doctor" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "doctor" option' -l env-file -d 'File with the platform\'s variables' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "doctor" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "doctor" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "who" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "who" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "who" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "who" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "who" option' -l server -d 'Server address, several separated by commas' -x
complete -c iterapp-nats -n '__iterapp_nats_at "who" option' -l creds -d 'Credentials file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "who" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "who" option' -l env-file -d 'File with the platform\'s variables' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "who" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "who" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "why" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "why" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "why" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "why" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "why" option' -l server -d 'Server address, several separated by commas' -x
complete -c iterapp-nats -n '__iterapp_nats_at "why" option' -l creds -d 'Credentials file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "why" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "why" option' -l env-file -d 'File with the platform\'s variables' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "why" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "why" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "top" option' -l once -d 'Print one look and end'
complete -c iterapp-nats -n '__iterapp_nats_at "top" option' -l interval -d 'Time between two looks' -x
complete -c iterapp-nats -n '__iterapp_nats_at "top" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "top" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "top" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "top" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "top" option' -l server -d 'Server address, several separated by commas' -x
complete -c iterapp-nats -n '__iterapp_nats_at "top" option' -l creds -d 'Credentials file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "top" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "top" option' -l env-file -d 'File with the platform\'s variables' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "top" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "top" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "trace" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "trace" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "trace" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "trace" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "trace" option' -l server -d 'Server address, several separated by commas' -x
complete -c iterapp-nats -n '__iterapp_nats_at "trace" option' -l creds -d 'Credentials file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "trace" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "trace" option' -l env-file -d 'File with the platform\'s variables' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "trace" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "trace" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "example" option' -l lang -d 'Language, as connect --list names it' -x
complete -c iterapp-nats -n '__iterapp_nats_at "example" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "example" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "example" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "example" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "example" 0' -F
complete -c iterapp-nats -n '__iterapp_nats_at "completion" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "completion" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "completion" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "completion" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "completion" 0' -a 'bash zsh fish powershell' -d 'Shell to complete in'
complete -c iterapp-nats -n '__iterapp_nats_at "help" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "help" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "help" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "help" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "dev" command' -a 'up' -d 'Start the local server and write its variables to .iterapp-nats/nats.env'
complete -c iterapp-nats -n '__iterapp_nats_at "dev" command' -a 'down' -d 'Stop the local server; its data and address are kept'
complete -c iterapp-nats -n '__iterapp_nats_at "dev" command' -a 'status' -d 'Say whether the local server runs; exit 1 when it does not'
complete -c iterapp-nats -n '__iterapp_nats_at "dev" command' -a 'logs' -d 'Print the log of the local server, or of its last run; -v adds its debug lines'
complete -c iterapp-nats -n '__iterapp_nats_at "dev" command' -a 'restart' -d 'Stop the local server and start it again at the same address'
complete -c iterapp-nats -n '__iterapp_nats_at "dev" command' -a 'reset' -d 'Stop the local server and remove its state and data'
complete -c iterapp-nats -n '__iterapp_nats_at "dev" command' -a 'chaos' -d 'Let the local server or the network fail while your app runs, and see who comes back'
complete -c iterapp-nats -n '__iterapp_nats_at "dev" command' -a 'run' -d 'Run a command with the server and its variables, and end with its exit code'
complete -c iterapp-nats -n '__iterapp_nats_at "dev" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "dev" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "dev" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "dev" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l foreground -d 'Show the log, end with Ctrl-C'
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l port -d 'Port to listen on; 0: any' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l jetstream -l no-jetstream -d 'Streams on disk'
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l secure -l plain -d 'Accounts, credentials and TLS as in production'
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l environment -d 'Have an account for it, may be repeated' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l app -d 'Have accounts for this app too, may be repeated' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l san -d 'Name in the certificate too, may be repeated' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l key-type -d 'Keys of the certificates; ecdsa is known everywhere' -x -a 'ed25519 ecdsa'
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l proxy -l no-proxy -d 'Have a proxy in front, which dev chaos makes bad'
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l backend -d 'Run a program or a container' -x -a 'auto binary docker'
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l server-binary -d 'nats-server to run' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l image -d 'Image of the container' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l docker-command -d 'What to call instead of docker, for example podman' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l nodes -d 'Servers in a cluster, 1, 3 or 5' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l websocket -l no-websocket -d 'A port for browsers too'
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -l config-snippet -d 'Settings of nats-server to add; \'\' for none' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "dev up" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "dev down" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "dev down" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "dev down" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "dev down" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "dev status" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "dev status" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "dev status" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "dev status" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "dev status" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "dev logs" option' -l follow -s f -d 'Go on with new lines'
complete -c iterapp-nats -n '__iterapp_nats_at "dev logs" option' -l lines -s n -d 'Last lines only' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev logs" option' -l node -d 'One node of a cluster alone' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev logs" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "dev logs" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "dev logs" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "dev logs" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l rolling -d 'Restart the nodes of a cluster in turn'
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l port -d 'Port to listen on; 0: any' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l jetstream -l no-jetstream -d 'Streams on disk'
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l secure -l plain -d 'Accounts, credentials and TLS as in production'
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l environment -d 'Have an account for it, may be repeated' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l app -d 'Have accounts for this app too, may be repeated' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l san -d 'Name in the certificate too, may be repeated' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l key-type -d 'Keys of the certificates; ecdsa is known everywhere' -x -a 'ed25519 ecdsa'
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l proxy -l no-proxy -d 'Have a proxy in front, which dev chaos makes bad'
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l backend -d 'Run a program or a container' -x -a 'auto binary docker'
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l server-binary -d 'nats-server to run' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l image -d 'Image of the container' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l docker-command -d 'What to call instead of docker, for example podman' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l nodes -d 'Servers in a cluster, 1, 3 or 5' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l websocket -l no-websocket -d 'A port for browsers too'
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -l config-snippet -d 'Settings of nats-server to add; \'\' for none' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "dev restart" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "dev reset" option' -l yes -s y -d 'Do not ask'
complete -c iterapp-nats -n '__iterapp_nats_at "dev reset" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "dev reset" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "dev reset" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "dev reset" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -l for -d 'How long it lasts' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -l client -d 'kick: whose name matches, * and ? allowed' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -l kill -d 'restart, outage: end the server without a last word'
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -l node -d 'Which node of a cluster; without it the first' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -l direction -d 'Network faults: which bytes, as clients see them' -x -a 'to-server to-client both'
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -l delay -d 'latency: at least so much' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -l jitter -d 'latency: up to so much more' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -l bytes-per-second -d 'throttle, slow-consumer: the rate' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -l wait -d 'How long clients may take to be back' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -l prove -d 'Send numbered traffic of our own, and print what is lost'
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -l client-options -d 'With --prove: compare what clients can set'
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -l trials -d 'With --prove: so many runs of each' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -l rate -d 'Messages per second' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -l size -d 'Size of a payload' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -l report -d 'Write a page with the charts' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "dev chaos" 0' -a 'restart outage kick stall lame-duck slow-consumer latency throttle drop partition reset' -d 'What goes wrong'
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" option' -l port -d 'Port to listen on; 0: any' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" option' -l jetstream -l no-jetstream -d 'Streams on disk'
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" option' -l secure -l plain -d 'Accounts, credentials and TLS as in production'
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" option' -l environment -d 'Have an account for it, may be repeated' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" option' -l app -d 'Have accounts for this app too, may be repeated' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" option' -l san -d 'Name in the certificate too, may be repeated' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" option' -l key-type -d 'Keys of the certificates; ecdsa is known everywhere' -x -a 'ed25519 ecdsa'
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" option' -l proxy -l no-proxy -d 'Have a proxy in front, which dev chaos makes bad'
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" option' -l backend -d 'Run a program or a container' -x -a 'auto binary docker'
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" option' -l server-binary -d 'nats-server to run' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" option' -l image -d 'Image of the container' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" option' -l docker-command -d 'What to call instead of docker, for example podman' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" option' -l nodes -d 'Servers in a cluster, 1, 3 or 5' -x
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" option' -l websocket -l no-websocket -d 'A port for browsers too'
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" option' -l config-snippet -d 'Settings of nats-server to add; \'\' for none' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "dev run" 0+' -F
complete -c iterapp-nats -n '__iterapp_nats_at "creds" command' -a 'show' -d 'Show who credentials log in as and what they allow; the seed is never shown'
complete -c iterapp-nats -n '__iterapp_nats_at "creds" command' -a 'check' -d 'Check credentials offline; exit 1 when a server cannot accept them'
complete -c iterapp-nats -n '__iterapp_nats_at "creds" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "creds" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "creds" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "creds" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "creds show" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "creds show" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "creds show" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "creds show" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "creds show" option' -l server -d 'Server address, several separated by commas' -x
complete -c iterapp-nats -n '__iterapp_nats_at "creds show" option' -l creds -d 'Credentials file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "creds show" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "creds show" option' -l env-file -d 'File with the platform\'s variables' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "creds show" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "creds show" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "creds show" 0' -F
complete -c iterapp-nats -n '__iterapp_nats_at "creds check" option' -l environ -d 'Check the platform\'s variables against each other'
complete -c iterapp-nats -n '__iterapp_nats_at "creds check" option' -l warn-within -d 'Fail if it expires this soon' -x
complete -c iterapp-nats -n '__iterapp_nats_at "creds check" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "creds check" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "creds check" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "creds check" option' -l server -d 'Server address, several separated by commas' -x
complete -c iterapp-nats -n '__iterapp_nats_at "creds check" option' -l creds -d 'Credentials file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "creds check" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "creds check" option' -l env-file -d 'File with the platform\'s variables' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "creds check" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "creds check" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "creds check" 0' -F
complete -c iterapp-nats -n '__iterapp_nats_at "probe" command' -a 'delivery' -d 'Publish numbered messages and prove what became of each; exit 1 on loss'
complete -c iterapp-nats -n '__iterapp_nats_at "probe" command' -a 'acks' -d 'Send numbered requests until they are acknowledged, and prove what that is worth'
complete -c iterapp-nats -n '__iterapp_nats_at "probe" command' -a 'isolation' -d 'Prove that accounts do not see each other\'s messages; exit 1 on a leak'
complete -c iterapp-nats -n '__iterapp_nats_at "probe" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "probe" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "probe" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "probe" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -l rate -d 'Messages per second  [default: 1000, stream: 200]' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -l duration -d 'How long to publish; Ctrl-C ends it early' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -l size -d 'Size of a payload' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -l subscribers -d 'How many receive, each on its own' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -l queue -d 'Let the subscribers share this queue group' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -l jetstream -d 'Through a stream of its own, with acks and redelivery'
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -l late -d 'Later than this is late' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -l max-lost -d 'So many lost or unknown messages are tolerated' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -l max-p99 -d 'Fail when 1 % take longer' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -l report -d 'Write a page with the charts' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -l server -d 'Server address, several separated by commas' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -l creds -d 'Credentials file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -l env-file -d 'File with the platform\'s variables' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe delivery" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "probe acks" option' -l rate -d 'Messages per second' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe acks" option' -l duration -d 'How long to publish; Ctrl-C ends it early' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe acks" option' -l size -d 'Size of a payload' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe acks" option' -l responders -d 'How many share the answering' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe acks" option' -l tries -d 'How often a message is sent at most' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe acks" option' -l ack-timeout -d 'How long to wait for an ack' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe acks" option' -l pause -d 'Before the second try; it doubles up to 2s' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe acks" option' -l max-lost -d 'So many lost or unknown messages are tolerated' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe acks" option' -l report -d 'Write a page with the charts' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe acks" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "probe acks" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "probe acks" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "probe acks" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "probe acks" option' -l server -d 'Server address, several separated by commas' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe acks" option' -l creds -d 'Credentials file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "probe acks" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "probe acks" option' -l env-file -d 'File with the platform\'s variables' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "probe acks" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe acks" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "probe isolation" option' -l creds -d 'Credentials of an account, to be repeated' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "probe isolation" option' -l env-file -d 'Variables of an account, to be repeated' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "probe isolation" option' -l apps -d 'Try N apps on the local secure server' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe isolation" option' -l environments -d 'Try each app in N environments' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe isolation" option' -l server -d 'Server of the --creds' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe isolation" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "probe isolation" option' -l namespace -d 'Subject that all of the probe are below' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe isolation" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe isolation" option' -l timeout -d 'How long to wait' -x
complete -c iterapp-nats -n '__iterapp_nats_at "probe isolation" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "probe isolation" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "probe isolation" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "probe isolation" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "probe isolation" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "bench" command' -a 'pub' -d 'Measure publishing, until the server has seen the last message'
complete -c iterapp-nats -n '__iterapp_nats_at "bench" command' -a 'sub' -d 'Measure receiving what somebody else publishes'
complete -c iterapp-nats -n '__iterapp_nats_at "bench" command' -a 'pubsub' -d 'Measure messages from publishers to subscribers, and count the lost ones'
complete -c iterapp-nats -n '__iterapp_nats_at "bench" command' -a 'request' -d 'Measure requests and their answers'
complete -c iterapp-nats -n '__iterapp_nats_at "bench" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "bench" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "bench" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "bench" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "bench pub" option' -l messages -d 'Messages, shared among the publishers' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pub" option' -l size -d 'Size of a payload' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pub" option' -l publishers -d 'Publishing processes' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pub" option' -l rate -d 'At most so many messages a second in all' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pub" option' -l warm-up -d 'Messages before what is measured' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pub" option' -l timeout -d 'End after this' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pub" option' -l min-rate -d 'Fewer messages a second are a failure' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pub" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "bench pub" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "bench pub" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "bench pub" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "bench pub" option' -l server -d 'Server address, several separated by commas' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pub" option' -l creds -d 'Credentials file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "bench pub" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "bench pub" option' -l env-file -d 'File with the platform\'s variables' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "bench pub" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pub" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "bench sub" option' -l messages -d 'Messages, shared among the publishers' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench sub" option' -l subscribers -d 'Subscribing processes' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench sub" option' -l timeout -d 'End after this' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench sub" option' -l min-rate -d 'Fewer messages a second are a failure' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench sub" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "bench sub" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "bench sub" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "bench sub" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "bench sub" option' -l server -d 'Server address, several separated by commas' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench sub" option' -l creds -d 'Credentials file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "bench sub" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "bench sub" option' -l env-file -d 'File with the platform\'s variables' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "bench sub" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench sub" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "bench pubsub" option' -l messages -d 'Messages, shared among the publishers' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pubsub" option' -l size -d 'Size of a payload' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pubsub" option' -l publishers -d 'Publishing processes' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pubsub" option' -l subscribers -d 'Subscribing processes' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pubsub" option' -l rate -d 'At most so many messages a second in all' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pubsub" option' -l warm-up -d 'Messages before what is measured' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pubsub" option' -l timeout -d 'End after this' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pubsub" option' -l min-rate -d 'Fewer messages a second are a failure' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pubsub" option' -l max-p99 -d 'A longer latency of 99 % is a failure' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pubsub" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "bench pubsub" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "bench pubsub" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "bench pubsub" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "bench pubsub" option' -l server -d 'Server address, several separated by commas' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pubsub" option' -l creds -d 'Credentials file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "bench pubsub" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "bench pubsub" option' -l env-file -d 'File with the platform\'s variables' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "bench pubsub" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench pubsub" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "bench request" option' -l messages -d 'Requests of all requesters together' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench request" option' -l size -d 'Size of a payload' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench request" option' -l requesters -d 'Requesting processes' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench request" option' -l concurrency -d 'Requests under way at once, for each requester' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench request" option' -l responders -d 'Answering processes; 0: somebody else answers' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench request" option' -l warm-up -d 'Messages before what is measured' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench request" option' -l timeout -d 'End after this' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench request" option' -l min-rate -d 'Fewer messages a second are a failure' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench request" option' -l max-p99 -d 'A longer latency of 99 % is a failure' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench request" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "bench request" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "bench request" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "bench request" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "bench request" option' -l server -d 'Server address, several separated by commas' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench request" option' -l creds -d 'Credentials file' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "bench request" option' -l ca -d 'CA certificate of the server' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "bench request" option' -l env-file -d 'File with the platform\'s variables' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "bench request" option' -l connect-timeout -d 'How long to try to connect' -x
complete -c iterapp-nats -n '__iterapp_nats_at "bench request" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "connect" command' -a 'python' -d 'Print the connect code for Python'
complete -c iterapp-nats -n '__iterapp_nats_at "connect" command' -a 'javascript' -d 'Print the connect code for JavaScript'
complete -c iterapp-nats -n '__iterapp_nats_at "connect" command' -a 'typescript' -d 'Print the connect code for TypeScript'
complete -c iterapp-nats -n '__iterapp_nats_at "connect" command' -a 'rust' -d 'Print the connect code for Rust'
complete -c iterapp-nats -n '__iterapp_nats_at "connect" command' -a 'go' -d 'Print the connect code for Go'
complete -c iterapp-nats -n '__iterapp_nats_at "connect" command' -a 'java' -d 'Print the connect code for Java'
complete -c iterapp-nats -n '__iterapp_nats_at "connect" command' -a 'kotlin' -d 'Print the connect code for Kotlin'
complete -c iterapp-nats -n '__iterapp_nats_at "connect" command' -a 'c' -d 'Print the connect code for C'
complete -c iterapp-nats -n '__iterapp_nats_at "connect" command' -a 'audit' -d 'Find the known mistakes in code that connects to NATS'
complete -c iterapp-nats -n '__iterapp_nats_at "connect" command' -a 'conformance' -d 'Test how a program connects, against throwaway servers'
complete -c iterapp-nats -n '__iterapp_nats_at "connect" option' -l list -d 'List the languages with their client libraries'
complete -c iterapp-nats -n '__iterapp_nats_at "connect" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "connect" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "connect" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "connect" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "connect" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "connect python" option' -l write -d 'Write the module into a folder instead' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "connect python" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "connect python" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "connect python" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "connect python" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "connect python" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "connect javascript" option' -l write -d 'Write the module into a folder instead' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "connect javascript" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "connect javascript" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "connect javascript" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "connect javascript" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "connect javascript" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "connect typescript" option' -l write -d 'Write the module into a folder instead' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "connect typescript" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "connect typescript" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "connect typescript" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "connect typescript" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "connect typescript" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "connect rust" option' -l write -d 'Write the module into a folder instead' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "connect rust" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "connect rust" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "connect rust" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "connect rust" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "connect rust" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "connect go" option' -l write -d 'Write the module into a folder instead' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "connect go" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "connect go" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "connect go" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "connect go" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "connect go" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "connect java" option' -l write -d 'Write the module into a folder instead' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "connect java" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "connect java" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "connect java" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "connect java" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "connect java" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "connect kotlin" option' -l write -d 'Write the module into a folder instead' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "connect kotlin" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "connect kotlin" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "connect kotlin" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "connect kotlin" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "connect kotlin" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "connect c" option' -l write -d 'Write the module into a folder instead' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "connect c" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "connect c" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "connect c" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "connect c" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "connect c" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "connect audit" option' -l format -d 'How the findings are printed' -x -a 'text json github'
complete -c iterapp-nats -n '__iterapp_nats_at "connect audit" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "connect audit" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "connect audit" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "connect audit" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "connect audit" 0+' -F
complete -c iterapp-nats -n '__iterapp_nats_at "connect conformance" option' -l request -d 'A subject that it answers: rows need a request' -x
complete -c iterapp-nats -n '__iterapp_nats_at "connect conformance" option' -l payload -d 'What is asked' -x
complete -c iterapp-nats -n '__iterapp_nats_at "connect conformance" option' -l select -d 'Only these rows' -x
complete -c iterapp-nats -n '__iterapp_nats_at "connect conformance" option' -l jobs -d 'Rows at a time' -x
complete -c iterapp-nats -n '__iterapp_nats_at "connect conformance" option' -l server-binary -d 'nats-server to run' -r -F
complete -c iterapp-nats -n '__iterapp_nats_at "connect conformance" option' -l format -d 'How data is printed' -x -a 'text json'
complete -c iterapp-nats -n '__iterapp_nats_at "connect conformance" option' -l verbose -s v -d 'Say more, for example where each value came from (-vv: even more)'
complete -c iterapp-nats -n '__iterapp_nats_at "connect conformance" option' -l quiet -s q -d 'Say only warnings and errors'
complete -c iterapp-nats -n '__iterapp_nats_at "connect conformance" option' -l color -d 'When to colour' -x -a 'auto always never'
complete -c iterapp-nats -n '__iterapp_nats_at "connect conformance" option' -s h -l help -d 'Show this message and exit'
complete -c iterapp-nats -n '__iterapp_nats_at "connect conformance" 0+' -F
