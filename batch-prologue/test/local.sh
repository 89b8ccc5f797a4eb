# shellcheck shell=bash disable=SC2009,SC2016,SC2154
# The batch system `local`.

exits() { # CODE ARGUMENT...: run-job ends with that code
    local code=$1 got=0
    shift
    timeout 60 "$run_job" "$@" >"$prefix/stdout" 2>"$prefix/stderr" || got=$?
    [ "$got" = "$code" ] || fail "exit $got, not $code, of $*; $(cat "$prefix/stderr")"
}
prints() { [ "$(cat "$prefix/stdout")" = "$1" ] || fail "printed '$(cat "$prefix/stdout")', not '$1'"; }
marked() { grep -lsazxF "LOCAL_JOB_ID=$1" /proc/[0-9]*/environ; }
none_marked() { [ -z "$(marked "$1")" ]; } # not by grep's exit code: processes that end meanwhile are errors to it

test_local_exit_codes_and_signals() {
    for code in 0 1 3 127 128; do exits $code -- sh -c "exit $code"; done
    rm "$state"/inbox/*
    exits 139 -- sh -c 'kill -SEGV $$'
    has epilogue signal 11
    has epilogue batch_state FAILED
    lacks epilogue exit_code
    rm "$state"/inbox/*
    exits 255 -- sh -c 'exit 255'
    has epilogue exit_code 255
    lacks epilogue signal
    exits 127 -- /nonexistent
}

test_local_output_is_the_jobs_own() {
    exits 4 -- sh -c 'echo out; echo err >&2; exit 4'
    prints out
    [ "$(cat "$prefix/stderr")" = err ] || fail "$(cat "$prefix/stderr")"
    exits 0 --output "$prefix/o 1" -- sh -c 'echo out; echo err >&2'
    prints ''
    [ "$(xargs <"$prefix/o 1")" = 'out err' ] || fail "$(cat "$prefix/o 1")"
    exits 0 --output "$prefix/o2" --error "$prefix/e2" -- sh -c 'echo out; echo err >&2'
    [ "$(cat "$prefix/o2") $(cat "$prefix/e2")" = 'out err' ] || fail "$(cat "$prefix/o2" "$prefix/e2")"
}

test_local_tells_what_it_knows() {
    exits 0 --name $'a "b"\n$(c)' --cores 2 --memory 500M --wall-time 00:10:00 --queue q --account x --array 7:3 --job-id J.1 \
        --output "$prefix/o" --error "$prefix/e" --work-directory / -- true 'an argument'
    is_handed_over prologue
    is_handed_over epilogue
    for event in prologue epilogue; do
        has $event batch_system local
        has $event name $'a "b"\n$(c)'
        has $event requested_cores 2
        has $event requested_memory 500M
        has $event wall_time_limit 00:10:00
        has $event queue q
        has $event account x
        has $event array_id 7
        has $event array_index 3
        has $event job_id J.1
        has $event environment_mark LOCAL_JOB_ID=J.1
        has $event standard_output "$prefix/o"
        has $event standard_error "$prefix/e"
        has $event work_directory /
        has $event user "$(id -un)"
        has $event uid 0
        has $event group "$(id -gn)"
        has $event gid 0
        has $event command 'true an argument'
    done
    lacks prologue batch_state
    has epilogue exit_code 0
    has epilogue batch_state COMPLETED
}

test_local_job_starts_after_its_prologue_as_a_session_of_its_own() {
    exits 0 --job-id J -- sh -c "ls '$state/inbox'; ps -o sid= -p \$\$; echo \$\$ \$LOCAL_JOB_ID"
    mapfile -t lines <"$prefix/stdout"
    [[ ${lines[0]} = *.prologue && ${#lines[@]} = 3 ]] || fail "$(cat "$prefix/stdout")"
    has prologue job_pid "$((lines[1]))"
    [ "${lines[2]}" = "$((lines[1])) J" ] || fail "$(cat "$prefix/stdout")"
}

test_local_job_ignores_no_signal() {
    exits 0 -- grep -E '^Sig(Ign|Blk)' /proc/self/status
    prints $'SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000'
}

test_local_arguments_arrive_intact() {
    exits 0 -- printf '%s|' 'a  b' '' $'two\nlines' '$(id)' '*' -- '-n' "it's"
    prints 'a  b||'$'two\nlines''|$(id)|*|--|-n|it'"'s|"
}

test_local_wall_time_is_enforced() {
    exits 143 --wall-time 00:00:01 -- tail -f /dev/null
    has epilogue batch_state TIMEOUT
    has epilogue signal 15
    rm "$state"/inbox/*
    exits 137 --wall-time 0:0:1 -- sh -c 'trap "" TERM; tail -f /dev/null'
    has epilogue batch_state TIMEOUT
    has epilogue signal 9
}

cancelled_by() { # SIGNAL CODE COMMAND...
    local signal=$1 code=$2
    shift 2
    rm -rf "$state/inbox" "$prefix/ready"
    env --default-signal "$run_job" --job-id J -- "$@" 2>/dev/null &
    local pid=$! got=0
    await test -e "$prefix/ready"
    kill -s "$signal" $pid
    wait $pid || got=$?
    [ $got = "$code" ] || fail "exit $got, not $code, after $signal"
    has epilogue batch_state CANCELLED
    none_marked J || fail "left: $(marked J)"
}

test_local_cancellation() {
    cancelled_by TERM 143 sh -c ": >'$prefix/ready'; tail -f /dev/null"
    cancelled_by INT 143 sh -c ": >'$prefix/ready'; tail -f /dev/null"
    cancelled_by HUP 137 sh -c "trap '' TERM; : >'$prefix/ready'; tail -f /dev/null"
    cancelled_by TERM 5 bash -c "trap 'exit 5' TERM; : >'$prefix/ready'; read -r < <(tail -f /dev/null)"
}

test_local_left_overs_are_ended() {
    exits 0 --job-id J -- sh -c 'setsid tail -f /dev/null & (tail -f /dev/null &) ; env -i tail -f /dev/null &'
    none_marked J || fail "left: $(marked J)"
    ! ps -o state=,args= -s "$(value prologue job_pid)" | grep -v '^Z' || fail "left in its session"
}

test_local_timer_is_ended_with_the_job() {
    exits 0 --wall-time 98:07:06 -- true
    await no_timer
}
# shellcheck disable=SC2143 # not by grep's exit code: processes that end meanwhile are errors to it
no_timer() { [ -z "$(grep -lsazx '35322[6]' /proc/[0-9]*/cmdline)" ]; }

test_local_job_in_a_job() {
    exits 3 --job-id outer --name outer --array 1:1 -- sh -c "'$run_job' --job-id inner -- sh -c 'echo \$LOCAL_JOB_ID; exit 3'"
    prints inner
    [ "$(value epilogue job_id | sort | xargs)" = 'inner outer' ] || fail "$(value epilogue job_id)"
    [ "$(value epilogue name)" = outer ] || fail "the inner job has the outer one's name"
}

test_local_as_another_user() {
    cd /
    exits 0 --user nobody --work-directory / -- sh -c 'id -un; id -ru; echo $HOME $USER'
    prints "nobody
65534
$(getent passwd nobody | cut -d: -f6) nobody"
    has prologue user nobody
    has prologue uid 65534
    : >"$prefix/roots"
    exits 2 --user nobody --output "$prefix/roots/" -- true
}

test_local_as_an_ordinary_user() {
    mkdir "$prefix/own"
    chown nobody "$prefix/own"
    echo "state=$prefix/own/state" >"$prefix/etc/hook.conf"
    run=(setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME=/ "$run_job" --work-directory /)
    got=$(cd / && "${run[@]}" -- sh -c 'id -un; setsid tail -f /dev/null & exit 6') && fail "exit code lost"
    [ "$got" = nobody ] || fail "$got"
    state=$prefix/own/state
    has epilogue exit_code 6
    has epilogue user nobody
    await agent_is_up
    [ "$(stat -c %U "/proc/$(agent_pid)")" = nobody ] || fail "agent of somebody else"
    kill -KILL "$(agent_pid)"
    (cd / && "${run[@]}" --user root -- id -u) 2>/dev/null && fail "became root"
    :
}

test_local_refuses_what_it_cannot_read() {
    exits 2
    exits 2 --
    exits 2 --cores many -- true
    exits 2 --memory lots -- true
    exits 2 --wall-time 10 -- true
    exits 2 --wall-time '0:0:0;id' -- true
    exits 2 --array 7 -- true
    exits 2 --array 7:x -- true
    exits 2 --job-id 'a b' -- true
    exits 2 --job-id $'a\nb' -- true
    exits 2 --user no-such-user -- true
    exits 2 --group no-such-group -- true
    exits 2 --unknown 1 -- true
    exits 2 --name
    nothing_handed_over
}

test_local_job_is_not_harmed_by_broken_hooks() {
    echo 'if (' >"$prefix/etc/hook.conf"
    exits 9 -- sh -c 'echo fine; exit 9'
    prints fine
    rm -r "$prefix/batch-prologue/lib"
    exits 9 -- sh -c 'echo fine; exit 9'
    prints fine
    rm "$prefix"/batch-prologue/bin/local/*logue
    exits 9 -- sh -c 'echo fine; exit 9'
    prints fine
}
