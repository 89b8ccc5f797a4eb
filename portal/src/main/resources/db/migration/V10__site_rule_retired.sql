-- A rule that is retired keeps its versions, its flags and who did what; its name is free again.
ALTER TABLE rule
    ADD COLUMN retired_at DATETIME(3) NULL COMMENT 'by the clock of the portal; NULL: it can be changed and switched on',
    ADD COLUMN in_use BOOLEAN AS (IF(retired_at IS NULL, TRUE, NULL)) PERSISTENT
        COMMENT 'TRUE or NULL: makes the unique key hold for rules that are not retired only',
    DROP KEY rule_name,
    ADD UNIQUE KEY rule_name (name, in_use);

-- What a trial says of a job goes with the job's record. Of trials of before, only the numbers stay.
CREATE TABLE rule_trial_job (
    trial_id  BIGINT        NOT NULL,
    job_id    BIGINT        NOT NULL,
    seconds   DOUBLE        NOT NULL COMMENT 'of its life that were looked at',
    raised_at DATETIME(3)   NOT NULL COMMENT 'of the first flag',
    sentence  VARCHAR(1000) NOT NULL COMMENT 'of the first flag',
    times     INT           NOT NULL COMMENT 'how often it would have been flagged',
    PRIMARY KEY (trial_id, job_id),
    KEY rule_trial_job_job (job_id),
    CONSTRAINT rule_trial_job_trial FOREIGN KEY (trial_id) REFERENCES rule_trial (id) ON DELETE CASCADE,
    CONSTRAINT rule_trial_job_job FOREIGN KEY (job_id) REFERENCES job (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

UPDATE rule_trial SET result = JSON_REMOVE(result, '$.firsts');
ALTER TABLE rule_trial MODIFY COLUMN result JSON NOT NULL COMMENT 'Trial, without its jobs';

-- How often flags were right is counted in this index alone.
ALTER TABLE flag
    DROP KEY flag_raised,
    ADD KEY flag_raised (raised_at, kind, rule_version_id, verdict);
