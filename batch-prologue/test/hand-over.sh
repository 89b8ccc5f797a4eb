# shellcheck shell=bash disable=SC1091,SC2016,SC2030,SC2031,SC2034,SC2154
# What all hooks share: the file, the agent, and every failure.

test_only_root_can_read_what_is_handed_over() {
    (umask 0 && hook "$slurm/prologue")
    [ "$(stat -c '%a %u' "$state" "$state/inbox" "$(handed_over prologue)" | xargs)" = '700 0 700 0 600 0' ] ||
        fail "$(ls -laR "$state")"
}

test_run_twice_both_are_kept() {
    hook "$slurm/prologue"
    hook "$slurm/prologue"
    [ "$(count prologue)" = 2 ] || fail "$(ls "$state/inbox")"
}

test_an_unread_file_of_the_same_process_number_is_kept() {
    (
        exec 2>/dev/null
        self=$slurm/prologue
        . "$prefix/batch-prologue/lib/hand-over.sh"
        . "$prefix/batch-prologue/lib/slurm.sh"
        SLURM_JOB_ID=1 hand_over prologue
        SLURM_JOB_ID=2 hand_over prologue
        SLURM_JOB_ID=3 hand_over prologue
    )
    [ "$(value prologue job_id | sort | xargs)" = '1 2 3' ] || fail "$(ls "$state/inbox")"
}

test_epilogue_first() {
    hook "$slurm/epilogue"
    is_handed_over epilogue
    await agent_is_up
}

test_found_by_its_real_path() {
    mkdir "$prefix/prolog.d"
    ln -s ../batch-prologue/bin/slurm/prologue "$prefix/prolog.d/50-slotwarden"
    hook "$prefix/prolog.d/50-slotwarden"
    is_handed_over prologue
    ln -s "$prefix" "$prefix/link"
    hook "$prefix/link/prolog.d/50-slotwarden"
    [ "$(count prologue)" = 2 ] || fail "not through a link to the directory"
}

test_the_environment_decides_nothing() {
    job+=("state=$prefix/elsewhere" "prefix=$prefix/elsewhere" enabled=no drop=/d node=x batch_node=y cluster=z event=epilogue
        agent_options=--evil self=/bin/true PATH=/nowhere CDPATH=/usr IFS=/s ENV=/etc/passwd PWD=/nowhere HOME=/nowhere
        TMPDIR=/nowhere LC_ALL=xx POSIXLY_CORRECT=1 inbox=/i incomplete=yes name=/n SLURM_CLUSTER_NAME=)
    (cd / && hook "$slurm/prologue")
    is_handed_over prologue
    has prologue node n1
    lacks prologue cluster
    await agent_is_up
    ! tr '\0' '\n' <"/proc/$(agent_pid)/cmdline" | grep -e evil || fail "options from the environment"
}

test_a_folder_that_the_environment_names_is_not_a_slots_own() {
    mkdir -p "$prefix/elsewhere/inbox" "$state"
    job+=("own=$prefix/elsewhere" "shared=$prefix/elsewhere" key=k rest=r)
    hook "$slurm/prologue"
    hook "$slurm/epilogue"
    is_handed_over prologue
    is_handed_over epilogue
    [ -z "$(find "$prefix/elsewhere" -type f)" ] || fail "$(find "$prefix/elsewhere")"
    [ ! -e "$state/own" ] || fail "a slot's own process"
}

test_a_slots_own_folder_that_somebody_swapped() {
    job+=(SLURM_JOB_ID=4711)
    mkdir -p "$state/own" "$prefix/elsewhere/inbox"
    ln -s "$prefix/elsewhere" "$state/own/slurm-4711"
    hook "$slurm/epilogue"
    is_handed_over epilogue
    echo process=slot >>"$prefix/etc/hook.conf"
    hook "$slurm/prologue"
    is_handed_over prologue
    [ -z "$(find "$prefix/elsewhere" -type f)" ] || fail "$(find "$prefix/elsewhere")"
}

test_node_name_is_the_host_name_where_none_is_known() {
    job=(SLURM_JOB_ID=1)
    hook "$slurm/prologue"
    has prologue node "$(hostname -s)"
    rm -r "$state/inbox"
    echo node=configured >>"$prefix/etc/hook.conf"
    hook "$slurm/prologue"
    has prologue node configured
}

# The agent.

test_agent_is_started_with_a_clean_environment() {
    echo 'agent_options="--one --two"' >>"$prefix/etc/hook.conf"
    hook "$slurm/prologue" 5</etc/passwd
    await agent_is_up
    ! grep -E 'SLURM|JOB' "$state/environment" || fail "inherited"
    grep -qx 'LANG=C.UTF-8' "$state/environment" || fail "$(cat "$state/environment")"
    # A shell can name, and so close, descriptors up to 9 only.
    ! grep -E ' [0-9] -> .*(pipe|passwd|stdout|stderr)' "$state/descriptors" || fail "open descriptors"
    [ "$(grep -cE ' 0 -> /dev/null$| [12] -> .*/agent.log$' "$state/descriptors")" = 3 ] || fail "$(cat "$state/descriptors")"
    agent=$prefix/node-agent/bin/node-agent
    printf '%s\n' '#!/bin/sh
        printf "%s\n" "$@"' >"$agent"
    rm "$state/agent.pid"
    hook "$slurm/prologue"
    await grep -qx -e --two "$state/agent.log"
    [ "$(xargs <"$state/agent.log")" = "--config $prefix/etc/agent.conf --state $state --node n1 --one --two" ] ||
        fail "$(cat "$state/agent.log")"
}

test_living_agent_is_left_alone() {
    hook "$slurm/prologue"
    await agent_is_up
    # Whatever were started now would be seen: it would not take the lock first.
    echo "#!/bin/sh
        echo started >>'$state/again'" >"$prefix/node-agent/bin/new"
    chmod +x "$prefix/node-agent/bin/new"
    mv "$prefix/node-agent/bin/new" "$prefix/node-agent/bin/node-agent"
    hook "$slurm/prologue"
    hook "$slurm/epilogue"
    kill -KILL "$(agent_pid)"
    await gone "$(agent_pid)"
    hook "$slurm/epilogue"
    await test -e "$state/again"
    await grep -qx started "$state/again"
    [ "$(wc -l <"$state/again")" = 1 ] || fail "started beside a living one"
}
gone() { ! grep -qs '^State:.[^Z]' "/proc/$1/status"; }

test_number_of_the_agent_that_belongs_to_somebody_else() {
    mkdir -p "$state"
    for line in "$$ 1" "$$" '' 'x y' '1/../self 0' '999999999 5' "$$ 1 2 3" '-1 0' '* *'; do
        echo "$line" >"$state/agent.pid"
        hook "$slurm/prologue"
        await own_agent "$line"
        kill -KILL "$(agent_pid)"
        await gone "$(agent_pid)"
    done
}
own_agent() { [ "$(cat "$state/agent.pid")" != "$1" ] && agent_is_up; }

test_unreadable_agent_pid() {
    mkdir -p "$state/agent.pid"
    hook "$slurm/prologue"
    is_handed_over prologue
    rmdir "$state/agent.pid"
    head -c 100000 /dev/urandom >"$state/agent.pid"
    hook "$slurm/prologue"
}

test_many_prologues_at_once_start_one_agent() {
    local i pids=()
    for ((i = 0; i < 20; i++)); do
        (env -i "${job[@]}" "$slurm/prologue" || echo "exit $?" >>"$prefix/trouble") >>"$prefix/trouble" &
        pids+=($!)
    done
    wait "${pids[@]}"
    [ ! -s "$prefix/trouble" ] || fail "$(cat "$prefix/trouble")"
    [ "$(count prologue)" = 20 ] || fail "$(count prologue) handed over"
    await agent_is_up
    await only_one_agent
    [ "$(wc -l <"$state/won")" = 1 ] || fail "$(cat "$state/won")"
}
only_one_agent() { [ "$(grep -lsa "$prefix/node-agent" /proc/[0-9]*/cmdline | wc -l)" -le 1 ]; }

# As slurmd does it: waits for the end of the hook, then kills its process group.
test_agent_outlives_the_process_group_of_its_hook() {
    local i
    for ((i = 0; i < 20; i++)); do
        setsid -w bash -c '"$1"; kill -KILL 0' bash "$slurm/prologue" 2>/dev/null
        await agent_is_up
        ! gone "$(agent_pid)" || fail "killed with its hook's group in round $i"
        read -r pid group session <"$state/session"
        [ "$pid $pid" = "$group $session" ] || fail "no session of its own: $(cat "$state/session")"
        kill -KILL "$(agent_pid)"
        await gone "$(agent_pid)"
        rm "$state/agent.pid"
    done
}

# Slurmd waits for end-of-file, too.
test_agent_holds_no_pipe_of_the_hook() {
    timeout 10 sh -c 'env -i "$@" 2>&1 | cat' sh "${job[@]}" "$slurm/prologue" >"$prefix/stdout" || fail "held up"
    [ ! -s "$prefix/stdout" ] || fail "$(cat "$prefix/stdout")"
    await agent_is_up
    ! gone "$(agent_pid)" || fail "the agent is gone"
}

# Failures. `hook` checks what is promised.

fails_quietly() {
    hook "$slurm/prologue"
    hook "$slurm/epilogue"
    nothing_handed_over
}

test_no_configuration() {
    rm "$prefix/etc/hook.conf"
    fails_quietly
    grep -q 'hand-over of the epilogue failed' "$prefix/stderr" || fail "nobody is told"
    rm -r "${prefix:?}/etc"
    fails_quietly
}

test_broken_configuration() {
    for line in 'if (' 'exit 3' 'set -u; echo $nothing' 'readonly enabled; enabled=1' \
        ': ${nothing?}' '. /nonexistent' 'exec /nonexistent' 'trap "exit 9" EXIT; exit 9' 'echo to standard output; exit 1' \
        '}' 'state=' 'state=relative/path' 'state=/proc/no'; do
        printf '%s\n' "state=$state" "$line" >"$prefix/etc/hook.conf"
        (fails_quietly) || fail "with: $line"
    done
}

test_odd_configuration() {
    for line in false '"' 'set -e; false' 'return 3; (' 'shift 99' 'kill -TERM $$' 'cd /nonexistent' 'PATH=' 'IFS=/' 'umask 0' 'exec 2>&-' \
        'set -- a b c' 'no-such-command' "$(printf '\001\377')"; do
        printf '%s\n' "state=$state" "$line" >"$prefix/etc/hook.conf"
        hook "$slurm/prologue"
        hook "$slurm/epilogue"
    done
}

test_default_state_directory() {
    : >"$prefix/etc/hook.conf"
    hook "$slurm/prologue"
    state=/var/lib/slotwarden
    is_handed_over prologue
    await agent_is_up
}

test_switched_off() {
    echo enabled=no >>"$prefix/etc/hook.conf"
    fails_quietly
    [ ! -s "$prefix/stderr" ] || fail "$(cat "$prefix/stderr")"
    [ ! -e "$state" ] || fail "$(find "$state")"
}

test_state_directory_cannot_be_made() {
    : >"$state"
    fails_quietly
    rm "$state"
    mkdir "$state"
    : >"$state/inbox"
    hook "$slurm/prologue"
    hook "$slurm/epilogue"
}

test_full_disk() {
    mkdir "$state"
    mount -t tmpfs -o size=64k,mode=700 tmpfs "$state" || fail "cannot mount"
    hook "$slurm/prologue"
    await agent_is_up
    dd if=/dev/zero of="$state/full" bs=1k 2>/dev/null
    rm "$state"/inbox/*
    dd if=/dev/zero of="$state/full2" bs=1k 2>/dev/null
    fails_quietly
    grep -q 'hand-over of the epilogue failed' "$prefix/stderr" || fail "nobody is told"
}

test_no_inodes_left() {
    mkdir "$state"
    mount -t tmpfs -o nr_inodes=2,mode=700 tmpfs "$state" || fail "cannot mount"
    mkdir "$state/inbox"
    fails_quietly
}

test_read_only_disk() {
    mkdir "$state"
    mount -t tmpfs -o mode=700 tmpfs "$state" || fail "cannot mount"
    mount -o remount,ro "$state" || fail "cannot remount"
    fails_quietly
    mount -o remount,rw "$state" || fail "cannot remount"
    mkdir "$state/inbox"
    mount -o remount,ro "$state" || fail "cannot remount"
    fails_quietly
}

without_agent() {
    hook "$slurm/prologue"
    hook "$slurm/epilogue"
    [ "$(count prologue)$(count epilogue)" = 11 ] || fail "not handed over for later"
    rm "$state"/inbox/*
}

test_no_agent() {
    agent=$prefix/node-agent/bin/node-agent
    chmod -x "$agent"
    without_agent
    grep -q "cannot execute $agent" "$prefix/stderr" || fail "nobody is told"
    rm "$agent"
    without_agent
    mkdir "$agent"
    without_agent
    rmdir "$agent"
    for text in '#!/nonexistent' '#!/bin/false' '' 'garbage' $'#!/bin/sh\nexit 7' $'#!/bin/sh\nkill -SEGV $$' $'#!/bin/sh\nkill -KILL 0'; do
        printf '%s' "$text" >"$agent"
        chmod +x "$agent"
        without_agent
    done
}

test_no_shared_part() {
    rm "$prefix/batch-prologue/lib/slurm.sh"
    fails_quietly
    rm -r "$prefix/batch-prologue/lib"
    fails_quietly
}

test_empty_environment() {
    job=()
    hook "$slurm/prologue"
    hook "$slurm/epilogue"
    job=(PATH=)
    hook "$slurm/prologue"
    hook "$slurm/task-prologue"
    [ "$(count prologue)" = 2 ] || fail "not handed over"
}

test_closed_descriptors() {
    local open
    for open in '<&-' '>&-' '2>&-' '<&- >&-' '<&- >&- 2>&-' '>/dev/full 2>/dev/full'; do
        rm -rf "$state/inbox"
        for event in prologue epilogue; do
            eval "timeout 10 env -i \"\${job[@]}\" $slurm/$event $open" || fail "exit $? with $open"
        done
        [ "$(count prologue)$(count epilogue)" = 11 ] || fail "lost with $open"
        has prologue job_id 1
        grep -qzxv '[a-z_]*=.*' "$state"/inbox/* && fail "something else was written into the file"
    done
    for event in prologue epilogue task-prologue; do
        mv "$prefix/etc/hook.conf" "$prefix/etc/gone" 2>/dev/null
        timeout 10 env -i "${job[@]}" "$slurm/$event" <&- >&- 2>&- || fail "exit $?"
    done
}

test_tiny_limits() {
    for limit in --fsize=0 --fsize=100 --nofile=16 --core=0 --stack=262144 --memlock=0 --sigpending=0 --data=4000000; do
        env -i "${job[@]}" prlimit $limit timeout 10 "$slurm/prologue" >"$prefix/stdout" 2>/dev/null || fail "exit $? with $limit"
        env -i "${job[@]}" prlimit $limit timeout 10 "$slurm/epilogue" >>"$prefix/stdout" 2>/dev/null || fail "exit $? with $limit"
        [ ! -s "$prefix/stdout" ] || fail "it printed"
    done
    [ -z "$(find "$state/inbox" -name '*.tmp')" ] || fail "half a file is left: $(ls "$state/inbox")"
}

# Root may always fork, so this one is an ordinary user, with a process count of none.
test_no_fork() {
    chmod 777 "$prefix"
    (cd / && setpriv --reuid=1001 --regid=1001 --clear-groups env -i "${job[@]}" prlimit --nproc=0 \
        "$slurm/prologue" >"$prefix/stdout" 2>/dev/null) || fail "exit $?"
    [ ! -s "$prefix/stdout" ] || fail "it printed"
}

test_signals_do_not_fail_a_hook() {
    # A configuration that waits lets the signal come in the middle.
    mkfifo "$prefix/gate"
    for signal in HUP INT TERM PIPE; do
        printf '%s\n' "state=$state" "echo in >'$prefix/gate'; read -r _ <'$prefix/gate'" >"$prefix/etc/hook.conf"
        env -i "${job[@]}" env --default-signal "$slurm/prologue" >"$prefix/stdout" 2>&1 &
        pid=$!
        read -r _ <"$prefix/gate"
        kill -s $signal "$pid"
        echo out >"$prefix/gate"
        wait "$pid" || fail "exit $? after $signal"
    done
}

# The process of a slot's own. The stand-in agent notes who it is in its state directory.

own_agent_is_up() { [ -s "$state/own/$1/agent.pid" ]; }
own_count() { find "$state/own/$1/inbox" -name "*.$2" 2>/dev/null | wc -l; }

test_a_stopped_agent_does_not_get_new_slots() {
    hook "$slurm/prologue"
    await agent_is_up
    kill -STOP "$(agent_pid)"
    await grep -q '^State:.T' "/proc/$(agent_pid)/status"
    job+=(SLURM_JOB_ID=4711)
    hook "$slurm/prologue"
    [ "$(count prologue) $(own_count slurm-4711 prologue)" = '1 1' ] || fail "$(find "$state")"
    await own_agent_is_up slurm-4711
    # The epilogue finds it, whatever the node's agent does by then; that of the first job waits for it.
    kill -CONT "$(agent_pid)"
    capture slurm-22.05.epilogue
    first=("${job[@]}")
    job+=(SLURM_JOB_ID=4711)
    hook "$slurm/epilogue"
    job=("${first[@]}")
    kill -STOP "$(agent_pid)"
    hook "$slurm/epilogue"
    [ "$(count epilogue) $(own_count slurm-4711 epilogue)" = '1 1' ] || fail "$(find "$state")"
    [ "$(wc -l <"$state/won")$(wc -l <"$state/own/slurm-4711/won")" = 11 ] || fail "too many agents"
}

test_a_process_for_each_slot() {
    echo process=slot >>"$prefix/etc/hook.conf"
    job=(SLURM_JOB_ID='12[3].a b/../ü' SLURM_JOB_UID=0)
    hook "$slurm/prologue"
    key=$(ls "$state/own")
    case $key in slurm-12_3_.a_b_.._*) ;; *) fail "key is $key" ;; esac
    await own_agent_is_up "$key"
    [ ! -e "$state/agent.pid" ] || fail "an agent for the node"
    tr '\0' '\n' <"/proc/$(cut -d' ' -f1 "$state/own/$key/agent.pid")/environ" >/dev/null || fail "gone"
    hook "$slurm/epilogue"
    [ "$(own_count "$key" prologue)$(own_count "$key" epilogue)" = 11 ] || fail "$(find "$state")"
    [ "$(find "$state/own" "$state/own/$key" "$state/own/$key/inbox" -maxdepth 0 -perm 700 | wc -l)" = 3 ] || fail "$(ls -lR "$state")"
}

test_a_slot_whose_own_process_is_done_ends_at_the_nodes() {
    job+=(SLURM_JOB_ID=4711)
    mkdir -p "$state/own/slurm-4711"
    hook "$slurm/epilogue"
    is_handed_over epilogue
    [ ! -e "$state/own/slurm-4711/inbox" ] || fail "made anew"
}

test_an_inbox_that_takes_nothing() {
    mkdir -p "$state/inbox"
    mount -t tmpfs -o mode=700 tmpfs "$state/inbox" || fail "cannot mount"
    mount -o remount,ro "$state/inbox" || fail "cannot remount"
    job+=(SLURM_JOB_ID=4711)
    hook "$slurm/prologue"
    hook "$slurm/epilogue"
    umount "$state/inbox"
    [ "$(own_count slurm-4711 prologue)$(own_count slurm-4711 epilogue)" = 11 ] || fail "$(find "$state")"
    await own_agent_is_up slurm-4711
}

test_a_state_directory_that_somebody_swapped() {
    mkdir "$prefix/elsewhere"
    ln -s "$prefix/elsewhere" "$state"
    fails_quietly
    grep -q 'is a link or belongs to somebody else' "$prefix/stderr" || fail "nobody is told"
    rm "$state"
    mkdir -m 755 "$state"
    ln -s "$prefix/elsewhere" "$state/inbox"
    fails_quietly
    rm "$state/inbox"
    chown 12345 "$state"
    fails_quietly
    [ -z "$(ls -A "$prefix/elsewhere")" ] || fail "$(ls -l "$prefix/elsewhere")"
}
