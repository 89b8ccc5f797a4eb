-- What all queues of a storage system had together at each look; after two days the fullest of ten minutes. Where no row
-- is, nobody looked.
CREATE TABLE storage_look (
    storage_id       BIGINT      NOT NULL,
    time             DATETIME(3) NOT NULL COMMENT 'looked_at',
    interval_seconds DOUBLE      NULL COMMENT 'how often the watch looked then; NULL: not told',
    active           INT         NULL,
    max_active       INT         NULL,
    queued           INT         NULL,
    PRIMARY KEY (storage_id, time),
    KEY storage_look_time (time),
    CONSTRAINT storage_look_system FOREIGN KEY (storage_id) REFERENCES storage_system (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
