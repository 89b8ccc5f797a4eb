# shellcheck shell=bash disable=SC2012,SC2016,SC2154
# What the hooks for Slurm hand over.

records() { printf '%s\0' "$@"; }

is_exactly() { # EVENT RECORD...
    local event=$1
    shift
    records "$@" | cmp - "$(handed_over "$event")" || fail "handed over: $(tr '\0' '\n' <"$(handed_over "$event")")"
}

test_prologue_of_slurm_22() {
    hook "$slurm/prologue"
    is_exactly prologue batch_system=slurm cluster=cluster slurm_conf=/etc/slurm/slurm.conf node=n1 \
        job_id=1 environment_mark=SLURM_JOB_ID=1 user=jobuser uid=1001 gid=1001 queue=main \
        'requested_cores=1(x2)' 'nodes=n[1-2]' work_directory=/home/jobuser \
        standard_output=/home/jobuser/two.%A_%a.%j.out restart_count=0 comment=remark
}

test_epilogue_of_slurm_22() {
    capture slurm-22.05.epilogue
    hook "$slurm/epilogue"
    is_exactly epilogue batch_system=slurm cluster=cluster slurm_conf=/etc/slurm/slurm.conf node=n2 \
        job_id=3 environment_mark=SLURM_JOB_ID=3 user=jobuser uid=1001 gid=1001 queue=main \
        requested_cores=1 nodes=n2 work_directory=/home/jobuser \
        standard_output=/home/jobuser/fail.%A_%a.%j.out restart_count=0 exit_code=3:0 derived_exit_code=0
}

test_slurm_24_tells_the_wall_time_limit() {
    capture slurm-24.11.prologue
    hook "$slurm/prologue"
    has prologue wall_time_limit 0:05:00
    capture slurm-24.11.epilogue
    hook "$slurm/epilogue"
    lacks epilogue wall_time_limit
}

test_what_later_versions_tell_is_handed_over() {
    job+=(SLURM_JOB_NAME=n SLURM_JOB_ACCOUNT=a SLURM_JOB_GROUP=g SLURM_JOB_STDERR=/e SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_ID=3)
    hook "$slurm/prologue"
    has prologue name n
    has prologue account a
    has prologue group g
    has prologue standard_error /e
    has prologue array_id 7
    has prologue array_index 3
}

test_hostile_values_arrive_byte_for_byte() {
    local bytes='' i long
    for ((i = 1; i < 256; i++)); do bytes+=$(printf '\\x%02x' $i); done
    printf -v bytes '%b.' "$bytes"
    printf -v long '%4096s' x
    for value in '-n' '-e a' 'a b' "quote ' and \" and \`" '$(touch /tmp/hooks.pwned) `id` $HOME ${x}' 'back\slash \n \0 \c %s %d' \
        $'two\nlines\n\n' 'Grüße 🚀' '*' '~' '--' ';|&<>' 'a=b=c' "$bytes" "$long" '<script>alert(1)</script>'; do
        rm -rf "$state/inbox"
        capture slurm-22.05.prologue
        job+=("SLURM_JOB_COMMENT=$value" "SLURM_JOB_NAME=$value" "SLURM_JOB_WORK_DIR=$value")
        hook "$slurm/prologue"
        is_handed_over prologue
        for key in comment name work_directory; do
            found=''
            while IFS= read -rd '' record; do
                [ "$record" != "$key=$value" ] || found=yes
            done <"$(handed_over prologue)"
            [ -n "$found" ] || fail "$key is not intact: $value"
        done
    done
    [ ! -e /tmp/hooks.pwned ] || fail "a value was executed"
}

test_absurd_values_do_no_harm() {
    for value in ':' '0' 'x:y:z' '-1' '08' '1;id' '$(id)' '99999999999999999999999999'; do
        job+=("SLURM_JOB_EXIT_CODE2=$value" "SLURM_JOB_START_TIME=$value" "SLURM_JOB_END_TIME=$value" "SLURMD_NODENAME=$value")
        hook "$slurm/prologue"
        hook "$slurm/epilogue"
    done
    [ "$(count prologue)$(count epilogue)" = 88 ] || fail "some were lost: $(count prologue) $(count epilogue)"
    job=(SLURM_JOB_START_TIME=2 SLURM_JOB_END_TIME=1)
    rm -rf "$state/inbox"
    hook "$slurm/prologue"
    lacks prologue wall_time_limit
    job=(SLURM_JOB_START_TIME=1795291589 SLURM_JOB_END_TIME=1795668798)
    rm -rf "$state/inbox"
    hook "$slurm/prologue"
    has prologue wall_time_limit 104:46:49
}

test_two_nodes_on_one_machine() {
    echo "state=$state/\$SLURMD_NODENAME" >"$prefix/etc/hook.conf"
    hook "$slurm/prologue"
    job+=(SLURMD_NODENAME=n2)
    hook "$slurm/prologue"
    await test -s "$state/n1/agent.pid"
    await test -s "$state/n2/agent.pid"
    [ "$(ls "$state/n1/inbox" | wc -l)$(ls "$state/n2/inbox" | wc -l)" = 11 ] || fail "$(find "$state")"
}

# Task prologue: as an ordinary user.

as_user() { # USER COMMAND...
    local user=$1
    shift
    (cd / && setpriv --reuid="$user" --regid="$user" --clear-groups "$@")
}
task_prologue() {
    as_user 1001 env -i "${job[@]}" timeout 10 "$slurm/task-prologue" >"$prefix/stdout" 2>&1 || fail "exit $?"
    [ ! -s "$prefix/stdout" ] || fail "it printed: $(cat "$prefix/stdout")"
}
with_drop() {
    echo "drop=$prefix/drop" >>"$prefix/etc/hook.conf"
    hook "$slurm/prologue"
    capture slurm-22.05.task-prologue
    note=$prefix/drop/2.1001
}

test_task_prologue_leaves_name_and_array() {
    with_drop
    [ "$(stat -c %a "$prefix/drop")" = 1733 ] || fail "mode $(stat -c %a "$prefix/drop")"
    job+=($'SLURM_JOB_NAME=a\n"$(b)')
    task_prologue
    records $'name=a\n"$(b)' array_id=2 array_index=5 | cmp - "$note" || fail "$(ls -la "$prefix/drop")"
    [ "$(stat -c '%a %u' "$note")" = '600 1001' ] || fail "$(stat "$note")"
    task_prologue
    [ "$(ls -A "$prefix/drop")" = 2.1001 ] || fail "left over: $(ls -A "$prefix/drop")"
}

test_task_prologue_only_once_per_job_and_node() {
    with_drop
    job+=(SLURM_LOCALID=1)
    task_prologue
    job+=(SLURM_LOCALID=0 SLURM_STEP_ID=1)
    task_prologue
    [ -z "$(ls -A "$prefix/drop")" ] || fail "$(ls -A "$prefix/drop")"
}

test_task_prologue_follows_no_planted_link() {
    with_drop
    echo precious >"$prefix/drop/precious"
    chown 1001 "$prefix/drop/precious"
    as_user 1002 ln -s precious "$note"
    task_prologue
    [ "$(cat "$prefix/drop/precious")" = precious ] || fail "written through a link"
    [ -L "$note" ] || fail "the link of another is gone"
    rm "$note"
    as_user 1001 ln -s precious "$note" # one's own may be replaced, but not followed
    task_prologue
    [ "$(cat "$prefix/drop/precious")" = precious ] || fail "written through a link"
    [ "$(ls -A "$prefix/drop" | sort | xargs)" = '2.1001 precious' ] || fail "left over: $(ls -A "$prefix/drop")"
}

test_task_prologue_is_not_held_up_by_a_planted_pipe_or_directory() {
    with_drop
    as_user 1002 mkfifo -m 666 "$note"
    task_prologue
    rm "$note"
    as_user 1002 mkdir -m 777 "$note"
    task_prologue
    [ -z "$(ls -A "$note")" ] || fail "moved into a planted directory"
    [ "$(ls -A "$prefix/drop")" = 2.1001 ] || fail "left over: $(ls -A "$prefix/drop")"
}

test_task_prologue_without_a_drop_directory() {
    capture slurm-22.05.task-prologue
    task_prologue
    echo "drop=$prefix/missing" >>"$prefix/etc/hook.conf"
    task_prologue
    [ ! -e "$prefix/missing" ] || fail "made by an ordinary user"
    chmod 600 "$prefix/etc/hook.conf"
    task_prologue
    rm "$prefix/etc/hook.conf"
    task_prologue
}
