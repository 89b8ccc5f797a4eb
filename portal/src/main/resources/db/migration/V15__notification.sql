-- How notices are told: channels, silences, and each message with how it went. See docs/decisions/0022-notifications.md.
-- Conventions as in V1 and V2; times are by the clock of the portal.
CREATE TABLE channel (
    id       BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name     VARCHAR(60)  NOT NULL,
    enabled  BOOLEAN      NOT NULL,
    terms    JSON         NOT NULL COMMENT 'ChannelTerms: all that is not secret',
    saved_by VARCHAR(255) NOT NULL,
    saved_at DATETIME(3)  NOT NULL,
    UNIQUE KEY channel_name (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Sealed with the key in the file channel-key of the portal's data directory.
CREATE TABLE channel_secret (
    channel_id BIGINT          NOT NULL,
    name       VARCHAR(16)     NOT NULL COMMENT 'ChannelSecret',
    sealed     VARBINARY(8192) NOT NULL COMMENT 'AES-256-GCM, bound to what it is for',
    PRIMARY KEY (channel_id, name),
    CONSTRAINT channel_secret_channel FOREIGN KEY (channel_id) REFERENCES channel (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE silence (
    id         BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    channel_id BIGINT       NULL COMMENT 'NULL: on all channels',
    what       VARCHAR(8)   NOT NULL COMMENT 'SilenceKind',
    name       VARCHAR(256) NOT NULL COMMENT 'of the job, user, node or kind of flag; empty: ALL',
    from_at    DATETIME(3)  NOT NULL,
    until_at   DATETIME(3)  NOT NULL,
    why        VARCHAR(200) NOT NULL,
    made_by    VARCHAR(255) NOT NULL,
    KEY silence_until (until_at),
    CONSTRAINT silence_channel FOREIGN KEY (channel_id) REFERENCES channel (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A message with one notice or many, to one recipient on one channel.
CREATE TABLE notice_message (
    id          BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    message_id  CHAR(36)     NOT NULL COMMENT 'told to the other side: the same in each attempt',
    channel_id  BIGINT       NOT NULL,
    recipient   VARCHAR(255) NOT NULL COMMENT 'the user; empty: whom the channel names',
    notices     INT          NOT NULL,
    made_at     DATETIME(3)  NOT NULL,
    state       VARCHAR(8)   NOT NULL COMMENT 'TellingState: WAITING, SENT, FAILED',
    attempts    INT          NOT NULL DEFAULT 0,
    next_at     DATETIME(3)  NOT NULL COMMENT 'not tried before',
    lease       CHAR(36)     NULL COMMENT 'of the attempt that is being made',
    lease_until DATETIME(3)  NULL COMMENT 'whoever made it is gone after that',
    done_at     DATETIME(3)  NULL,
    detail      VARCHAR(300) NULL COMMENT 'what the other side said last; hostile',
    KEY notice_message_due (state, channel_id, next_at),
    KEY notice_message_lane (channel_id, recipient, id),
    KEY notice_message_done (done_at),
    CONSTRAINT notice_message_channel FOREIGN KEY (channel_id) REFERENCES channel (id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A notice on a channel.
CREATE TABLE notice_telling (
    notice_id  BIGINT       NOT NULL,
    channel_id BIGINT       NOT NULL,
    recipient  VARCHAR(255) NOT NULL COMMENT 'as in notice_message',
    state      VARCHAR(8)   NOT NULL COMMENT 'TellingState',
    message_id BIGINT       NULL COMMENT 'notice_message.id; NULL: in none yet, or that row was deleted as too old',
    at         DATETIME(3)  NOT NULL COMMENT 'since when it has this state',
    detail     VARCHAR(300) NULL COMMENT 'why it was left out',
    PRIMARY KEY (notice_id, channel_id),
    KEY notice_telling_lane (state, channel_id, recipient),
    KEY notice_telling_message (message_id),
    CONSTRAINT notice_telling_notice FOREIGN KEY (notice_id) REFERENCES notice (id) ON DELETE CASCADE,
    CONSTRAINT notice_telling_channel FOREIGN KEY (channel_id) REFERENCES channel (id) ON DELETE CASCADE,
    CONSTRAINT notice_telling_message FOREIGN KEY (message_id) REFERENCES notice_message (id) ON DELETE SET NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Whoever gives notices to channels and makes messages of them locks this row.
CREATE TABLE notice_turn (
    id TINYINT NOT NULL PRIMARY KEY
) ENGINE = InnoDB;

ALTER TABLE notice
    ADD COLUMN kind      VARCHAR(8)  NOT NULL DEFAULT 'NOTIFY' COMMENT 'NoticeKind' AFTER job_id,
    ADD COLUMN flag_id   BIGINT      NULL COMMENT 'that it is about; it may be deleted' AFTER kind,
    ADD COLUMN flag_kind VARCHAR(80) NULL COMMENT 'kind, or rule:NAME' AFTER flag_id,
    ADD COLUMN routed_at DATETIME(3) NULL COMMENT 'when it was given to the channels; NULL: not yet',
    ADD KEY notice_routed (routed_at, id),
    DROP KEY notice_state,
    DROP COLUMN state,
    DROP COLUMN state_at,
    DROP COLUMN detail;

-- What was there before anything could be told is not told now.
UPDATE notice SET routed_at = created_at;

ALTER TABLE account
    ADD COLUMN mail VARCHAR(254) NULL COMMENT 'where its owner wants to be told; NULL: as the site says';
