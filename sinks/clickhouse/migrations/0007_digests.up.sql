-- What the board showed: every figure of every agency as it stood when a Vietnamese day had ended. Kept for
-- ever: this is what was published, whatever came later.
--
-- The rows of a digest are written first, its head last, so that nobody reads half of one; of several heads
-- of a day the first one holds, so that taking it again changes nothing.

CREATE TABLE IF NOT EXISTS digests
(
    day Date,
    taken_at DateTime64(3, 'UTC'),
    reference UInt32
)
ENGINE = ReplacingMergeTree
ORDER BY (day, taken_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- `agency` '': all. What had neither numerator nor denominator has no row.

CREATE TABLE IF NOT EXISTS digest_figures
(
    day Date,
    taken_at DateTime64(3, 'UTC'),
    agency String,
    kpi LowCardinality(String),
    version LowCardinality(String),
    rule LowCardinality(String),
    numerator Float64,
    denominator Nullable(Float64),
    value Nullable(Float64)
)
ENGINE = ReplacingMergeTree
PARTITION BY toYear(day)
ORDER BY (day, taken_at, agency, kpi)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Up to where each log was counted then: what has a greater offset came later. `identity`: of which log.

CREATE TABLE IF NOT EXISTS digest_reached
(
    day Date,
    taken_at DateTime64(3, 'UTC'),
    topic LowCardinality(String),
    `partition` UInt32,
    identity String,
    next_offset Int64
)
ENGINE = ReplacingMergeTree
ORDER BY (day, taken_at, topic, `partition`, identity)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE OR REPLACE VIEW digests_current AS
SELECT
    day,
    min(taken_at) AS first_at,
    argMin(reference, taken_at) AS reference
FROM digests
GROUP BY day;
