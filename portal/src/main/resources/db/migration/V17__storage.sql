-- Storage systems as their watches tell of them: pools, queues, movers and which job holds them. See
-- docs/decisions/0025-movers-to-jobs.md. Conventions as in V1 and V2. No row here points to a job or a slot by a foreign
-- key but those that an agent's report writes: a look touches thousands of rows, and would lock the jobs of all of them.
CREATE TABLE storage_system (
    id                    BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name                  VARCHAR(64)  NOT NULL,
    token_digest          BINARY(32)   NULL COMMENT 'SHA-256 of the token of its watch; NULL: withdrawn',
    token_issued_at       DATETIME(3)  NULL,
    token_issued_by       VARCHAR(255) NULL COMMENT 'account of an admin',
    -- The newest report, whether its look learned something or not. NULL: there was none.
    told_at               DATETIME(3)  NULL COMMENT 'when its look began, by the clock of the watch',
    heard_at              DATETIME(3)  NULL COMMENT 'by the clock of the portal',
    -- The newest look that learned something.
    looked_at             DATETIME(3)  NULL COMMENT 'by the clock of the watch',
    received_at           DATETIME(3)  NULL COMMENT 'by the clock of the portal',
    gathered_at           DATETIME(3)  NULL COMMENT 'by the clock of the storage system; NULL: just then',
    source                VARCHAR(16)  NULL COMMENT 'StorageStatus.Source',
    poll_interval_seconds DOUBLE       NULL,
    software              VARCHAR(128) NULL,
    watch_version         VARCHAR(64)  NULL,
    watch_started_at      DATETIME(3)  NULL,
    may_release           BOOLEAN      NOT NULL DEFAULT FALSE COMMENT 'the watch is allowed to end movers',
    UNIQUE KEY storage_system_name (name),
    UNIQUE KEY storage_system_token (token_digest)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Doors and pools of the newest look.
CREATE TABLE storage_host (
    storage_id BIGINT                         NOT NULL,
    address    VARCHAR(45) CHARACTER SET ascii NOT NULL COMMENT 'numeric, in canonical form',
    port       INT                            NOT NULL COMMENT '0: any',
    role       VARCHAR(8)                     NOT NULL COMMENT 'DOOR, POOL',
    name       VARCHAR(255)                   NOT NULL COMMENT 'of the door or pool',
    PRIMARY KEY (storage_id, address, port, role, name),
    CONSTRAINT storage_host_system FOREIGN KEY (storage_id) REFERENCES storage_system (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE storage_pool (
    id         BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    storage_id BIGINT       NOT NULL,
    name       VARCHAR(255) NOT NULL,
    pool_groups TEXT        NOT NULL COMMENT 'comma separated',
    unread     BOOLEAN      NOT NULL COMMENT 'the pool did not answer in the newest look',
    read_at    DATETIME(3)  NULL COMMENT 'newest look in which it did',
    gone_at    DATETIME(3)  NULL COMMENT 'first look that did not name it any more',
    UNIQUE KEY storage_pool_name (storage_id, name),
    CONSTRAINT storage_pool_system FOREIGN KEY (storage_id) REFERENCES storage_system (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE storage_queue (
    id            BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    pool_id       BIGINT       NOT NULL,
    name          VARCHAR(64)  NOT NULL,
    default_queue BOOLEAN      NOT NULL,
    active        INT          NULL,
    max_active    INT          NULL,
    queued        INT          NULL,
    looked_at     DATETIME(3)  NOT NULL COMMENT 'newest look that told of it',
    full_since    DATETIME(3)  NULL COMMENT 'first look of those in a row in which all places were taken and some waited',
    point_at      DATETIME(3)  NULL COMMENT 'newest of its points in storage_queue_history',
    UNIQUE KEY storage_queue_name (pool_id, name),
    CONSTRAINT storage_queue_pool FOREIGN KEY (pool_id) REFERENCES storage_pool (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A row where something changed, and one every ten minutes where nothing did; after two days the fullest of ten minutes.
CREATE TABLE storage_queue_history (
    queue_id   BIGINT      NOT NULL,
    time       DATETIME(3) NOT NULL COMMENT 'looked_at',
    active     INT         NULL,
    max_active INT         NULL,
    queued     INT         NULL,
    PRIMARY KEY (queue_id, time),
    KEY storage_queue_history_time (time),
    CONSTRAINT storage_queue_history_queue FOREIGN KEY (queue_id) REFERENCES storage_queue (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One open file of a client, or one that waits to be opened; stays when it has ended. One that only a record of the
-- storage system's log tells of has no mover_id.
CREATE TABLE storage_mover (
    id               BIGINT                          NOT NULL AUTO_INCREMENT PRIMARY KEY,
    storage_id       BIGINT                          NOT NULL,
    pool             VARCHAR(255)                    NOT NULL,
    mover_id         BIGINT                          NULL,
    submitted_at     DATETIME(3)                     NULL,
    queue            VARCHAR(64)                     NOT NULL DEFAULT '',
    state            VARCHAR(16)                     NOT NULL COMMENT 'Mover.State',
    state_text       VARCHAR(64)                     NULL,
    started_at       DATETIME(3)                     NULL,
    last_io_at       DATETIME(3)                     NULL,
    bytes            BIGINT                          NULL,
    direction        VARCHAR(8)                      NULL COMMENT 'READ, WRITE',
    protocol         VARCHAR(64)                     NULL,
    door             VARCHAR(255)                    NULL,
    client_address   VARCHAR(45) CHARACTER SET ascii NULL COMMENT 'as the door saw it, in canonical form',
    client_chain     VARCHAR(460) CHARACTER SET ascii NULL COMMENT 'addresses before it, comma separated',
    client_port      INT                             NULL,
    client_process   BIGINT                          NULL,
    user_name        VARCHAR(255)                    NULL,
    uid              BIGINT                          NULL,
    gid              BIGINT                          NULL,
    path             VARCHAR(4096)                   NULL,
    file_id          VARCHAR(64)                     NULL,
    storage_endpoint VARCHAR(64)                     NULL,
    session_status   VARCHAR(255)                    NULL,
    first_seen_at    DATETIME(3)                     NOT NULL COMMENT 'looked_at of the first look with it; of a record alone its end',
    gone_at          DATETIME(3)                     NULL COMMENT 'NULL: there in the newest look of its pool',
    -- From the record.
    session          VARCHAR(128)                    NULL,
    ended_at         DATETIME(3)                     NULL,
    held_seconds     DOUBLE                          NULL,
    queued_seconds   DOUBLE                          NULL,
    end_status       INT                             NULL,
    end_text         VARCHAR(255)                    NULL,
    -- Whose it is.
    confidence       VARCHAR(16)                     NOT NULL COMMENT 'Confidence',
    job_id           BIGINT                          NULL,
    slot_id          BIGINT                          NULL,
    node_id          BIGINT                          NULL COMMENT 'the only node that the client can be',
    reason           VARCHAR(300)                    NOT NULL,
    candidates       VARCHAR(400)                    NULL COMMENT 'ids of jobs, comma separated, where there are several',
    job_ended_at     DATETIME(3)                     NULL COMMENT 'end of the slot, where the mover outlived it',
    UNIQUE KEY storage_mover_identity (storage_id, pool, mover_id, submitted_at),
    UNIQUE KEY storage_mover_session (storage_id, session),
    KEY storage_mover_gone (gone_at, storage_id),
    KEY storage_mover_job (job_id, gone_at),
    KEY storage_mover_file (file_id, gone_at),
    CONSTRAINT storage_mover_system FOREIGN KEY (storage_id) REFERENCES storage_system (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- States of a storage system that somebody should know of. An open one has a key, and there is one of each key.
CREATE TABLE storage_alarm (
    id         BIGINT        NOT NULL AUTO_INCREMENT PRIMARY KEY,
    storage_id BIGINT        NOT NULL,
    kind       VARCHAR(16)   NOT NULL COMMENT 'StorageAlarm.Kind',
    open_key   VARBINARY(32) NULL COMMENT 'SHA-256 of what it is about; NULL: cleared',
    pool       VARCHAR(255)  NULL,
    queue      VARCHAR(64)   NULL,
    trouble    VARCHAR(32)   NULL COMMENT 'kind of trouble in the words of the watch',
    text       VARCHAR(1000) NOT NULL COMMENT 'hostile: the watch and names of users are in it',
    since      DATETIME(3)   NOT NULL COMMENT 'when the state began',
    opened_at  DATETIME(3)   NOT NULL,
    cleared_at DATETIME(3)   NULL,
    UNIQUE KEY storage_alarm_open (storage_id, open_key),
    KEY storage_alarm_cleared (cleared_at),
    CONSTRAINT storage_alarm_system FOREIGN KEY (storage_id) REFERENCES storage_system (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Movers that an admin ordered to end.
CREATE TABLE storage_release (
    id           BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    storage_id   BIGINT       NOT NULL,
    mover_row    BIGINT       NOT NULL COMMENT 'storage_mover.id, which may be deleted as too old',
    pool         VARCHAR(255) NOT NULL,
    mover_id     BIGINT       NOT NULL,
    submitted_at DATETIME(3)  NOT NULL,
    job_id       BIGINT       NULL COMMENT 'that was thought to hold it then',
    author       VARCHAR(255) NOT NULL,
    reason       VARCHAR(200) NOT NULL,
    ordered_at   DATETIME(3)  NOT NULL,
    expires_at   DATETIME(3)  NOT NULL,
    told_at      DATETIME(3)  NULL COMMENT 'first answer that told the watch',
    state        VARCHAR(8)   NOT NULL COMMENT 'MoverRelease.State',
    detail       VARCHAR(300) NULL COMMENT 'in the words of the watch; hostile',
    done_at      DATETIME(3)  NULL,
    KEY storage_release_mover (mover_row),
    KEY storage_release_state (state, expires_at),
    CONSTRAINT storage_release_system FOREIGN KEY (storage_id) REFERENCES storage_system (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What agents told of their jobs' connections to storage hosts.
CREATE TABLE storage_slot (
    slot_id  BIGINT      NOT NULL PRIMARY KEY,
    told_at  DATETIME(3) NOT NULL COMMENT 'when the agent looked',
    left_out INT         NOT NULL COMMENT 'connections that it did not tell',
    CONSTRAINT storage_slot_slot FOREIGN KEY (slot_id) REFERENCES slot (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE storage_connection (
    slot_id         BIGINT                          NOT NULL,
    first_seen_at   DATETIME(3)                     NOT NULL,
    storage_address VARCHAR(45) CHARACTER SET ascii NOT NULL,
    storage_port    INT                             NOT NULL,
    local_address   VARCHAR(45) CHARACTER SET ascii NOT NULL,
    local_port      INT                             NOT NULL,
    process         BIGINT                          NULL,
    own_process     BIGINT                          NULL,
    began_after     DATETIME(3)                     NULL COMMENT 'it was not there then; NULL: not known',
    gone_at         DATETIME(3)                     NULL COMMENT 'NULL: there in the newest that the agent told',
    PRIMARY KEY (slot_id, first_seen_at, storage_address, storage_port, local_address, local_port),
    KEY storage_connection_gone (gone_at),
    CONSTRAINT storage_connection_slot FOREIGN KEY (slot_id) REFERENCES storage_slot (slot_id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- From which addresses nodes come.
CREATE TABLE node_address (
    address VARCHAR(45) CHARACTER SET ascii NOT NULL COMMENT 'numeric, in canonical form',
    node_id BIGINT                          NOT NULL,
    source  VARCHAR(12)                     NOT NULL COMMENT 'NodeAddresses.Source',
    seen_at DATETIME(3)                     NOT NULL COMMENT 'to the hour',
    PRIMARY KEY (address, node_id, source),
    KEY node_address_node (node_id),
    KEY node_address_seen (seen_at),
    CONSTRAINT node_address_node FOREIGN KEY (node_id) REFERENCES node (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The slots of some nodes at some moment, without their whole past.
ALTER TABLE slot ADD KEY slot_node_end (node_id, ended_at);

ALTER TABLE job_sample
    ADD COLUMN storage_movers INT NULL COMMENT 'that are certainly the slot''s, by the newest look of the storage watches';
