# bash completion for iterapp-nats

# What stands at a command: its sub-commands, and its options by all their names.
_iterapp_nats_command() {
    commands='' options='' valued='' repeatable=''
    case $1 in
        '') commands='check enable disable explain env pub sub request reply rtt doctor who why top trace example completion help dev creds probe bench connect' options='--version --verbose,-v --quiet,-q --color -h,--help' valued=--color repeatable=--verbose,-v ;;
        check) options='--require-nats --strict --fail-on --select --ignore --no-code --stdin-filename --format --output-file --fix --diff --schema --verbose,-v --quiet,-q --color -h,--help' valued='--fail-on --select --ignore --stdin-filename --format --output-file --color' repeatable='--select --ignore --verbose,-v' ;;
        enable) options='--appling --diff --verbose,-v --quiet,-q --color -h,--help' valued='--appling --color' repeatable=--verbose,-v ;;
        disable) options='--appling --diff --verbose,-v --quiet,-q --color -h,--help' valued='--appling --color' repeatable=--verbose,-v ;;
        explain) options='--list --format --verbose,-v --quiet,-q --color -h,--help' valued='--format --color' repeatable=--verbose,-v ;;
        env) options='--for --write --explain --environment --app --format --verbose,-v --quiet,-q --color --server --creds --ca --env-file --connect-timeout -h,--help' valued='--for --write --environment --app --format --color --server --creds --ca --env-file --connect-timeout' repeatable=--verbose,-v ;;
        pub) options='--header,-H --reply --count --interval --rate --lines --jsonl --keep-timing --template --format --verbose,-v --quiet,-q --color --server --creds --ca --env-file --connect-timeout -h,--help' valued='--header -H --reply --count --interval --rate --format --color --server --creds --ca --env-file --connect-timeout' repeatable='--header,-H --verbose,-v' ;;
        sub) options='--queue --count --timeout --raw --print0 --subjects-only --ready-file --allow-gaps --format --verbose,-v --quiet,-q --color --server --creds --ca --env-file --connect-timeout -h,--help' valued='--queue --count --timeout --ready-file --format --color --server --creds --ca --env-file --connect-timeout' repeatable=--verbose,-v ;;
        request) options='--header,-H --replies --timeout --gap --lines --concurrency --raw --format --verbose,-v --quiet,-q --color --server --creds --ca --env-file --connect-timeout -h,--help' valued='--header -H --replies --timeout --gap --concurrency --format --color --server --creds --ca --env-file --connect-timeout' repeatable='--header,-H --verbose,-v' ;;
        reply) options='--echo --command --queue --count --timeout --concurrency --verbose,-v --quiet,-q --color --server --creds --ca --env-file --connect-timeout -h,--help' valued='--command --queue --count --timeout --concurrency --color --server --creds --ca --env-file --connect-timeout' repeatable=--verbose,-v ;;
        rtt) options='--count --timeout --format --verbose,-v --quiet,-q --color --server --creds --ca --env-file --connect-timeout -h,--help' valued='--count --timeout --format --color --server --creds --ca --env-file --connect-timeout' repeatable=--verbose,-v ;;
        doctor) options='--warn-within --checks --subject --warning --critical --format --verbose,-v --quiet,-q --color --server --creds --ca --env-file --connect-timeout -h,--help' valued='--warn-within --checks --subject --warning --critical --format --color --server --creds --ca --env-file --connect-timeout' repeatable='--checks --verbose,-v' ;;
        who) options='--format --verbose,-v --quiet,-q --color --server --creds --ca --env-file --connect-timeout -h,--help' valued='--format --color --server --creds --ca --env-file --connect-timeout' repeatable=--verbose,-v ;;
        why) options='--format --verbose,-v --quiet,-q --color --server --creds --ca --env-file --connect-timeout -h,--help' valued='--format --color --server --creds --ca --env-file --connect-timeout' repeatable=--verbose,-v ;;
        top) options='--once --interval --format --verbose,-v --quiet,-q --color --server --creds --ca --env-file --connect-timeout -h,--help' valued='--interval --format --color --server --creds --ca --env-file --connect-timeout' repeatable=--verbose,-v ;;
        trace) options='--format --verbose,-v --quiet,-q --color --server --creds --ca --env-file --connect-timeout -h,--help' valued='--format --color --server --creds --ca --env-file --connect-timeout' repeatable=--verbose,-v ;;
        example) options='--lang --verbose,-v --quiet,-q --color -h,--help' valued='--lang --color' repeatable=--verbose,-v ;;
        completion) options='--verbose,-v --quiet,-q --color -h,--help' valued=--color repeatable=--verbose,-v ;;
        help) options='--verbose,-v --quiet,-q --color -h,--help' valued=--color repeatable=--verbose,-v ;;
        dev) commands='up down status logs restart reset chaos run' options='--verbose,-v --quiet,-q --color -h,--help' valued=--color repeatable=--verbose,-v ;;
        'dev up') options='--foreground --format --verbose,-v --quiet,-q --color --port --jetstream,--no-jetstream --secure,--plain --environment --app --san --key-type --proxy,--no-proxy --backend --server-binary --image --docker-command --nodes --websocket,--no-websocket --config-snippet -h,--help' valued='--format --color --port --environment --app --san --key-type --backend --server-binary --image --docker-command --nodes --config-snippet' repeatable='--verbose,-v --environment --app --san' ;;
        'dev down') options='--verbose,-v --quiet,-q --color -h,--help' valued=--color repeatable=--verbose,-v ;;
        'dev status') options='--format --verbose,-v --quiet,-q --color -h,--help' valued='--format --color' repeatable=--verbose,-v ;;
        'dev logs') options='--follow,-f --lines,-n --node --verbose,-v --quiet,-q --color -h,--help' valued='--lines -n --node --color' repeatable=--verbose,-v ;;
        'dev restart') options='--rolling --format --verbose,-v --quiet,-q --color --port --jetstream,--no-jetstream --secure,--plain --environment --app --san --key-type --proxy,--no-proxy --backend --server-binary --image --docker-command --nodes --websocket,--no-websocket --config-snippet -h,--help' valued='--format --color --port --environment --app --san --key-type --backend --server-binary --image --docker-command --nodes --config-snippet' repeatable='--verbose,-v --environment --app --san' ;;
        'dev reset') options='--yes,-y --verbose,-v --quiet,-q --color -h,--help' valued=--color repeatable=--verbose,-v ;;
        'dev chaos') options='--for --client --kill --node --direction --delay --jitter --bytes-per-second --wait --prove --client-options --trials --rate --size --report --format --verbose,-v --quiet,-q --color -h,--help' valued='--for --client --node --direction --delay --jitter --bytes-per-second --wait --trials --rate --size --report --format --color' repeatable=--verbose,-v ;;
        'dev run') options='--verbose,-v --quiet,-q --color --port --jetstream,--no-jetstream --secure,--plain --environment --app --san --key-type --proxy,--no-proxy --backend --server-binary --image --docker-command --nodes --websocket,--no-websocket --config-snippet -h,--help' valued='--color --port --environment --app --san --key-type --backend --server-binary --image --docker-command --nodes --config-snippet' repeatable='--verbose,-v --environment --app --san' ;;
        creds) commands='show check' options='--verbose,-v --quiet,-q --color -h,--help' valued=--color repeatable=--verbose,-v ;;
        'creds show') options='--format --verbose,-v --quiet,-q --color --server --creds --ca --env-file --connect-timeout -h,--help' valued='--format --color --server --creds --ca --env-file --connect-timeout' repeatable=--verbose,-v ;;
        'creds check') options='--environ --warn-within --verbose,-v --quiet,-q --color --server --creds --ca --env-file --connect-timeout -h,--help' valued='--warn-within --color --server --creds --ca --env-file --connect-timeout' repeatable=--verbose,-v ;;
        probe) commands='delivery acks isolation' options='--verbose,-v --quiet,-q --color -h,--help' valued=--color repeatable=--verbose,-v ;;
        'probe delivery') options='--rate --duration --size --subscribers --queue --jetstream --late --max-lost --max-p99 --report --format --verbose,-v --quiet,-q --color --server --creds --ca --env-file --connect-timeout -h,--help' valued='--rate --duration --size --subscribers --queue --late --max-lost --max-p99 --report --format --color --server --creds --ca --env-file --connect-timeout' repeatable=--verbose,-v ;;
        'probe acks') options='--rate --duration --size --responders --tries --ack-timeout --pause --max-lost --report --format --verbose,-v --quiet,-q --color --server --creds --ca --env-file --connect-timeout -h,--help' valued='--rate --duration --size --responders --tries --ack-timeout --pause --max-lost --report --format --color --server --creds --ca --env-file --connect-timeout' repeatable=--verbose,-v ;;
        'probe isolation') options='--creds --env-file --apps --environments --server --ca --namespace --connect-timeout --timeout --format --verbose,-v --quiet,-q --color -h,--help' valued='--creds --env-file --apps --environments --server --ca --namespace --connect-timeout --timeout --format --color' repeatable='--creds --env-file --verbose,-v' ;;
        bench) commands='pub sub pubsub request' options='--verbose,-v --quiet,-q --color -h,--help' valued=--color repeatable=--verbose,-v ;;
        'bench pub') options='--messages --size --publishers --rate --warm-up --timeout --min-rate --format --verbose,-v --quiet,-q --color --server --creds --ca --env-file --connect-timeout -h,--help' valued='--messages --size --publishers --rate --warm-up --timeout --min-rate --format --color --server --creds --ca --env-file --connect-timeout' repeatable=--verbose,-v ;;
        'bench sub') options='--messages --subscribers --timeout --min-rate --format --verbose,-v --quiet,-q --color --server --creds --ca --env-file --connect-timeout -h,--help' valued='--messages --subscribers --timeout --min-rate --format --color --server --creds --ca --env-file --connect-timeout' repeatable=--verbose,-v ;;
        'bench pubsub') options='--messages --size --publishers --subscribers --rate --warm-up --timeout --min-rate --max-p99 --format --verbose,-v --quiet,-q --color --server --creds --ca --env-file --connect-timeout -h,--help' valued='--messages --size --publishers --subscribers --rate --warm-up --timeout --min-rate --max-p99 --format --color --server --creds --ca --env-file --connect-timeout' repeatable=--verbose,-v ;;
        'bench request') options='--messages --size --requesters --concurrency --responders --warm-up --timeout --min-rate --max-p99 --format --verbose,-v --quiet,-q --color --server --creds --ca --env-file --connect-timeout -h,--help' valued='--messages --size --requesters --concurrency --responders --warm-up --timeout --min-rate --max-p99 --format --color --server --creds --ca --env-file --connect-timeout' repeatable=--verbose,-v ;;
        connect) commands='python javascript typescript rust go java kotlin c audit conformance' options='--list --format --verbose,-v --quiet,-q --color -h,--help' valued='--format --color' repeatable=--verbose,-v ;;
        'connect python') options='--write --format --verbose,-v --quiet,-q --color -h,--help' valued='--write --format --color' repeatable=--verbose,-v ;;
        'connect javascript') options='--write --format --verbose,-v --quiet,-q --color -h,--help' valued='--write --format --color' repeatable=--verbose,-v ;;
        'connect typescript') options='--write --format --verbose,-v --quiet,-q --color -h,--help' valued='--write --format --color' repeatable=--verbose,-v ;;
        'connect rust') options='--write --format --verbose,-v --quiet,-q --color -h,--help' valued='--write --format --color' repeatable=--verbose,-v ;;
        'connect go') options='--write --format --verbose,-v --quiet,-q --color -h,--help' valued='--write --format --color' repeatable=--verbose,-v ;;
        'connect java') options='--write --format --verbose,-v --quiet,-q --color -h,--help' valued='--write --format --color' repeatable=--verbose,-v ;;
        'connect kotlin') options='--write --format --verbose,-v --quiet,-q --color -h,--help' valued='--write --format --color' repeatable=--verbose,-v ;;
        'connect c') options='--write --format --verbose,-v --quiet,-q --color -h,--help' valued='--write --format --color' repeatable=--verbose,-v ;;
        'connect audit') options='--format --verbose,-v --quiet,-q --color -h,--help' valued='--format --color' repeatable=--verbose,-v ;;
        'connect conformance') options='--request --payload --select --jobs --server-binary --format --verbose,-v --quiet,-q --color -h,--help' valued='--request --payload --select --jobs --server-binary --format --color' repeatable='--select --verbose,-v' ;;
    esac
}

# What stands for the value of an option, or for the argument with this number.
_iterapp_nats_value() {
    choices='' is_path=''
    case $1 in
        ' --color') choices='auto always never' ;;
        'check --fail-on') choices='error warning note' ;;
        'check --format') choices='text json json-lines github gitlab junit sarif' ;;
        'check --output-file') is_path=1 ;;
        'check --color') choices='auto always never' ;;
        'check '[0-9]*) is_path=1 ;;
        'enable --color') choices='auto always never' ;;
        'enable 0') is_path=1 ;;
        'disable --color') choices='auto always never' ;;
        'disable 0') is_path=1 ;;
        'explain --format') choices='text json' ;;
        'explain --color') choices='auto always never' ;;
        'explain 0') : ;;
        'env --for') choices='sh fish powershell dotenv dotenv-escaped json null docker compose node systemd github gitlab kubernetes' ;;
        'env --write') is_path=1 ;;
        'env --format') choices='text json' ;;
        'env --color') choices='auto always never' ;;
        'env --creds') is_path=1 ;;
        'env --ca') is_path=1 ;;
        'env --env-file') is_path=1 ;;
        'pub --format') choices='text json' ;;
        'pub --color') choices='auto always never' ;;
        'pub --creds') is_path=1 ;;
        'pub --ca') is_path=1 ;;
        'pub --env-file') is_path=1 ;;
        'pub 0') : ;;
        'pub 1') : ;;
        'sub --ready-file') is_path=1 ;;
        'sub --format') choices='text json' ;;
        'sub --color') choices='auto always never' ;;
        'sub --creds') is_path=1 ;;
        'sub --ca') is_path=1 ;;
        'sub --env-file') is_path=1 ;;
        'sub '[0-9]*) : ;;
        'request --format') choices='text json' ;;
        'request --color') choices='auto always never' ;;
        'request --creds') is_path=1 ;;
        'request --ca') is_path=1 ;;
        'request --env-file') is_path=1 ;;
        'request 0') : ;;
        'request 1') : ;;
        'reply --command') is_path=1 ;;
        'reply --color') choices='auto always never' ;;
        'reply --creds') is_path=1 ;;
        'reply --ca') is_path=1 ;;
        'reply --env-file') is_path=1 ;;
        'reply 0') : ;;
        'reply 1') : ;;
        'rtt --format') choices='text json' ;;
        'rtt --color') choices='auto always never' ;;
        'rtt --creds') is_path=1 ;;
        'rtt --ca') is_path=1 ;;
        'rtt --env-file') is_path=1 ;;
        'doctor --checks') choices='connection request' ;;
        'doctor --format') choices='text json' ;;
        'doctor --color') choices='auto always never' ;;
        'doctor --creds') is_path=1 ;;
        'doctor --ca') is_path=1 ;;
        'doctor --env-file') is_path=1 ;;
        'who --format') choices='text json' ;;
        'who --color') choices='auto always never' ;;
        'who --creds') is_path=1 ;;
        'who --ca') is_path=1 ;;
        'who --env-file') is_path=1 ;;
        'who 0') : ;;
        'why --format') choices='text json' ;;
        'why --color') choices='auto always never' ;;
        'why --creds') is_path=1 ;;
        'why --ca') is_path=1 ;;
        'why --env-file') is_path=1 ;;
        'why 0') : ;;
        'top --format') choices='text json' ;;
        'top --color') choices='auto always never' ;;
        'top --creds') is_path=1 ;;
        'top --ca') is_path=1 ;;
        'top --env-file') is_path=1 ;;
        'trace --format') choices='text json' ;;
        'trace --color') choices='auto always never' ;;
        'trace --creds') is_path=1 ;;
        'trace --ca') is_path=1 ;;
        'trace --env-file') is_path=1 ;;
        'trace 0') : ;;
        'example --color') choices='auto always never' ;;
        'example 0') is_path=1 ;;
        'completion --color') choices='auto always never' ;;
        'completion 0') choices='bash zsh fish powershell' ;;
        'help --color') choices='auto always never' ;;
        'help 0') : ;;
        'dev --color') choices='auto always never' ;;
        'dev up --format') choices='text json' ;;
        'dev up --color') choices='auto always never' ;;
        'dev up --key-type') choices='ed25519 ecdsa' ;;
        'dev up --backend') choices='auto binary docker' ;;
        'dev up --server-binary') is_path=1 ;;
        'dev up --docker-command') is_path=1 ;;
        'dev up --config-snippet') is_path=1 ;;
        'dev down --color') choices='auto always never' ;;
        'dev status --format') choices='text json' ;;
        'dev status --color') choices='auto always never' ;;
        'dev logs --color') choices='auto always never' ;;
        'dev restart --format') choices='text json' ;;
        'dev restart --color') choices='auto always never' ;;
        'dev restart --key-type') choices='ed25519 ecdsa' ;;
        'dev restart --backend') choices='auto binary docker' ;;
        'dev restart --server-binary') is_path=1 ;;
        'dev restart --docker-command') is_path=1 ;;
        'dev restart --config-snippet') is_path=1 ;;
        'dev reset --color') choices='auto always never' ;;
        'dev chaos --direction') choices='to-server to-client both' ;;
        'dev chaos --format') choices='text json' ;;
        'dev chaos --color') choices='auto always never' ;;
        'dev chaos 0') choices='restart outage kick stall lame-duck slow-consumer latency throttle drop partition reset' ;;
        'dev run --color') choices='auto always never' ;;
        'dev run --key-type') choices='ed25519 ecdsa' ;;
        'dev run --backend') choices='auto binary docker' ;;
        'dev run --server-binary') is_path=1 ;;
        'dev run --docker-command') is_path=1 ;;
        'dev run --config-snippet') is_path=1 ;;
        'dev run '[0-9]*) is_path=1 ;;
        'creds --color') choices='auto always never' ;;
        'creds show --format') choices='text json' ;;
        'creds show --color') choices='auto always never' ;;
        'creds show --creds') is_path=1 ;;
        'creds show --ca') is_path=1 ;;
        'creds show --env-file') is_path=1 ;;
        'creds show 0') is_path=1 ;;
        'creds check --color') choices='auto always never' ;;
        'creds check --creds') is_path=1 ;;
        'creds check --ca') is_path=1 ;;
        'creds check --env-file') is_path=1 ;;
        'creds check 0') is_path=1 ;;
        'probe --color') choices='auto always never' ;;
        'probe delivery --format') choices='text json' ;;
        'probe delivery --color') choices='auto always never' ;;
        'probe delivery --creds') is_path=1 ;;
        'probe delivery --ca') is_path=1 ;;
        'probe delivery --env-file') is_path=1 ;;
        'probe acks --format') choices='text json' ;;
        'probe acks --color') choices='auto always never' ;;
        'probe acks --creds') is_path=1 ;;
        'probe acks --ca') is_path=1 ;;
        'probe acks --env-file') is_path=1 ;;
        'probe isolation --creds') is_path=1 ;;
        'probe isolation --env-file') is_path=1 ;;
        'probe isolation --ca') is_path=1 ;;
        'probe isolation --format') choices='text json' ;;
        'probe isolation --color') choices='auto always never' ;;
        'bench --color') choices='auto always never' ;;
        'bench pub --format') choices='text json' ;;
        'bench pub --color') choices='auto always never' ;;
        'bench pub --creds') is_path=1 ;;
        'bench pub --ca') is_path=1 ;;
        'bench pub --env-file') is_path=1 ;;
        'bench pub 0') : ;;
        'bench sub --format') choices='text json' ;;
        'bench sub --color') choices='auto always never' ;;
        'bench sub --creds') is_path=1 ;;
        'bench sub --ca') is_path=1 ;;
        'bench sub --env-file') is_path=1 ;;
        'bench sub 0') : ;;
        'bench pubsub --format') choices='text json' ;;
        'bench pubsub --color') choices='auto always never' ;;
        'bench pubsub --creds') is_path=1 ;;
        'bench pubsub --ca') is_path=1 ;;
        'bench pubsub --env-file') is_path=1 ;;
        'bench pubsub 0') : ;;
        'bench request --format') choices='text json' ;;
        'bench request --color') choices='auto always never' ;;
        'bench request --creds') is_path=1 ;;
        'bench request --ca') is_path=1 ;;
        'bench request --env-file') is_path=1 ;;
        'bench request 0') : ;;
        'connect --format') choices='text json' ;;
        'connect --color') choices='auto always never' ;;
        'connect python --write') is_path=1 ;;
        'connect python --format') choices='text json' ;;
        'connect python --color') choices='auto always never' ;;
        'connect javascript --write') is_path=1 ;;
        'connect javascript --format') choices='text json' ;;
        'connect javascript --color') choices='auto always never' ;;
        'connect typescript --write') is_path=1 ;;
        'connect typescript --format') choices='text json' ;;
        'connect typescript --color') choices='auto always never' ;;
        'connect rust --write') is_path=1 ;;
        'connect rust --format') choices='text json' ;;
        'connect rust --color') choices='auto always never' ;;
        'connect go --write') is_path=1 ;;
        'connect go --format') choices='text json' ;;
        'connect go --color') choices='auto always never' ;;
        'connect java --write') is_path=1 ;;
        'connect java --format') choices='text json' ;;
        'connect java --color') choices='auto always never' ;;
        'connect kotlin --write') is_path=1 ;;
        'connect kotlin --format') choices='text json' ;;
        'connect kotlin --color') choices='auto always never' ;;
        'connect c --write') is_path=1 ;;
        'connect c --format') choices='text json' ;;
        'connect c --color') choices='auto always never' ;;
        'connect audit --format') choices='text json github' ;;
        'connect audit --color') choices='auto always never' ;;
        'connect audit '[0-9]*) is_path=1 ;;
        'connect conformance --server-binary') is_path=1 ;;
        'connect conformance --format') choices='text json' ;;
        'connect conformance --color') choices='auto always never' ;;
        'connect conformance '[0-9]*) is_path=1 ;;
    esac
}

# bash splits words at the characters = and : as well; join them again.
_iterapp_nats_join_words() {
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

_iterapp_nats_add() {
    local reply
    while IFS= read -r reply; do
        COMPREPLY+=("$1$reply")
    done
}

_iterapp_nats_add_value() {
    local prefix=$2 typed=$3 choices is_path
    _iterapp_nats_value "$1"
    if [[ -n $choices ]]; then
        _iterapp_nats_add "$prefix" < <(compgen -W "$choices" -- "$typed")
    elif [[ -n $is_path ]]; then
        compopt -o filenames 2>/dev/null
        _iterapp_nats_add "$prefix" < <(compgen -f -- "$typed")
    fi
}

_iterapp_nats_add_options() {
    local group name is_used
    for group in $options; do
        is_used=''
        for name in ${group//,/ }; do
            [[ $seen == *" $name "* && " $repeatable " != *" $group "* ]] && is_used=1
        done
        [[ -n $is_used ]] && continue
        _iterapp_nats_add '' < <(compgen -W "${group//,/ }" -- "$current")
    done
}

_iterapp_nats() {
    local words=() current command='' commands options valued repeatable
    local word seen=' ' argument=0 awaiting='' is_ended='' prefix='' IFS=$' \t\n'
    COMPREPLY=()
    _iterapp_nats_join_words
    _iterapp_nats_command ''
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
            _iterapp_nats_command "$command"
        else
            ((argument++))
        fi
    done

    if [[ -n $awaiting ]]; then
        _iterapp_nats_add_value "$command $awaiting" '' "$current"
    elif [[ -z $is_ended && $current == -*=* ]]; then
        [[ $COMP_WORDBREAKS == *=* ]] || prefix="${current%%=*}="
        _iterapp_nats_add_value "$command ${current%%=*}" "$prefix" "${current#*=}"
    elif [[ -z $is_ended && $current == -* ]]; then
        _iterapp_nats_add_options
    elif [[ -z $is_ended && -n $commands && $argument -eq 0 ]]; then
        _iterapp_nats_add '' < <(compgen -W "$commands" -- "$current")
    else
        _iterapp_nats_add_value "$command $argument" '' "$current"
    fi
}

complete -F _iterapp_nats iterapp-nats
