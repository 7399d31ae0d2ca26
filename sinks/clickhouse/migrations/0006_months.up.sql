-- Counts in partitions by Vietnamese month: a question about a month reads that month alone, in one run per
-- measure instead of one per measure and agency; and FINAL, which costs 35 to 90 ns a row where parts overlap and 5
-- where there is one part, has only the months to merge that are still written to (docs/panels.md). A month
-- that nobody has written to for an hour becomes one part. A cell lies in the partition of its bucket, so
-- months can be merged apart from each other.
--
-- No worker may write meanwhile. Every step can be repeated: the fresh table is made anew each time.

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
PARTITION BY (topic, epoch, toYYYYMM(bucket, 'Asia/Ho_Chi_Minh'))
ORDER BY (topic, epoch, measure, agency, bucket, `partition`)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

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
PARTITION BY (topic, epoch, toYYYYMM(bucket))
ORDER BY (topic, epoch, measure, agency, bucket, procedure, field, kind, cohort, `partition`)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
    min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

INSERT INTO counts_daily_fresh SELECT * FROM counts_daily;

EXCHANGE TABLES counts_daily_fresh AND counts_daily;

DROP TABLE counts_daily_fresh SYNC;
