-- Rules of the site. A version is never changed: another wording is another version.
CREATE TABLE rule (
    id           BIGINT      NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name         VARCHAR(60) NOT NULL,
    live_version INT         NULL COMMENT 'NULL: switched off',
    live_since   DATETIME(3) NULL COMMENT 'by the clock of the portal',
    UNIQUE KEY rule_name (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE rule_version (
    id            BIGINT        NOT NULL AUTO_INCREMENT PRIMARY KEY,
    rule_id       BIGINT        NOT NULL,
    version       INT           NOT NULL COMMENT '1, 2, 3, ... of this rule',
    expression    VARCHAR(2000) NOT NULL COMMENT 'CEL',
    dwell_seconds DOUBLE        NOT NULL,
    clear_seconds DOUBLE        NOT NULL,
    severity      VARCHAR(8)    NOT NULL COMMENT 'INFO or WARN',
    hint          VARCHAR(500)  NOT NULL,
    saved_by      VARCHAR(255)  NOT NULL,
    saved_at      DATETIME(3)   NOT NULL,
    UNIQUE KEY rule_version_number (rule_id, version),
    CONSTRAINT rule_version_rule FOREIGN KEY (rule_id) REFERENCES rule (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What a version would have flagged. A version goes live only after a trial that came to its end.
CREATE TABLE rule_trial (
    id          BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    version_id  BIGINT       NOT NULL,
    started_by  VARCHAR(255) NOT NULL,
    started_at  DATETIME(3)  NOT NULL,
    ended_at    DATETIME(3)  NOT NULL,
    state       VARCHAR(16)  NOT NULL COMMENT 'Trial.State',
    result      JSON         NOT NULL COMMENT 'Trial',
    KEY rule_trial_version (version_id, id),
    CONSTRAINT rule_trial_version_id FOREIGN KEY (version_id) REFERENCES rule_version (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Who did what. Rows are only added; the newest id tells whether live rules are to be read again.
CREATE TABLE rule_audit (
    id      BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    rule_id BIGINT       NOT NULL,
    at      DATETIME(3)  NOT NULL,
    who     VARCHAR(255) NOT NULL,
    action  VARCHAR(16)  NOT NULL COMMENT 'RuleAction',
    version INT          NOT NULL,
    KEY rule_audit_rule (rule_id, id),
    CONSTRAINT rule_audit_rule_id FOREIGN KEY (rule_id) REFERENCES rule (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- One flag for each rule may stand on a job.
ALTER TABLE flag
    ADD COLUMN rule_version_id BIGINT NOT NULL DEFAULT 0 COMMENT 'of a site rule; 0: of another kind',
    ADD UNIQUE KEY flag_stands_once (job_id, kind, rule_version_id, standing),
    DROP KEY flag_standing_once,
    ADD KEY flag_rule (rule_version_id, standing);
