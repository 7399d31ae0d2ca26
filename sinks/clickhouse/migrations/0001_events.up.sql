-- Events: every accepted event as it came, immutable, once per (source, id); the ground for `verify`,
-- `explain` and `rebuild`.
--
-- The key leads with entity, day and subject, so that a recount of some days and the history of one entity
-- within them both read few granules. Nothing mutable is in the key, so a replay finds its own row.

CREATE TABLE IF NOT EXISTS events
(
    entity LowCardinality(String),
    type LowCardinality(String),
    source LowCardinality(String),
    id String,
    subject String,
    time DateTime64(6, 'UTC'),
    topic LowCardinality(String),
    `partition` UInt32,
    offset Int64,
    event String CODEC(ZSTD),
    day Date MATERIALIZED toDate(time, 'Asia/Ho_Chi_Minh')
)
ENGINE = ReplacingMergeTree
PARTITION BY toYear(day)
ORDER BY (entity, day, subject, source, id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
