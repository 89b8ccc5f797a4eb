-- A back-test of a day long ago says too little for a policy to be switched on. What was made before this counts as it did.
ALTER TABLE policy_backtest
    ADD COLUMN shows_enough BOOLEAN NOT NULL DEFAULT TRUE COMMENT 'a week or more, and the day before it was made' AFTER made_at;
ALTER TABLE policy_backtest ALTER COLUMN shows_enough DROP DEFAULT;
