-- Names and ids are compared byte by byte. Times are UTC with milliseconds, by the node's clock where a
-- node told them. Sizes are bytes. NULL: not known, or could not be measured.

-- One run of one job. A batch system's id may come again (a requeue, a controller that lost its state):
-- `run` counts how often the portal saw it begin, and the unique key lets only one of two nodes open a run.
CREATE TABLE job (
    id                         BIGINT        NOT NULL AUTO_INCREMENT PRIMARY KEY,
    batch_system               VARCHAR(32)   NOT NULL COMMENT 'slurm, gridengine, htcondor, pbs, local',
    cluster                    VARCHAR(255)  NOT NULL DEFAULT '' COMMENT 'empty: the only one',
    batch_job_id               VARCHAR(256)  NOT NULL,
    run                        INT           NOT NULL COMMENT '1, 2, 3, ... of this batch id, in the order in which the portal learnt of them',
    restart_count              INT           NULL COMMENT 'as the batch system counts, told by a prologue',
    requeued_as                BIGINT        NULL COMMENT 'the next run, where the batch system started this job again',
    node_list                  MEDIUMTEXT    NULL COMMENT 'names of all nodes of the job, comma separated',
    -- What the batch system and the user said.
    array_id                   VARCHAR(255)  NULL,
    array_index                BIGINT        NULL,
    name                       TEXT          NULL,
    user_name                  VARCHAR(255)  NULL,
    uid                        BIGINT        NULL,
    group_name                 VARCHAR(255)  NULL,
    gid                        BIGINT        NULL,
    account                    TEXT          NULL,
    queue                      VARCHAR(255)  NULL,
    requested_cores            INT           NULL,
    requested_memory_bytes     BIGINT        NULL COMMENT 'whole job',
    wall_time_limit_seconds    BIGINT        NULL,
    node_count                 INT           NULL COMMENT 'nodes that the batch system gave to the job',
    work_directory             TEXT          NULL,
    standard_output            TEXT          NULL,
    standard_error             TEXT          NULL,
    comment                    TEXT          NULL,
    command                    TEXT          NULL,
    submitted_at               DATETIME(3)   NULL,
    -- Life cycle.
    state                      VARCHAR(16)   NOT NULL COMMENT 'JobState',
    batch_state                TEXT          NULL COMMENT 'the end in the words of the batch system',
    exit_code                  INT           NULL,
    end_signal                 INT           NULL,
    started_at                 DATETIME(3)   NULL COMMENT 'first prologue',
    ended_at                   DATETIME(3)   NULL COMMENT 'last epilogue; last heard of when VANISHED',
    last_report_at             DATETIME(3)   NOT NULL COMMENT 'by the clock of the portal',
    -- Latest figures, slots added up: gauges over the slots still there, counters over all.
    last_sample_at             DATETIME(3)   NULL,
    cores_used                 DOUBLE        NULL COMMENT 'over the last interval',
    cpu_seconds                DOUBLE        NULL COMMENT 'user and system',
    memory_rss_bytes           BIGINT        NULL,
    max_memory_rss_bytes       BIGINT        NULL COMMENT 'peaks of the slots added up',
    read_bytes                 BIGINT        NULL,
    write_bytes                BIGINT        NULL,
    processes                  INT           NULL,
    open_sockets               INT           NULL,
    open_flags                 VARCHAR(255)  NOT NULL DEFAULT '' COMMENT 'kinds, comma separated; written through JobFlags only',
    -- Somebody asked for another sampling interval.
    requested_interval_seconds DOUBLE        NULL,
    requested_interval_until   DATETIME(3)   NULL,
    UNIQUE KEY job_batch_id (batch_system, cluster, batch_job_id, run),
    KEY job_id (batch_job_id),
    KEY job_state (state, started_at),
    KEY job_user (user_name, started_at),
    KEY job_queue (queue, started_at),
    KEY job_array (array_id, array_index),
    KEY job_started (started_at),
    KEY job_ended (ended_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One node's share of a run.
CREATE TABLE slot (
    id                      BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    slot_key                VARCHAR(64)  NOT NULL COMMENT 'slot_id on the wire: chosen on the node, unique for ever',
    job_id                  BIGINT       NOT NULL,
    node_id                 BIGINT       NOT NULL,
    cores                   INT          NULL COMMENT 'requested on this node',
    memory_bytes            BIGINT       NULL COMMENT 'requested on this node',
    started_at              DATETIME(3)  NULL COMMENT 'prologue',
    ended_at                DATETIME(3)  NULL COMMENT 'epilogue',
    end_cause               VARCHAR(16)  NULL COMMENT 'EPILOGUE or VANISHED',
    batch_state             TEXT         NULL,
    exit_code               INT          NULL,
    end_signal              INT          NULL,
    sample_interval_seconds DOUBLE       NULL COMMENT 'as configured on the node',
    last_sample_at          DATETIME(3)  NULL,
    cores_used              DOUBLE       NULL,
    cpu_seconds             DOUBLE       NULL,
    memory_rss_bytes        BIGINT       NULL,
    max_memory_rss_bytes    BIGINT       NULL,
    read_bytes              BIGINT       NULL,
    write_bytes             BIGINT       NULL,
    processes               INT          NULL,
    open_sockets            INT          NULL,
    UNIQUE KEY slot_key (slot_key),
    KEY slot_job (job_id),
    KEY slot_node (node_id, started_at),
    CONSTRAINT slot_job FOREIGN KEY (job_id) REFERENCES job (id) ON DELETE CASCADE,
    CONSTRAINT slot_node FOREIGN KEY (node_id) REFERENCES node (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The processes of a slot at one moment. Counters are cumulative from the start of the job. The key holds
-- a slot's samples together in the order of time: what a chart reads lies side by side.
CREATE TABLE job_sample (
    slot_id            BIGINT      NOT NULL,
    time               DATETIME(3) NOT NULL,
    cpu_user_seconds   DOUBLE      NULL,
    cpu_system_seconds DOUBLE      NULL,
    memory_rss_bytes   BIGINT      NULL,
    memory_pss_bytes   BIGINT      NULL,
    swap_bytes         BIGINT      NULL,
    read_bytes         BIGINT      NULL,
    write_bytes        BIGINT      NULL,
    read_chars         BIGINT      NULL,
    write_chars        BIGINT      NULL,
    processes          INT         NULL,
    threads            INT         NULL,
    open_files         INT         NULL,
    open_sockets       INT         NULL,
    PRIMARY KEY (slot_id, time),
    CONSTRAINT job_sample_slot FOREIGN KEY (slot_id) REFERENCES slot (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
