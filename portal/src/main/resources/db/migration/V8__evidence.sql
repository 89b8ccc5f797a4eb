-- What a job was doing when a flag was raised: asked of the agent of a slot, and stored once. Several flags of a job
-- that come together share it. See docs/decisions/0019-evidence.md. Conventions as in V1 and V2.
CREATE TABLE evidence (
    id         BIGINT      NOT NULL AUTO_INCREMENT PRIMARY KEY COMMENT 'request_id on the wire',
    slot_id    BIGINT      NOT NULL,
    reason     VARCHAR(32) NOT NULL COMMENT 'kind of the flag that was the first to ask',
    for_kill   BOOLEAN     NOT NULL COMMENT 'asked because a flag became worth a kill',
    asked_at   DATETIME(3) NOT NULL COMMENT 'by the clock of the portal, like expires_at, told_at and stored_at',
    expires_at DATETIME(3) NOT NULL COMMENT 'told to the agent until then, or until it came',
    told       INT         NOT NULL DEFAULT 0 COMMENT 'answers in which the agent was told',
    told_at    DATETIME(3) NULL COMMENT 'the last of them',
    taken_at   DATETIME(3) NULL COMMENT 'by the clock of the node',
    stored_at  DATETIME(3) NULL COMMENT 'NULL: it has not come',
    data       MEDIUMBLOB  NULL COMMENT 'JSON as in REST, deflated (RFC 1950)',
    KEY evidence_slot (slot_id, asked_at),
    KEY evidence_open (expires_at),
    KEY evidence_asked (asked_at),
    CONSTRAINT evidence_slot FOREIGN KEY (slot_id) REFERENCES slot (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE flag_evidence (
    flag_id     BIGINT NOT NULL,
    evidence_id BIGINT NOT NULL,
    PRIMARY KEY (flag_id, evidence_id),
    KEY flag_evidence_evidence (evidence_id),
    CONSTRAINT flag_evidence_flag FOREIGN KEY (flag_id) REFERENCES flag (id) ON DELETE CASCADE,
    CONSTRAINT flag_evidence_evidence FOREIGN KEY (evidence_id) REFERENCES evidence (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The figures of the first sentence: `evidence` is those of the latest. NULL: raised before there was this column.
ALTER TABLE flag
    ADD COLUMN first_evidence JSON NULL;
