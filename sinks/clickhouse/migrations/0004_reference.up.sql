-- Reference data: agencies, successors, procedures, targets, calendar. Each version is whole; its row in
-- `reference_versions` is written last, so that readers never see half of one. The content is part of the
-- key there, so that loaders who agree write one row; a number with two contents is never current.
--
-- Dates are Vietnamese days, [valid_from, valid_to); 1970-01-01 and 2149-06-06 mean "no bound".

CREATE TABLE IF NOT EXISTS reference_versions
(
    version UInt32,
    content String,
    loaded_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree
ORDER BY (version, content)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS agencies
(
    version UInt32,
    code String,
    name String,
    level LowCardinality(String),
    parent String,
    valid_from Date,
    valid_to Date,
    certainty LowCardinality(String),
    note String
)
ENGINE = ReplacingMergeTree
ORDER BY (version, code, valid_from)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Who goes on with what an ended agency did, on the day it ended; successor '': nobody.

CREATE TABLE IF NOT EXISTS agency_successors
(
    version UInt32,
    code String,
    successor String,
    share Float64,
    changed_on Date,
    certainty LowCardinality(String),
    note String
)
ENGINE = ReplacingMergeTree
ORDER BY (version, code, successor)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The tree as it was, for sums: on each day every known agency lies below each of its ancestors once (itself
-- included), also before it began and after it ended, where its nearest place holds. So nothing is lost.

CREATE TABLE IF NOT EXISTS agency_closure
(
    version UInt32,
    ancestor String,
    descendant String,
    depth UInt8,
    valid_from Date,
    valid_to Date
)
ENGINE = ReplacingMergeTree
ORDER BY (version, ancestor, descendant, valid_from)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The tree as it is: whose history `code` is, seen on a day in [seen_from, seen_to). Whole numbers cannot be
-- split, so exactly one row per code and day has `counted`; `share` is for those who split amounts.

CREATE TABLE IF NOT EXISTS agency_now
(
    version UInt32,
    code String,
    seen_from Date,
    seen_to Date,
    current String,
    share Float64,
    counted Bool
)
ENGINE = ReplacingMergeTree
ORDER BY (version, code, seen_from, current)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS procedures
(
    version UInt32,
    code String,
    name String,
    field LowCardinality(String),
    handled_at LowCardinality(String),
    service_level LowCardinality(String),
    duration Nullable(UInt32),
    online_duration Nullable(UInt32),
    unit LowCardinality(String),
    standard_minutes Nullable(UInt32),
    cut_off String,
    fee_due Bool,
    eligible_full Bool,
    valid_from Date,
    valid_to Date,
    certainty LowCardinality(String),
    note String
)
ENGINE = ReplacingMergeTree
ORDER BY (version, code, handled_at, valid_from)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS targets
(
    version UInt32,
    kpi LowCardinality(String),
    level LowCardinality(String),
    agency String,
    value Float64,
    valid_from Date,
    valid_to Date,
    basis String,
    certainty LowCardinality(String),
    note String
)
ENGINE = ReplacingMergeTree
ORDER BY (version, kpi, level, agency, valid_from)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS calendar
(
    version UInt32,
    day Date,
    kind LowCardinality(String),
    name String,
    certainty LowCardinality(String),
    note String
)
ENGINE = ReplacingMergeTree
ORDER BY (version, day)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS hours
(
    version UInt32,
    opens String,
    closes String,
    valid_from Date,
    valid_to Date,
    certainty LowCardinality(String),
    note String
)
ENGINE = ReplacingMergeTree
ORDER BY (version, valid_from, opens)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The newest whole version; no row before the first load.

CREATE OR REPLACE VIEW current_reference AS
SELECT r.version AS version, any(r.content) AS content, min(r.loaded_at) AS loaded_at
FROM reference_versions AS r
GROUP BY r.version
HAVING uniqExact(r.content) = 1
ORDER BY r.version DESC
LIMIT 1;

CREATE OR REPLACE VIEW agencies_current AS
SELECT a.code AS code, a.name AS name, CAST(a.level AS String) AS level, a.parent AS parent,
    a.valid_from AS valid_from, a.valid_to AS valid_to, CAST(a.certainty AS String) AS certainty, a.note AS note
FROM agencies AS a FINAL
WHERE a.version IN (SELECT version FROM current_reference);

CREATE OR REPLACE VIEW agency_successors_current AS
SELECT s.code AS code, s.successor AS successor, s.share AS share, s.changed_on AS changed_on,
    CAST(s.certainty AS String) AS certainty, s.note AS note
FROM agency_successors AS s FINAL
WHERE s.version IN (SELECT version FROM current_reference);

CREATE OR REPLACE VIEW agency_closure_current AS
SELECT c.ancestor AS ancestor, c.descendant AS descendant, c.depth AS depth,
    c.valid_from AS valid_from, c.valid_to AS valid_to
FROM agency_closure AS c FINAL
WHERE c.version IN (SELECT version FROM current_reference);

CREATE OR REPLACE VIEW agency_now_current AS
SELECT n.code AS code, n.seen_from AS seen_from, n.seen_to AS seen_to, n.current AS current,
    n.share AS share, n.counted AS counted
FROM agency_now AS n FINAL
WHERE n.version IN (SELECT version FROM current_reference);

CREATE OR REPLACE VIEW procedures_current AS
SELECT p.code AS code, p.name AS name, CAST(p.field AS String) AS field,
    CAST(p.handled_at AS String) AS handled_at, CAST(p.service_level AS String) AS service_level,
    p.duration AS duration, p.online_duration AS online_duration, CAST(p.unit AS String) AS unit,
    p.standard_minutes AS standard_minutes, p.cut_off AS cut_off, p.fee_due AS fee_due,
    p.eligible_full AS eligible_full, p.valid_from AS valid_from, p.valid_to AS valid_to,
    CAST(p.certainty AS String) AS certainty, p.note AS note
FROM procedures AS p FINAL
WHERE p.version IN (SELECT version FROM current_reference);

CREATE OR REPLACE VIEW targets_current AS
SELECT CAST(t.kpi AS String) AS kpi, CAST(t.level AS String) AS level, t.agency AS agency, t.value AS value,
    t.valid_from AS valid_from, t.valid_to AS valid_to, t.basis AS basis,
    CAST(t.certainty AS String) AS certainty, t.note AS note
FROM targets AS t FINAL
WHERE t.version IN (SELECT version FROM current_reference);

CREATE OR REPLACE VIEW calendar_current AS
SELECT c.day AS day, CAST(c.kind AS String) AS kind, c.name AS name,
    CAST(c.certainty AS String) AS certainty, c.note AS note
FROM calendar AS c FINAL
WHERE c.version IN (SELECT version FROM current_reference);

CREATE OR REPLACE VIEW hours_current AS
SELECT h.opens AS opens, h.closes AS closes, h.valid_from AS valid_from, h.valid_to AS valid_to,
    CAST(h.certainty AS String) AS certainty, h.note AS note
FROM hours AS h FINAL
WHERE h.version IN (SELECT version FROM current_reference);
