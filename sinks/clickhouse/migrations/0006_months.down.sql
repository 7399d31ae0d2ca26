-- It can run again when the tables are gone already.

CREATE OR REPLACE TABLE counts_hourly_fresh
(
    topic LowCardinality(String),
    epoch UInt32,
    measure LowCardinality(String),
    agency LowCardinality(String),
    bucket DateTime64(0, 'UTC'),
    `partition` UInt32,
    value Int64,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY (topic, epoch)
ORDER BY (topic, epoch, measure, agency, bucket, `partition`)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS counts_hourly AS counts_hourly_fresh;

INSERT INTO counts_hourly_fresh SELECT * FROM counts_hourly;

EXCHANGE TABLES counts_hourly_fresh AND counts_hourly;

DROP TABLE counts_hourly_fresh SYNC;

CREATE OR REPLACE TABLE counts_daily_fresh
(
    topic LowCardinality(String),
    epoch UInt32,
    measure LowCardinality(String),
    agency LowCardinality(String),
    procedure LowCardinality(String),
    field LowCardinality(String),
    kind LowCardinality(String),
    cohort Date,
    bucket Date,
    `partition` UInt32,
    value Int64,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY (topic, epoch)
ORDER BY (topic, epoch, measure, agency, bucket, procedure, field, kind, cohort, `partition`)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS counts_daily AS counts_daily_fresh;

INSERT INTO counts_daily_fresh SELECT * FROM counts_daily;

EXCHANGE TABLES counts_daily_fresh AND counts_daily;

DROP TABLE counts_daily_fresh SYNC;
