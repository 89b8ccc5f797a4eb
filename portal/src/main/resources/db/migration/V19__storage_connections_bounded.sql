-- Of a job that opens and closes connections all the time those that have been gone for longest are forgotten before the
-- two hours that others stay: all of them are read at each look.
ALTER TABLE storage_slot
    ADD COLUMN forgotten_until DATETIME(3) NULL COMMENT 'of connections that were gone then not all are known' AFTER left_out;
ALTER TABLE storage_connection
    ADD KEY storage_connection_slot_gone (slot_id, gone_at);
