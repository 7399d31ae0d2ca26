DROP VIEW IF EXISTS counts_monthly_current;
DROP TABLE IF EXISTS counts_monthly SYNC;
