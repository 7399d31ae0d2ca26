-- As they were before, with the columns written out, so that it can run again when the tables are gone already.

CREATE OR REPLACE VIEW counts_hourly_current
(
    topic LowCardinality(String), measure LowCardinality(String), agency LowCardinality(String),
    hour DateTime64(0, 'Asia/Ho_Chi_Minh'), `partition` UInt32, value Int64
)
AS
SELECT
    c.topic AS topic,
    c.measure AS measure,
    c.agency AS agency,
    toTimeZone(c.bucket, 'Asia/Ho_Chi_Minh') AS hour,
    c.`partition` AS `partition`,
    c.value AS value
FROM counts_hourly AS c FINAL
WHERE c.epoch IN (SELECT epoch FROM current_epochs)
    AND c.epoch = transform(
        c.topic, (SELECT groupArray(topic) FROM current_epochs), (SELECT groupArray(epoch) FROM current_epochs), toUInt32(0)
    );

CREATE OR REPLACE VIEW counts_daily_current
(
    topic LowCardinality(String), measure LowCardinality(String), agency LowCardinality(String),
    procedure LowCardinality(String), field LowCardinality(String), kind LowCardinality(String),
    cohort Date, day Date, `partition` UInt32, value Int64
)
AS
SELECT
    c.topic AS topic,
    c.measure AS measure,
    c.agency AS agency,
    c.procedure AS procedure,
    c.field AS field,
    c.kind AS kind,
    c.cohort AS cohort,
    c.bucket AS day,
    c.`partition` AS `partition`,
    c.value AS value
FROM counts_daily AS c FINAL
WHERE c.epoch IN (SELECT epoch FROM current_epochs)
    AND c.epoch = transform(
        c.topic, (SELECT groupArray(topic) FROM current_epochs), (SELECT groupArray(epoch) FROM current_epochs), toUInt32(0)
    );
