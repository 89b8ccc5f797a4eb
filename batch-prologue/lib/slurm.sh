# shellcheck shell=sh disable=SC2034,SC2154 # variables shared with hand-over.sh
# What Slurm tells a Prolog and an Epilog (slurm.conf(5), "Prolog and Epilog Scripts"). Which of the
# variables are there depends on its version; what is not there is not said. The agent learns the
# rest (memory, name, array, state at the end) from the job's own environment and from scontrol.

batch_job=slurm-${SLURM_JOB_ID-}
batch_node=${SLURMD_NODENAME-}

facts() {
    say batch_system slurm
    say cluster "${cluster:-${SLURM_CLUSTER_NAME-}}"
    say slurm_conf "${SLURM_CONF-}"
    say node "$node"
    say job_id "${SLURM_JOB_ID-}"
    say environment_mark "${SLURM_JOB_ID:+SLURM_JOB_ID=$SLURM_JOB_ID}"
    say array_id "${SLURM_ARRAY_JOB_ID-}"
    say array_index "${SLURM_ARRAY_TASK_ID-}"
    say name "${SLURM_JOB_NAME-}"
    say user "${SLURM_JOB_USER-}"
    say uid "${SLURM_JOB_UID-}"
    say group "${SLURM_JOB_GROUP-}"
    say gid "${SLURM_JOB_GID-}"
    say account "${SLURM_JOB_ACCOUNT-}"
    say queue "${SLURM_JOB_PARTITION-}"
    say requested_cores "${SLURM_JOB_CPUS_PER_NODE-}"
    say nodes "${SLURM_JOB_NODELIST:-${SLURM_NODELIST-}}"
    say work_directory "${SLURM_JOB_WORK_DIR-}"
    say standard_output "${SLURM_JOB_STDOUT-}"
    say standard_error "${SLURM_JOB_STDERR-}"
    say restart_count "${SLURM_JOB_RESTART_COUNT-}"
    say comment "${SLURM_JOB_COMMENT-}"
    case $event in
        prologue) wall_time_limit ;;
        epilogue)
            # CODE:SIGNAL of the job's script; 0:125 after an out-of-memory kill; 0:0 also after a
            # time-out and a cancellation. The derived one is the highest wait status of the steps.
            say exit_code "${SLURM_JOB_EXIT_CODE2-}"
            say derived_exit_code "${SLURM_JOB_DERIVED_EC-}"
            ;;
    esac
}

# Since Slurm 23.11; in the Epilog, the end time is the real end.
wall_time_limit() {
    is_time "${SLURM_JOB_START_TIME-}" && is_time "${SLURM_JOB_END_TIME-}" || return
    seconds=$((SLURM_JOB_END_TIME - SLURM_JOB_START_TIME))
    [ "$seconds" -gt 0 ] || return
    # One hundred more, and its digit cut off: two digits, without a process for printf's output.
    minute=$((100 + seconds / 60 % 60)) second=$((100 + seconds % 60))
    say wall_time_limit "$((seconds / 3600)):${minute#1}:${second#1}"
}

# Seconds since 1970 that every shell can reckon with: no octal number, no overflow.
is_time() {
    case $1 in '' | 0* | *[!0-9]* | ????????????*) return 1 ;; esac
}
