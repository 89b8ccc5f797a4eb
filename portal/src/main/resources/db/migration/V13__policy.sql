-- Policies: what is done about flags that stand. See docs/decisions/0021-policies.md. Conventions as in V1 and V2; times
-- are by the clock of the portal. A version is never changed: other terms are another version.
CREATE TABLE policy (
    id            BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name          VARCHAR(60)  NOT NULL,
    state         VARCHAR(8)   NOT NULL COMMENT 'PolicyState',
    live_version  INT          NULL COMMENT 'that acts; NULL unless ON',
    live_since    DATETIME(3)  NULL,
    asked_version INT          NULL COMMENT 'to be switched on as soon as another admin approves',
    asked_by      VARCHAR(255) NULL,
    asked_at      DATETIME(3)  NULL,
    UNIQUE KEY policy_name (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE policy_version (
    id        BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    policy_id BIGINT       NOT NULL,
    version   INT          NOT NULL COMMENT '1, 2, 3, ... of this policy',
    terms     JSON         NOT NULL COMMENT 'PolicyTerms',
    saved_by  VARCHAR(255) NOT NULL,
    saved_at  DATETIME(3)  NOT NULL,
    UNIQUE KEY policy_version_number (policy_id, version),
    CONSTRAINT policy_version_policy FOREIGN KEY (policy_id) REFERENCES policy (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What a version would have done. It acts only after one.
CREATE TABLE policy_backtest (
    id         BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    version_id BIGINT       NOT NULL,
    made_by    VARCHAR(255) NOT NULL,
    made_at    DATETIME(3)  NOT NULL,
    result     JSON         NOT NULL COMMENT 'Backtest',
    KEY policy_backtest_version (version_id, id),
    CONSTRAINT policy_backtest_version FOREIGN KEY (version_id) REFERENCES policy_version (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A policy at work on a job: from the moment at which a flag was seen to stand until it does not.
CREATE TABLE policy_case (
    id         BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    policy_id  BIGINT       NOT NULL,
    version_id BIGINT       NOT NULL,
    dry_run    BOOLEAN      NOT NULL,
    job_id     BIGINT       NOT NULL,
    flag_id    BIGINT       NOT NULL COMMENT 'that it goes by: the gravest',
    began_at   DATETIME(3)  NOT NULL,
    kill_since DATETIME(3)  NULL COMMENT 'the flag was first seen to be worth a kill',
    warned_at  DATETIME(3)  NULL COMMENT 'the owner was warned, in dry run would have been',
    stage      INT          NOT NULL COMMENT 'stages that are behind it',
    next_at    DATETIME(3)  NULL COMMENT 'of the next stage; NULL: there is none',
    ended_at   DATETIME(3)  NULL,
    end_reason VARCHAR(200) NULL,
    open       BOOLEAN      AS (IF(ended_at IS NULL, TRUE, NULL)) PERSISTENT
        COMMENT 'TRUE or NULL: makes the unique key hold for open cases only',
    UNIQUE KEY policy_case_once (policy_id, job_id, open),
    KEY policy_case_open (open, policy_id),
    KEY policy_case_job (job_id),
    CONSTRAINT policy_case_version FOREIGN KEY (version_id) REFERENCES policy_version (id),
    CONSTRAINT policy_case_job FOREIGN KEY (job_id) REFERENCES job (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A stage that was reached, and what was done. Rows are only added.
CREATE TABLE policy_act (
    id         BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    case_id    BIGINT       NOT NULL,
    policy_id  BIGINT       NOT NULL,
    version_id BIGINT       NOT NULL,
    job_id     BIGINT       NOT NULL,
    flag_id    BIGINT       NOT NULL,
    flag_kind  VARCHAR(80)  NOT NULL COMMENT 'kind, or rule:NAME',
    severity   VARCHAR(8)   NOT NULL COMMENT 'of the flag at this moment',
    user_name  VARCHAR(255) NULL,
    at         DATETIME(3)  NOT NULL,
    stage      INT          NOT NULL COMMENT '1, 2, 3, ...',
    wanted     VARCHAR(8)   NOT NULL COMMENT 'StageKind',
    done       VARCHAR(8)   NOT NULL COMMENT 'StageKind: NOTIFY where more was wanted and could not be',
    dry_run    BOOLEAN      NOT NULL COMMENT 'nothing was done: would have been',
    why_not    VARCHAR(300) NULL COMMENT 'more was wanted than was done',
    order_id   BIGINT       NULL COMMENT 'of a kill',
    UNIQUE KEY policy_act_once (case_id, stage),
    KEY policy_act_policy (policy_id, id),
    KEY policy_act_cap (done, at),
    KEY policy_act_job (job_id),
    CONSTRAINT policy_act_case FOREIGN KEY (case_id) REFERENCES policy_case (id) ON DELETE CASCADE,
    CONSTRAINT policy_act_version FOREIGN KEY (version_id) REFERENCES policy_version (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Whoever takes a step locks this row: acts are counted against caps one after the other.
CREATE TABLE policy_turn (
    id    TINYINT NOT NULL PRIMARY KEY,
    turns BIGINT  NOT NULL
) ENGINE = InnoDB;

-- What somebody is to be told.
CREATE TABLE notice (
    id         BIGINT        NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_name  VARCHAR(255)  NULL COMMENT 'for whom; NULL: for the admins',
    job_id     BIGINT        NULL COMMENT 'that it is about',
    subject    VARCHAR(200)  NOT NULL,
    text       VARCHAR(2000) NOT NULL COMMENT 'hostile: names of jobs and users are in it',
    author     VARCHAR(255)  NOT NULL COMMENT 'the policy, or who else tells it',
    created_at DATETIME(3)   NOT NULL,
    state      VARCHAR(16)   NOT NULL COMMENT 'NoticeState: how it went with sending it',
    state_at   DATETIME(3)   NULL,
    detail     VARCHAR(300)  NULL COMMENT 'why it could not be sent',
    KEY notice_job (job_id, id),
    KEY notice_state (state, id),
    CONSTRAINT notice_job FOREIGN KEY (job_id) REFERENCES job (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- For back-tests. NULL: never, or it became so before there was this column.
ALTER TABLE flag
    ADD COLUMN kill_at DATETIME(3) NULL COMMENT 'when it became worth a kill, by the clock of the node';
