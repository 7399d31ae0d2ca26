-- With the columns written out, so that it can run again when the tables are gone already.

CREATE OR REPLACE VIEW counts_hourly_current
(
    topic String, measure String, agency String,
    hour DateTime64(0, 'Asia/Ho_Chi_Minh'), `partition` UInt32, value Int64
)
AS
SELECT
    CAST(c.topic AS String) AS topic,
    CAST(c.measure AS String) AS measure,
    CAST(c.agency AS String) AS agency,
    toTimeZone(c.bucket, 'Asia/Ho_Chi_Minh') AS hour,
    c.`partition` AS `partition`,
    c.value AS value
FROM counts_hourly AS c FINAL
WHERE (c.topic, c.epoch) IN (SELECT topic, epoch FROM current_epochs);

CREATE OR REPLACE VIEW counts_daily_current
(
    topic String, measure String, agency String, procedure String, field String, kind String,
    cohort Date, day Date, `partition` UInt32, value Int64
)
AS
SELECT
    CAST(c.topic AS String) AS topic,
    CAST(c.measure AS String) AS measure,
    CAST(c.agency AS String) AS agency,
    CAST(c.procedure AS String) AS procedure,
    CAST(c.field AS String) AS field,
    CAST(c.kind AS String) AS kind,
    c.cohort AS cohort,
    c.bucket AS day,
    c.`partition` AS `partition`,
    c.value AS value
FROM counts_daily AS c FINAL
WHERE (c.topic, c.epoch) IN (SELECT topic, epoch FROM current_epochs);
