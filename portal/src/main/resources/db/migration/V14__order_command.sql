-- Orders that a batch system carries out. What the portal's own host tells it stands here; what an agent does, in
-- slot_order. Conventions as in V12; times are by the clock of the portal.
CREATE TABLE order_command (
    order_id   BIGINT       NOT NULL PRIMARY KEY,
    state      VARCHAR(16)  NOT NULL COMMENT 'OrderState: never TOLD or REFUSED',
    expires_at DATETIME(3)  NOT NULL COMMENT 'begun before it or not at all',
    begun_at   DATETIME(3)  NULL COMMENT 'the last time',
    times      INT          NOT NULL DEFAULT 0 COMMENT 'how often it was begun: again after a portal that stopped in between',
    ended_at   DATETIME(3)  NULL,
    detail     VARCHAR(300) NULL,
    KEY order_command_open (state, order_id),
    CONSTRAINT order_command_order FOREIGN KEY (order_id) REFERENCES job_order (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

ALTER TABLE slot_order
    ADD COLUMN alone BOOLEAN NOT NULL DEFAULT FALSE
        COMMENT 'one agent of the job is enough: with the first that is told, the rows of the others go';
