-- What an admin says of a flag afterwards; the last word counts.
ALTER TABLE flag
    ADD COLUMN verdict VARCHAR(16) NULL COMMENT 'FlagVerdict: whether there was a problem',
    ADD COLUMN verdict_by VARCHAR(255) NULL,
    ADD COLUMN verdict_at DATETIME(3) NULL COMMENT 'by the clock of the portal';
