"""The table of counts that the peers write to ClickHouse: absolute values, the last version wins."""

MEASURES = ("received", "online", "online_full", "paid_online", "ended", "on_time")
COLUMNS = ("agency", "day", *MEASURES, "version")
CREATE = (
    f"CREATE TABLE counts (agency String, day Int32, {', '.join(f'{name} Int64' for name in MEASURES)}, "
    "version UInt64) ENGINE = ReplacingMergeTree(version) ORDER BY (agency, day) "
    "SETTINGS fsync_after_insert = 1"
)
NEWEST = (
    f"SELECT agency, day, {', '.join(MEASURES)} FROM counts FINAL "
    f"WHERE ({', '.join(MEASURES)}) != (0, 0, 0, 0, 0, 0) ORDER BY agency, day"
)
