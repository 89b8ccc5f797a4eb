-- What agents measure since the wire contract has room for it. Conventions as in V1 and V2; counters are cumulative
-- from the job's start, of a node from its boot, of an agent process from its start. See docs/decisions/0014.

ALTER TABLE job_sample
    ADD COLUMN reason                       VARCHAR(9) NULL COMMENT 'NULL: REGULAR; CHANGE, THRESHOLD, EVENT, ASKED',
    ADD COLUMN cpu_unattributed_seconds     DOUBLE NULL,
    ADD COLUMN run_queue_wait_seconds       DOUBLE NULL,
    ADD COLUMN voluntary_context_switches   BIGINT NULL,
    ADD COLUMN involuntary_context_switches BIGINT NULL,
    ADD COLUMN major_faults                 BIGINT NULL,
    ADD COLUMN oom_kills                    INT    NULL,
    ADD COLUMN read_calls                   BIGINT NULL,
    ADD COLUMN write_calls                  BIGINT NULL,
    ADD COLUMN read_operations              BIGINT NULL,
    ADD COLUMN write_operations             BIGINT NULL,
    ADD COLUMN uninterruptible_processes    INT    NULL,
    ADD COLUMN zombies                      INT    NULL,
    ADD COLUMN fullest_open_files           INT    NULL,
    ADD COLUMN fullest_open_files_limit     INT    NULL,
    ADD COLUMN sockets_tcp_established      INT    NULL,
    ADD COLUMN sockets_tcp_syn_sent         INT    NULL,
    ADD COLUMN sockets_tcp_time_wait        INT    NULL,
    ADD COLUMN sockets_tcp_close_wait       INT    NULL,
    ADD COLUMN sockets_tcp_listen           INT    NULL,
    ADD COLUMN sockets_tcp_other            INT    NULL COMMENT 'all other states of TCP',
    ADD COLUMN sockets_udp                  INT    NULL,
    ADD COLUMN sockets_unix                 INT    NULL,
    ADD COLUMN sockets_other                INT    NULL,
    ADD COLUMN cpu_pressure_some_seconds    DOUBLE NULL,
    ADD COLUMN cpu_pressure_full_seconds    DOUBLE NULL,
    ADD COLUMN memory_pressure_some_seconds DOUBLE NULL,
    ADD COLUMN memory_pressure_full_seconds DOUBLE NULL,
    ADD COLUMN io_pressure_some_seconds     DOUBLE NULL,
    ADD COLUMN io_pressure_full_seconds     DOUBLE NULL,
    ADD COLUMN workdir_bytes                BIGINT NULL,
    ADD COLUMN scratch_bytes                BIGINT NULL,
    ADD COLUMN standard_output_bytes        BIGINT NULL,
    ADD COLUMN standard_error_bytes         BIGINT NULL,
    ADD COLUMN progress_fraction            DOUBLE NULL COMMENT '0 to 1';

ALTER TABLE slot
    ADD COLUMN latest_figures    JSON         NULL COMMENT 'of the newest regular sample, by column of job_sample',
    ADD COLUMN membership        VARCHAR(24)  NULL COMMENT 'how its processes are told from others',
    ADD COLUMN progress_fraction DOUBLE       NULL,
    ADD COLUMN progress_text     VARCHAR(200) NULL COMMENT 'in the words of the job',
    ADD COLUMN progress_at       DATETIME(3)  NULL COMMENT 'when the job said so';

-- The executables that a slot used most CPU time in, each as it was last reported.
CREATE TABLE slot_executable (
    slot_id              BIGINT      NOT NULL,
    name                 VARCHAR(64) NOT NULL COMMENT 'base name',
    seen_at              DATETIME(3) NOT NULL COMMENT 'time of the latest sample that tells of it',
    processes            INT         NOT NULL,
    threads              INT         NOT NULL,
    cpu_seconds          DOUBLE      NULL COMMENT 'from the start of the job',
    memory_rss_bytes     BIGINT      NULL,
    max_memory_rss_bytes BIGINT      NULL,
    read_bytes           BIGINT      NULL,
    write_bytes          BIGINT      NULL,
    PRIMARY KEY (slot_id, name),
    CONSTRAINT slot_executable_slot FOREIGN KEY (slot_id) REFERENCES slot (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Samples that a node took and could not keep until the portal had them.
CREATE TABLE sample_loss (
    slot_id  BIGINT      NOT NULL,
    sequence BIGINT      NOT NULL COMMENT 'of the report that told it: told twice, it counts once',
    samples  BIGINT      NOT NULL,
    from_at  DATETIME(3) NOT NULL,
    to_at    DATETIME(3) NOT NULL,
    PRIMARY KEY (slot_id, sequence),
    CONSTRAINT sample_loss_slot FOREIGN KEY (slot_id) REFERENCES slot (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Samples that an agent holds back and is asked for.
CREATE TABLE sample_request (
    id         BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    slot_id    BIGINT       NOT NULL,
    cause      VARCHAR(64)  NOT NULL COMMENT 'flag N, end, or asked: one request of a slot for each',
    asked_by   VARCHAR(255) NULL COMMENT 'account; NULL: the portal itself',
    asked_at   DATETIME(3)  NOT NULL COMMENT 'by the clock of the portal, like expires_at',
    expires_at DATETIME(3)  NOT NULL COMMENT 'told to the agent until then, or until samples came',
    from_at    DATETIME(3)  NOT NULL COMMENT 'by the clock of the node, like to_at',
    to_at      DATETIME(3)  NOT NULL,
    told       INT          NOT NULL DEFAULT 0 COMMENT 'answers in which the agent was told',
    samples    INT          NOT NULL DEFAULT 0 COMMENT 'that came',
    UNIQUE KEY sample_request_once (slot_id, cause),
    KEY sample_request_open (expires_at),
    CONSTRAINT sample_request_slot FOREIGN KEY (slot_id) REFERENCES slot (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

ALTER TABLE node_sample
    ADD COLUMN load_5m                      DOUBLE NULL,
    ADD COLUMN load_15m                     DOUBLE NULL,
    ADD COLUMN cpu_user_seconds             DOUBLE NULL,
    ADD COLUMN cpu_system_seconds           DOUBLE NULL,
    ADD COLUMN cpu_steal_seconds            DOUBLE NULL,
    ADD COLUMN swap_in_bytes                BIGINT NULL,
    ADD COLUMN swap_out_bytes               BIGINT NULL,
    ADD COLUMN oom_kills                    BIGINT NULL,
    ADD COLUMN cpu_pressure_some_seconds    DOUBLE NULL,
    ADD COLUMN cpu_pressure_full_seconds    DOUBLE NULL,
    ADD COLUMN memory_pressure_some_seconds DOUBLE NULL,
    ADD COLUMN memory_pressure_full_seconds DOUBLE NULL,
    ADD COLUMN io_pressure_some_seconds     DOUBLE NULL,
    ADD COLUMN io_pressure_full_seconds     DOUBLE NULL,
    ADD COLUMN clock_offset_seconds         DOUBLE NULL COMMENT 'clock of the node minus clock of the portal',
    ADD COLUMN clock_uncertainty_seconds    DOUBLE NULL,
    ADD COLUMN disks                        JSON   NULL COMMENT 'list of objects, a device each; JSON_TABLE makes rows of it (docs/portal.md)',
    ADD COLUMN network_devices              JSON   NULL,
    ADD COLUMN temperatures                 JSON   NULL,
    ADD COLUMN energy                       JSON   NULL,
    ADD COLUMN gpus                         JSON   NULL;

-- The node agents themselves: a row for each process, as it was last heard of.
CREATE TABLE agent_process (
    node_id               BIGINT      NOT NULL,
    started_at            DATETIME(3) NOT NULL,
    own_process_of_slot   BOOLEAN     NOT NULL COMMENT 'looks after one slot only',
    after_crash           BOOLEAN     NOT NULL COMMENT 'started because another one had died',
    time                  DATETIME(3) NOT NULL COMMENT 'of what follows, by the clock of the node',
    heard_at              DATETIME(3) NOT NULL COMMENT 'by the clock of the portal',
    version               VARCHAR(64) NOT NULL,
    cores_used            DOUBLE      NULL COMMENT 'since the status before, else since the start',
    cpu_seconds           DOUBLE      NULL,
    memory_rss_bytes      BIGINT      NULL,
    memory_pss_bytes      BIGINT      NULL,
    threads               INT         NULL,
    open_files            INT         NULL,
    slots                 INT         NULL,
    spool_bytes           BIGINT      NULL,
    reports_waiting       INT         NULL,
    lag_seconds           DOUBLE      NULL COMMENT 'age of the oldest report that waits',
    sample_cpu_seconds    DOUBLE      NULL COMMENT 'of the last look at all slots',
    sample_late_seconds   DOUBLE      NULL,
    samples_taken         BIGINT      NULL,
    samples_given_up      BIGINT      NULL,
    samples_held_back     INT         NULL COMMENT 'in memory now',
    error_count           BIGINT      NULL,
    errors                JSON        NULL COMMENT 'list of {kind, count}',
    PRIMARY KEY (node_id, started_at, own_process_of_slot),
    KEY agent_process_heard (heard_at),
    CONSTRAINT agent_process_node FOREIGN KEY (node_id) REFERENCES node (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What of it is worth a chart.
CREATE TABLE agent_sample (
    node_id             BIGINT      NOT NULL,
    time                DATETIME(3) NOT NULL,
    started_at          DATETIME(3) NOT NULL,
    own_process_of_slot BOOLEAN     NOT NULL,
    cpu_seconds         DOUBLE      NULL,
    memory_rss_bytes    BIGINT      NULL,
    memory_pss_bytes    BIGINT      NULL,
    spool_bytes         BIGINT      NULL,
    lag_seconds         DOUBLE      NULL,
    PRIMARY KEY (node_id, time, started_at, own_process_of_slot),
    CONSTRAINT agent_sample_node FOREIGN KEY (node_id) REFERENCES node (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Over the processes of the node that were heard of lately: lists of nodes show and sort by it.
ALTER TABLE node
    ADD COLUMN agent_processes        INT    NULL,
    ADD COLUMN agent_cores_used       DOUBLE NULL,
    ADD COLUMN agent_memory_bytes     BIGINT NULL COMMENT 'proportional where known, else resident',
    ADD COLUMN agent_spool_bytes      BIGINT NULL,
    ADD COLUMN agent_lag_seconds      DOUBLE NULL COMMENT 'the greatest',
    ADD COLUMN agent_samples_given_up BIGINT NULL,
    ADD COLUMN agent_errors           BIGINT NULL;
