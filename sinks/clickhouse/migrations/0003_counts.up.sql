-- Epochs: one log of a topic counted by one set of definitions (design, invariant 6).
-- The content is part of the key, so that openers who agree write one row.

CREATE TABLE IF NOT EXISTS epochs
(
    topic LowCardinality(String),
    epoch UInt32,
    identity String,
    partitions UInt32,
    fingerprint String,
    opened_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree
ORDER BY (topic, epoch, identity, partitions, fingerprint)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Progress: everything before `next_offset` of a shard is in the counts of its epoch.
-- Written last, so that it never says more than the counts hold; `written_at` is only for people.

CREATE TABLE IF NOT EXISTS progress
(
    topic LowCardinality(String),
    epoch UInt32,
    `partition` UInt32,
    next_offset Int64,
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(next_offset)
ORDER BY (topic, epoch, `partition`)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Counts: absolute values, one writer per cell; the version is the shard's next Kafka offset, so a replay
-- writes the same and a worker that lost its shard loses here too (design, invariant 4).
--
-- One partition per epoch: a superseded epoch costs a reader nothing and goes by DROP PARTITION. Within a part
-- topic and epoch are constant, so the key starts to sort at the measure: one measure of one agency over a
-- range of buckets, which is what every KPI asks for, is one run of rows. They stay in the key because
-- FINAL tells rows apart by the key alone. The shard comes last: readers sum over it.

CREATE TABLE IF NOT EXISTS counts_hourly
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

CREATE TABLE IF NOT EXISTS counts_daily
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

-- Per topic the newest epoch whose shards have all reported: readers switch over when it is complete.
-- A number that was opened with two contents (see epochs.py) is never current.

CREATE OR REPLACE VIEW current_epochs AS
SELECT CAST(topic AS String) AS topic, max(epoch) AS epoch
FROM
(
    SELECT e.topic AS topic, e.epoch AS epoch
    FROM
    (
        SELECT topic, epoch, any(partitions) AS shards
        FROM epochs
        GROUP BY topic, epoch
        HAVING uniqExact(identity, partitions, fingerprint) = 1
    ) AS e
    INNER JOIN
    (
        SELECT topic, epoch, `partition`
        FROM progress
        GROUP BY topic, epoch, `partition`
    ) AS p ON p.topic = e.topic AND p.epoch = e.epoch
    WHERE p.`partition` < e.shards
    GROUP BY e.topic, e.epoch, e.shards
    HAVING count() = e.shards
)
GROUP BY topic;

CREATE OR REPLACE VIEW counts_hourly_current AS
SELECT
    CAST(c.topic AS String) AS topic,
    CAST(c.measure AS String) AS measure,
    CAST(c.agency AS String) AS agency,
    toTimeZone(c.bucket, 'Asia/Ho_Chi_Minh') AS hour,
    c.`partition` AS `partition`,
    c.value AS value
FROM counts_hourly AS c FINAL
WHERE (c.topic, c.epoch) IN (SELECT topic, epoch FROM current_epochs);

CREATE OR REPLACE VIEW counts_daily_current AS
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
