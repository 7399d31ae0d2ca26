DROP VIEW IF EXISTS counts_daily_current;
DROP VIEW IF EXISTS counts_hourly_current;
DROP VIEW IF EXISTS current_epochs;
DROP TABLE IF EXISTS counts_daily SYNC;
DROP TABLE IF EXISTS counts_hourly SYNC;
DROP TABLE IF EXISTS progress SYNC;
DROP TABLE IF EXISTS epochs SYNC;
