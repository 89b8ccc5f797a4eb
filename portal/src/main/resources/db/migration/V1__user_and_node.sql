-- Names are compared byte by byte: "Anna" and "anna" are two users of a batch system.
-- Times are UTC with milliseconds. NULL in a measured column: could not be measured.

CREATE TABLE account (
    id            BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name          VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    password_hash VARCHAR(255) NOT NULL,
    role          VARCHAR(16)  NOT NULL,
    enabled       BOOLEAN      NOT NULL,
    created_at    DATETIME(3)  NOT NULL,
    UNIQUE KEY account_name (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE api_token (
    id           BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    account_id   BIGINT       NOT NULL,
    token_digest BINARY(32)   NOT NULL COMMENT 'SHA-256',
    label        VARCHAR(100) NOT NULL,
    created_at   DATETIME(3)  NOT NULL,
    last_used_at DATETIME(3)  NULL,
    expires_at   DATETIME(3)  NULL,
    UNIQUE KEY api_token_digest (token_digest),
    KEY api_token_account (account_id),
    CONSTRAINT api_token_account FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE node (
    id                   BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name                 VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    token_digest         BINARY(32)   NULL COMMENT 'SHA-256',
    token_issued_at      DATETIME(3)  NULL,
    first_seen_at        DATETIME(3)  NULL COMMENT 'first report',
    last_report_at       DATETIME(3)  NULL,
    clock_offset_seconds DOUBLE       NULL COMMENT 'clock of the node minus clock of the portal',
    agent_version        VARCHAR(64)  NULL,
    operating_system     VARCHAR(255) NULL,
    kernel               VARCHAR(255) NULL,
    cpu_model            VARCHAR(255) NULL,
    logical_cores        INT          NULL,
    physical_cores       INT          NULL,
    memory_bytes         BIGINT       NULL,
    swap_bytes           BIGINT       NULL,
    booted_at            DATETIME(3)  NULL,
    blind_spots          TEXT         NULL COMMENT 'one a line',
    UNIQUE KEY node_name (name),
    UNIQUE KEY node_token (token_digest)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- The key holds a node's samples together in the order of time: what a chart reads lies side by side.
CREATE TABLE node_sample (
    node_id                BIGINT      NOT NULL,
    time                   DATETIME(3) NOT NULL,
    load_1m                DOUBLE      NULL,
    cpu_busy_seconds       DOUBLE      NULL,
    cpu_iowait_seconds     DOUBLE      NULL,
    memory_total_bytes     BIGINT      NULL,
    memory_available_bytes BIGINT      NULL,
    swap_used_bytes        BIGINT      NULL,
    disk_read_bytes        BIGINT      NULL,
    disk_write_bytes       BIGINT      NULL,
    net_receive_bytes      BIGINT      NULL,
    net_transmit_bytes     BIGINT      NULL,
    scratch_free_bytes     BIGINT      NULL,
    processes              INT         NULL,
    PRIMARY KEY (node_id, time),
    CONSTRAINT node_sample_node FOREIGN KEY (node_id) REFERENCES node (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
