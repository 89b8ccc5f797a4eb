# shellcheck shell=sh disable=SC2034,SC2154 # variables shared with the files that source this
# What all hooks share: writes down what the batch system said about a job slot, and sees to it
# that a node agent is there to read it. The contract: docs/decisions/0003-slot-hand-over.md.
#
# Sourced by a hook that has set `self` to its own path. The hook defines
#   facts        a function that calls `say KEY VALUE` for everything that the batch system told
#   batch_job    batch system and job id: what tells this job on this node from others
#   batch_node   this node's name for the batch system, if it has one
# and calls `hand_over EVENT`. All of the work happens in a subshell: whatever goes wrong in it
# (an error of a special builtin ends a whole shell), the hook itself goes on and exits 0.

# Nothing is taken from the environment but what the batch system's part asks for.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
IFS=' 	
'
unset CDPATH
set -f
umask 077
batch_job='' batch_node=''

hand_over() { # EVENT: prologue or epilogue
    (
        set_up && safe && choose_process "$1" || exit
        write_down "$1" || { elsewhere "$1" && write_down "$1"; } || exit
        ensure_agent
    ) && return
    complain "hand-over of the $1 failed"
}

set_up() {
    trap : XFSZ # a file size limit makes a write fail, but does not kill
    exec </dev/null >/dev/null
    true >&2 || exec 2>/dev/null
    find_prefix
    read_configuration
    [ "$enabled" = yes ] || exit 0
    if [ -z "${node:=${batch_node-}}" ]; then
        read -r node </proc/sys/kernel/hostname
        node=${node%%.*}
    fi
}

find_prefix() {
    cd -P -- "${self%/*}/../../.." || exit
    prefix=$PWD
    cd / || exit
}

read_configuration() {
    enabled=yes state=/var/lib/slotwarden drop='' cluster='' node='' agent_options='' process=node
    # shellcheck source=/dev/null
    . "$prefix/etc/hook.conf"
    own='' shared=''
    case $state in /?*) ;; *) complain "state=$state is not an absolute path" && exit 0 ;; esac
}

say() { # KEY VALUE: one record, unless there is no value
    [ -z "${2-}" ] || printf '%s=%s\0' "$1" "$2" || incomplete=yes
}

# What lies here decides what root runs and writes: a link or somebody else's directory is not ours.
safe() {
    ours "$state" "$state/inbox" || exit 0
}

ours() { # FOLDER...: which may be missing
    for folder; do
        [ -e "$folder" ] || [ -L "$folder" ] || continue
        # shellcheck disable=SC3067 # every sh there is
        if [ -L "$folder" ] || [ ! -O "$folder" ]; then
            complain "$folder is a link or belongs to somebody else"
            return 1
        fi
    done
}

# Which process looks after this slot: the node's, as a rule. One of its own where the site wants that, or
# where the node's process is stopped; then the epilogue finds it by its directory.
choose_process() { # EVENT
    if [ "$1" = prologue ]; then
        if [ "$process" = slot ] || agent_stopped; then
            own_process || true
        fi
    elif [ -d "$state/own" ] && own_directory && [ -d "$own/inbox" ]; then
        shared=$state state=$own
    fi
}

own_process() {
    own_directory || return
    shared=$state state=$own
    mkdir -p -- "$state/inbox"
}

# After a failure: the slot's own process has ended meanwhile, or the node's inbox takes nothing.
elsewhere() { # EVENT
    if [ -n "$shared" ]; then
        state=$shared shared=''
    else
        [ "$1" = prologue ] && own_process
    fi
}

# KEY of STATE/own/KEY: batch system and job id, in letters that a file name may hold. Fails when what
# lies there is not ours: then the node's process looks after the slot.
own_directory() {
    key='' rest=$batch_job
    while [ -n "$rest" ]; do
        good=${rest%%[!A-Za-z0-9._-]*}
        key=$key$good rest=${rest#"$good"}
        [ -z "$rest" ] || key=${key}_ rest=${rest#?}
    done
    while [ ${#key} -gt 200 ]; do
        key=${key%?}
    done
    own=$state/own/$key
    [ -n "$key" ] && ours "$state/own" "$own" "$own/inbox"
}

write_down() { # EVENT
    event=$1
    inbox=$state/inbox
    [ -d "$inbox" ] || { [ -z "$shared" ] && mkdir -p -- "$inbox"; } || return
    [ -z "$drop" ] || [ -d "$drop" ] || mkdir -m 1733 -- "$drop"
    # Unique among the living; an unread file of an earlier process of that number stays.
    name=$inbox/$$ again=0
    while [ -e "$name.$event" ]; do
        again=$((again + 1)) name=$inbox/$$-$again
    done
    incomplete=''
    { facts; } >"$name.tmp"
    [ -z "$incomplete" ] && mv -f -- "$name.tmp" "$name.$event" && return
    rm -f -- "$name.tmp"
    return 1
}

ensure_agent() {
    agent_lives || start_agent
}

agent_lives() {
    agent_state && [ "$is" != Z ]
}

agent_stopped() {
    agent_state && case $is in T | t) ;; *) return 1 ;; esac
}

# agent.pid holds the process id and its start time (field 22 of /proc/PID/stat, proc(5)): the id
# alone may belong to somebody else by now.
agent_state() { # into `is`
    read -r pid started 2>/dev/null <"$state/agent.pid" || return
    case $pid in '' | *[!0-9]*) return 1 ;; esac
    read -r stat 2>/dev/null <"/proc/$pid/stat" || return
    # shellcheck disable=SC2086 # split on purpose; the second field may hold blanks and is cut off
    set -- ${stat##*") "}
    is=${1-Z}
    [ "${20-}" = "$started" ]
}

# The command substitution ends at end-of-file, and the new process closes its standard output
# only after setsid(2): when this returns, the batch system may kill the hook's process group.
start_agent() {
    agent=$prefix/node-agent/bin/node-agent
    [ -x "$agent" ] || {
        complain "cannot execute $agent"
        exit 0
    }
    # shellcheck disable=SC2016,SC2086 # expanded by the inner shell; options are words
    detached=$(setsid --fork sh -c '
        exec >>"$0" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- && exec env -i "$@"' \
        "$state/agent.log" PATH="$PATH" LANG=C.UTF-8 \
        "$agent" --config "$prefix/etc/agent.conf" --state "$state" --node "$node" $agent_options \
        ${shared:+--state "$state" --shared "$shared"} 2>/dev/null)
}

# In the background: a system log that hangs must not hold up a job.
complain() { # SENTENCE
    printf 'slotwarden: %s: %s\n' "$self" "$1" >&2
    logger -t slotwarden -p daemon.warning -- "$self: $1" </dev/null >/dev/null 2>&1 &
}
