-- What jobs move over the network, and what they have room for. Conventions as in V2 and V4. At the end of the row and
-- without a value, so that they are added at once, however many rows there are.
ALTER TABLE job_sample
    ADD COLUMN memory_limit_bytes   BIGINT NULL COMMENT 'of the cgroup of the job',
    ADD COLUMN net_receive_bytes    BIGINT NULL COMMENT 'of the network namespace of the job, without loopback',
    ADD COLUMN net_transmit_bytes   BIGINT NULL,
    ADD COLUMN net_receive_packets  BIGINT NULL,
    ADD COLUMN net_transmit_packets BIGINT NULL,
    ADD COLUMN workdir_free_bytes   BIGINT NULL COMMENT 'less of the space of the file system and of a quota',
    ADD COLUMN scratch_free_bytes   BIGINT NULL;

ALTER TABLE node
    ADD COLUMN link_bytes_per_second BIGINT NULL COMMENT 'of its fastest network link, one way';
