-- Two more cubes: by agency and Vietnamese day, and by agency and month. Stocks add up all that ever flowed in and
-- out, rates whole days; by the hour those are millions of cells, by the day a ninth, by the month some thousands
-- (docs/panels.md). A question reads the coarsest that fits, and finer ones at its ends. Filled from the hours as they are; from
-- then on each owner of a shard writes its cells as it writes the others.
--
-- No worker may write meanwhile. Every step can be repeated.

CREATE OR REPLACE TABLE counts_agency_daily
(
    topic LowCardinality(String),
    epoch UInt32,
    measure LowCardinality(String),
    agency LowCardinality(String),
    bucket Date,
    `partition` UInt32,
    value Int64,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY (topic, epoch, toYYYYMM(bucket))
ORDER BY (topic, epoch, measure, agency, bucket, `partition`)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

INSERT INTO counts_agency_daily (topic, epoch, measure, agency, bucket, `partition`, value, version)
SELECT topic, epoch, measure, agency, toDate(toTimeZone(bucket, 'Asia/Ho_Chi_Minh')) AS day, `partition`, sum(value), max(version)
FROM counts_hourly FINAL
WHERE measure != '(claim)'
GROUP BY ALL;

CREATE OR REPLACE VIEW counts_agency_daily_current AS
WITH (SELECT (groupArray(topic), groupArray(epoch)) FROM current_epochs) AS current_
SELECT
    c.topic AS topic,
    c.measure AS measure,
    c.agency AS agency,
    c.bucket AS day,
    c.`partition` AS `partition`,
    c.value AS value
FROM counts_agency_daily AS c FINAL
WHERE has(current_.2, c.epoch) AND c.epoch = transform(c.topic, current_.1, current_.2, toUInt32(0));

CREATE OR REPLACE TABLE counts_monthly
(
    topic LowCardinality(String),
    epoch UInt32,
    measure LowCardinality(String),
    agency LowCardinality(String),
    bucket Date,
    `partition` UInt32,
    value Int64,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY (topic, epoch)
ORDER BY (topic, epoch, measure, agency, bucket, `partition`)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

INSERT INTO counts_monthly (topic, epoch, measure, agency, bucket, `partition`, value, version)
SELECT topic, epoch, measure, agency, toStartOfMonth(toTimeZone(bucket, 'Asia/Ho_Chi_Minh')) AS month, `partition`, sum(value), max(version)
FROM counts_hourly FINAL
WHERE measure != '(claim)'
GROUP BY ALL;

CREATE OR REPLACE VIEW counts_monthly_current AS
WITH (SELECT (groupArray(topic), groupArray(epoch)) FROM current_epochs) AS current_
SELECT
    c.topic AS topic,
    c.measure AS measure,
    c.agency AS agency,
    c.bucket AS month,
    c.`partition` AS `partition`,
    c.value AS value
FROM counts_monthly AS c FINAL
WHERE has(current_.2, c.epoch) AND c.epoch = transform(c.topic, current_.1, current_.2, toUInt32(0));
