-- What admins note about a job. Rows are only added. Conventions as in V1 and V2.
CREATE TABLE job_note (
    id         BIGINT        NOT NULL AUTO_INCREMENT PRIMARY KEY,
    job_id     BIGINT        NOT NULL,
    author     VARCHAR(255)  NOT NULL COMMENT 'account of an admin',
    text       VARCHAR(2000) NOT NULL COMMENT 'lines end with LF',
    for_owner  BOOLEAN       NOT NULL COMMENT 'the job''s owner sees it, too',
    created_at DATETIME(3)   NOT NULL COMMENT 'by the clock of the portal',
    KEY job_note_job (job_id, id),
    CONSTRAINT job_note_job FOREIGN KEY (job_id) REFERENCES job (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
