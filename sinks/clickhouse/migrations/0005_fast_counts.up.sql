-- The same cells, eight times faster to add up (a year of two measures, 9.4 million cells: 68 ms of CPU instead
-- of 527). Asking for each row whether (topic, epoch) is in a set is dear: the current epochs are few, so they
-- are looked up by topic as a constant. `IN` before it stays for the partitions of superseded epochs, which it
-- leaves out unread. LowCardinality stays as it is: it reads as text everywhere, and a CAST per row is dear too.

CREATE OR REPLACE VIEW counts_hourly_current AS
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

CREATE OR REPLACE VIEW counts_daily_current AS
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
