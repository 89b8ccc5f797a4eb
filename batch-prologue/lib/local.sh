# shellcheck shell=sh disable=SC2034,SC2154 # variables shared with hand-over.sh
# What run-job, the batch system `local`, tells its prologue and epilogue.

batch_job=local-${LOCAL_JOB_ID-}
batch_node=''

facts() {
    say batch_system local
    say cluster "$cluster"
    say node "$node"
    say job_id "${LOCAL_JOB_ID-}"
    say job_pid "${LOCAL_JOB_PID-}"
    say environment_mark "${LOCAL_JOB_ID:+LOCAL_JOB_ID=$LOCAL_JOB_ID}"
    say array_id "${LOCAL_JOB_ARRAY_ID-}"
    say array_index "${LOCAL_JOB_ARRAY_INDEX-}"
    say name "${LOCAL_JOB_NAME-}"
    say user "${LOCAL_JOB_USER-}"
    say uid "${LOCAL_JOB_UID-}"
    say group "${LOCAL_JOB_GROUP-}"
    say gid "${LOCAL_JOB_GID-}"
    say account "${LOCAL_JOB_ACCOUNT-}"
    say queue "${LOCAL_JOB_QUEUE-}"
    say requested_cores "${LOCAL_JOB_CORES-}"
    say requested_memory "${LOCAL_JOB_MEMORY-}"
    say wall_time_limit "${LOCAL_JOB_WALL_TIME-}"
    say nodes "$node"
    say work_directory "${LOCAL_JOB_WORK_DIRECTORY-}"
    say standard_output "${LOCAL_JOB_OUTPUT-}"
    say standard_error "${LOCAL_JOB_ERROR-}"
    say command "${LOCAL_JOB_COMMAND-}"
    if [ "$event" = epilogue ]; then
        say exit_code "${LOCAL_JOB_EXIT_CODE-}"
        say signal "${LOCAL_JOB_SIGNAL-}"
        say batch_state "${LOCAL_JOB_STATE-}"
    fi
}
