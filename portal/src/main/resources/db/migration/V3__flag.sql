-- One flag on one job. Times as in V2: `since` to `cleared_at` by the node's clock, `acknowledged_at` by the portal's.
CREATE TABLE flag (
    id              BIGINT        NOT NULL AUTO_INCREMENT PRIMARY KEY,
    job_id          BIGINT        NOT NULL,
    slot_id         BIGINT        NULL COMMENT 'NULL: about the whole job',
    kind            VARCHAR(32)   NOT NULL COMMENT 'FlagKind, as in REST',
    severity        VARCHAR(8)    NOT NULL COMMENT 'Severity',
    state           VARCHAR(16)   NOT NULL COMMENT 'FlagState',
    since           DATETIME(3)   NOT NULL,
    raised_at       DATETIME(3)   NOT NULL,
    cleared_at      DATETIME(3)   NULL,
    acknowledged_by VARCHAR(255)  NULL,
    acknowledged_at DATETIME(3)   NULL,
    note            VARCHAR(1000) NULL,
    sentence        VARCHAR(1000) NOT NULL,
    first_sentence  VARCHAR(1000) NOT NULL,
    evidence        JSON          NOT NULL,
    standing        BOOLEAN       AS (IF(state IN ('OPEN', 'ACKNOWLEDGED'), TRUE, NULL)) PERSISTENT
        COMMENT 'TRUE or NULL: makes the unique key hold for standing flags only',
    UNIQUE KEY flag_standing_once (job_id, kind, standing),
    KEY flag_now (standing, kind),
    KEY flag_state (state, raised_at),
    KEY flag_raised (raised_at),
    CONSTRAINT flag_job FOREIGN KEY (job_id) REFERENCES job (id) ON DELETE CASCADE,
    CONSTRAINT flag_slot FOREIGN KEY (slot_id) REFERENCES slot (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
