-- Orders to jobs, given by people and policies, carried out by agents. See docs/decisions/0020-orders.md.
-- Conventions as in V1 and V2.
CREATE TABLE job_order (
    id           BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    job_id       BIGINT       NOT NULL,
    kind         VARCHAR(16)  NOT NULL COMMENT 'OrderKind',
    wish         JSON         NOT NULL COMMENT 'OrderWish',
    author       VARCHAR(255) NOT NULL COMMENT 'an account, or a policy',
    by_policy    BOOLEAN      NOT NULL,
    reason       VARCHAR(200) NOT NULL,
    ordered_at   DATETIME(3)  NOT NULL COMMENT 'by the clock of the portal, like all but begun_at and ended_at',
    expires_at   DATETIME(3)  NOT NULL COMMENT 'begun before it or not at all',
    withdrawn_by VARCHAR(255) NULL,
    withdrawn_at DATETIME(3)  NULL,
    KEY job_order_job (job_id, id),
    CONSTRAINT job_order_job FOREIGN KEY (job_id) REFERENCES job (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Its part for one slot. What is told was signed when it was ordered: a row that somebody adds orders nothing.
CREATE TABLE slot_order (
    id         BIGINT           NOT NULL PRIMARY KEY COMMENT 'order_id on the wire: random',
    order_id   BIGINT           NOT NULL,
    slot_id    BIGINT           NOT NULL,
    state      VARCHAR(16)      NOT NULL COMMENT 'OrderState',
    expires_at DATETIME(3)      NOT NULL,
    signed     VARBINARY(4096)  NOT NULL COMMENT 'Order (report.proto)',
    signature  VARBINARY(64)    NOT NULL,
    told       INT              NOT NULL DEFAULT 0 COMMENT 'answers in which the agent was told',
    told_at    DATETIME(3)      NULL COMMENT 'the last of them',
    begun_at   DATETIME(3)      NULL COMMENT 'by the clock of the node',
    ended_at   DATETIME(3)      NULL COMMENT 'by the clock of the node',
    heard_at   DATETIME(3)      NULL COMMENT 'when the latest result came',
    detail     VARCHAR(300)     NULL,
    killed     JSON             NULL COMMENT 'SlotOrder.Killed',
    evidence   MEDIUMBLOB       NULL COMMENT 'as evidence.data',
    KEY slot_order_order (order_id),
    KEY slot_order_slot (slot_id),
    KEY slot_order_open (state, expires_at),
    CONSTRAINT slot_order_order FOREIGN KEY (order_id) REFERENCES job_order (id) ON DELETE CASCADE,
    CONSTRAINT slot_order_slot FOREIGN KEY (slot_id) REFERENCES slot (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What the job wrote while somebody looked on. Deleted a day later.
CREATE TABLE order_output (
    id             BIGINT           NOT NULL AUTO_INCREMENT PRIMARY KEY,
    slot_order_id  BIGINT           NOT NULL,
    file_offset    BIGINT           NOT NULL,
    left_out_bytes BIGINT           NOT NULL,
    data           VARBINARY(16384) NOT NULL,
    heard_at       DATETIME(3)      NOT NULL,
    UNIQUE KEY order_output_part (slot_order_id, file_offset, left_out_bytes),
    KEY order_output_age (heard_at),
    CONSTRAINT order_output_order FOREIGN KEY (slot_order_id) REFERENCES slot_order (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Who did what, why and with what outcome. Rows are only added; each carries the hash of the one before it.
CREATE TABLE audit (
    id       BIGINT        NOT NULL PRIMARY KEY COMMENT '1, 2, 3, ... without a hole',
    at       DATETIME(3)   NOT NULL,
    who      VARCHAR(255)  NOT NULL COMMENT 'an account, a policy, or the portal',
    actor    VARCHAR(16)   NOT NULL COMMENT 'Actor.Kind',
    action   VARCHAR(40)   NOT NULL,
    subject  VARCHAR(255)  NOT NULL COMMENT 'what it was done to: job 17, policy 3, ...',
    job_id   BIGINT        NULL COMMENT 'stays when the job is deleted',
    about    VARCHAR(1000) NOT NULL,
    previous BINARY(32)    NOT NULL COMMENT 'hash of the row before',
    hash     BINARY(32)    NOT NULL COMMENT 'SHA-256 (docs/decisions/0020-orders.md)',
    KEY audit_at (at),
    KEY audit_job (job_id, id),
    KEY audit_who (who, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The last row's id and hash. Whoever adds one locks it.
CREATE TABLE audit_end (
    id      TINYINT    NOT NULL PRIMARY KEY,
    last_id BIGINT     NOT NULL,
    hash    BINARY(32) NOT NULL
) ENGINE = InnoDB;
