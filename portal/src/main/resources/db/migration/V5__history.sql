-- History: samples as rows for some days, as compact blocks for months, as coarse figures for years. See
-- docs/decisions/0012-history.md and docs/schema.md. Conventions as in V1 and V2.

-- Partitioned by day, so that a day of rows goes at once. Tables with partitions have no foreign keys: whoever deletes
-- slots deletes their samples, too. The first partition holds all that is older, the last one all that is newer; the
-- portal makes days ahead. (In an expression, since partitions need literals and today is not one.)
ALTER TABLE job_sample DROP FOREIGN KEY job_sample_slot;

EXECUTE IMMEDIATE CONCAT(
    'ALTER TABLE job_sample PARTITION BY RANGE COLUMNS (time) (',
    'PARTITION p', DATE_FORMAT(UTC_DATE() - INTERVAL 2 DAY, '%Y%m%d'), ' VALUES LESS THAN (''', UTC_DATE() - INTERVAL 1 DAY, '''), ',
    'PARTITION p', DATE_FORMAT(UTC_DATE() - INTERVAL 1 DAY, '%Y%m%d'), ' VALUES LESS THAN (''', UTC_DATE(), '''), ',
    'PARTITION p', DATE_FORMAT(UTC_DATE(), '%Y%m%d'), ' VALUES LESS THAN (''', UTC_DATE() + INTERVAL 1 DAY, '''), ',
    'PARTITION p', DATE_FORMAT(UTC_DATE() + INTERVAL 1 DAY, '%Y%m%d'), ' VALUES LESS THAN (''', UTC_DATE() + INTERVAL 2 DAY, '''), ',
    'PARTITION later VALUES LESS THAN (MAXVALUE))');

-- Samples of one slot, one after the other. Blocks of one slot do not overlap. Rows are short enough for two of them to
-- fill a page, and come in the order in which they were made.
CREATE TABLE sample_block (
    id          BIGINT            NOT NULL AUTO_INCREMENT PRIMARY KEY,
    slot_id     BIGINT            NOT NULL,
    first_at    DATETIME(3)       NOT NULL COMMENT 'time of the first sample',
    last_at     DATETIME(3)       NOT NULL,
    samples     SMALLINT UNSIGNED NOT NULL,
    out_of_turn SMALLINT UNSIGNED NOT NULL COMMENT 'samples with a reason',
    data        VARBINARY(8100)   NOT NULL COMMENT 'columns of job_sample, see decision 12',
    UNIQUE KEY sample_block_slot (slot_id, first_at),
    KEY sample_block_last (last_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The same over buckets of ten minutes: mean, least and greatest of each series.
CREATE TABLE sample_rollup (
    id       BIGINT          NOT NULL AUTO_INCREMENT PRIMARY KEY,
    slot_id  BIGINT          NOT NULL,
    first_at DATETIME(3)     NOT NULL COMMENT 'begin of the first bucket',
    last_at  DATETIME(3)     NOT NULL COMMENT 'begin of the last bucket',
    buckets  SMALLINT UNSIGNED NOT NULL,
    data     VARBINARY(8100) NOT NULL,
    UNIQUE KEY sample_rollup_slot (slot_id, first_at),
    KEY sample_rollup_last (last_at)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A slot is archived when its job has ended, and day by day while it runs.
ALTER TABLE slot
    ADD COLUMN archive_at DATETIME(3) NULL DEFAULT (UTC_TIMESTAMP(3) + INTERVAL 12 HOUR)
        COMMENT 'when rows are made blocks next; NULL: blocks have all samples',
    ADD KEY slot_archive (archive_at);
UPDATE slot SET archive_at = UTC_TIMESTAMP(3);

-- How many bytes the tables have had: what a forecast goes by.
CREATE TABLE disk_use (
    time  DATETIME(3) NOT NULL COMMENT 'by the clock of the portal',
    class VARCHAR(16) NOT NULL COMMENT 'rows, blocks, rollups, nodes, jobs',
    bytes BIGINT      NOT NULL,
    PRIMARY KEY (time, class)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Lists over a million jobs: what is flagged is few, and flags come standing first, then the latest.
ALTER TABLE job
    ADD COLUMN flagged BOOLEAN AS (IF(open_flags = '', NULL, TRUE)) PERSISTENT COMMENT 'TRUE or NULL',
    ADD KEY job_flagged (flagged, started_at);
ALTER TABLE flag
    ADD KEY flag_order (standing, raised_at);
