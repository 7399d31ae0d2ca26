DROP VIEW IF EXISTS counts_monthly_current;
DROP TABLE IF EXISTS counts_monthly SYNC;
DROP VIEW IF EXISTS counts_agency_daily_current;
DROP TABLE IF EXISTS counts_agency_daily SYNC;
