-- States: what the events so far say about each entity (design, invariant 1).
--
-- A register is SimpleAggregateFunction(max, Tuple(version, value)): the merge of parts is the merge of
-- registers, so duplicates, disorder and partial rows (columns left out) cannot change a state.
-- Unset values: '' for text, 1970-01-01 for times, 0 for flags (1 false, 2 true), -1 for whole numbers.
-- `partition` records the shard: (epoch number, Kafka partition).
--
-- Parts stay compact up to 256 MiB: a wide part of `dossiers` is 140 files, each of them an fsync per insert.
--
-- Beware: `FROM dossiers FINAL` with `agency.value` reads the subcolumn past the merge and gives a wrong
-- answer without an error (ClickHouse 26.9). Write tupleElement(agency, 'value'), or query the views.

CREATE TABLE IF NOT EXISTS dossiers
(
    subject String,
    `partition` SimpleAggregateFunction(max, Tuple(version UInt64, value UInt32)),
    agency SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    receiving_agency SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    procedure SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    field SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    service_level SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    channel SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    applicant_kind SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    submitted_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    accept_due_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    received_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    refused_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    original_due_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    due_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    fee_due SimpleAggregateFunction(max, Tuple(version UInt64, value UInt8)),
    paid_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    paid_channel SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    supplements SimpleAggregateFunction(max, Int64) DEFAULT -1,
    waiting_since SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    waited_minutes SimpleAggregateFunction(max, Tuple(version UInt64, value Int64)) DEFAULT (0, -1),
    stopped_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    ended_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    outcome SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    result_file SimpleAggregateFunction(max, Tuple(version UInt64, value UInt8)),
    returned_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    return_channel SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    components_digitised SimpleAggregateFunction(max, Tuple(version UInt64, value UInt8)),
    result_digitised SimpleAggregateFunction(max, Tuple(version UInt64, value UInt8)),
    data_reused SimpleAggregateFunction(max, Tuple(version UInt64, value UInt8)),
    identity_verified SimpleAggregateFunction(max, Tuple(version UInt64, value UInt8)),
    apologised_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    excused SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    satisfied SimpleAggregateFunction(max, Tuple(version UInt64, value UInt8)),
    synced_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    voided SimpleAggregateFunction(max, Tuple(version UInt64, value UInt8))
)
ENGINE = AggregatingMergeTree
ORDER BY subject
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_bytes_for_wide_part = 268435456;

CREATE TABLE IF NOT EXISTS documents
(
    subject String,
    `partition` SimpleAggregateFunction(max, Tuple(version UInt64, value UInt32)),
    agency SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    kind SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    form SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    issued_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    signed_person_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    signed_agency_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    sent_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    recalled_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    voided SimpleAggregateFunction(max, Tuple(version UInt64, value UInt8))
)
ENGINE = AggregatingMergeTree
ORDER BY subject
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_bytes_for_wide_part = 268435456;

CREATE TABLE IF NOT EXISTS payments
(
    subject String,
    `partition` SimpleAggregateFunction(max, Tuple(version UInt64, value UInt32)),
    dossier SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    agency SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    amount SimpleAggregateFunction(max, Tuple(version UInt64, value Int64)) DEFAULT (0, -1),
    requested_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    settled_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    channel SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    status SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    voided SimpleAggregateFunction(max, Tuple(version UInt64, value UInt8))
)
ENGINE = AggregatingMergeTree
ORDER BY subject
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_bytes_for_wide_part = 268435456;

CREATE TABLE IF NOT EXISTS services
(
    subject String,
    `partition` SimpleAggregateFunction(max, Tuple(version UInt64, value UInt32)),
    agency SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    procedure SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    field SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    level SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    eligible_full SimpleAggregateFunction(max, Tuple(version UInt64, value UInt8)),
    fee_due SimpleAggregateFunction(max, Tuple(version UInt64, value UInt8)),
    payment_integrated SimpleAggregateFunction(max, Tuple(version UInt64, value UInt8)),
    standard_minutes SimpleAggregateFunction(max, Tuple(version UInt64, value Int64)) DEFAULT (0, -1),
    offered_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    withdrawn_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC')))
)
ENGINE = AggregatingMergeTree
ORDER BY subject
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_bytes_for_wide_part = 268435456;

CREATE TABLE IF NOT EXISTS feedback
(
    subject String,
    `partition` SimpleAggregateFunction(max, Tuple(version UInt64, value UInt32)),
    agency SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    received_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    due_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    answered_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    refused_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    satisfied SimpleAggregateFunction(max, Tuple(version UInt64, value UInt8)),
    voided SimpleAggregateFunction(max, Tuple(version UInt64, value UInt8))
)
ENGINE = AggregatingMergeTree
ORDER BY subject
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_bytes_for_wide_part = 268435456;

CREATE TABLE IF NOT EXISTS tasks
(
    subject String,
    `partition` SimpleAggregateFunction(max, Tuple(version UInt64, value UInt32)),
    agency SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    kind SimpleAggregateFunction(max, Tuple(version UInt64, value String)),
    assigned_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    due_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    done_at SimpleAggregateFunction(max, Tuple(version UInt64, value DateTime64(6, 'UTC'))),
    voided SimpleAggregateFunction(max, Tuple(version UInt64, value UInt8))
)
ENGINE = AggregatingMergeTree
ORDER BY subject
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_bytes_for_wide_part = 268435456;

-- The states in plain types, unset as NULL, merged: what people, dashboards and conditions read.

CREATE OR REPLACE VIEW dossiers_current AS
SELECT
    s.subject AS subject,
    tupleElement(s.`partition`, 'value') AS `partition`,
    nullIf(tupleElement(s.agency, 'value'), '') AS agency,
    nullIf(tupleElement(s.receiving_agency, 'value'), '') AS receiving_agency,
    nullIf(tupleElement(s.procedure, 'value'), '') AS procedure,
    nullIf(tupleElement(s.field, 'value'), '') AS field,
    nullIf(tupleElement(s.service_level, 'value'), '') AS service_level,
    nullIf(tupleElement(s.channel, 'value'), '') AS channel,
    nullIf(tupleElement(s.applicant_kind, 'value'), '') AS applicant_kind,
    toTimeZone(nullIf(tupleElement(s.submitted_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS submitted_at,
    toTimeZone(nullIf(tupleElement(s.accept_due_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS accept_due_at,
    toTimeZone(nullIf(tupleElement(s.received_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS received_at,
    toTimeZone(nullIf(tupleElement(s.refused_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS refused_at,
    toTimeZone(nullIf(tupleElement(s.original_due_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS original_due_at,
    toTimeZone(nullIf(tupleElement(s.due_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS due_at,
    CAST(nullIf(tupleElement(s.fee_due, 'value'), 0) = 2 AS Nullable(Bool)) AS fee_due,
    toTimeZone(nullIf(tupleElement(s.paid_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS paid_at,
    nullIf(tupleElement(s.paid_channel, 'value'), '') AS paid_channel,
    CAST(nullIf(s.supplements, -1) AS Nullable(Int64)) AS supplements,
    toTimeZone(nullIf(tupleElement(s.waiting_since, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS waiting_since,
    if(tupleElement(s.waited_minutes, 'version') = 0, NULL, nullIf(tupleElement(s.waited_minutes, 'value'), -1)) AS waited_minutes,
    toTimeZone(nullIf(tupleElement(s.stopped_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS stopped_at,
    toTimeZone(nullIf(tupleElement(s.ended_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS ended_at,
    nullIf(tupleElement(s.outcome, 'value'), '') AS outcome,
    CAST(nullIf(tupleElement(s.result_file, 'value'), 0) = 2 AS Nullable(Bool)) AS result_file,
    toTimeZone(nullIf(tupleElement(s.returned_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS returned_at,
    nullIf(tupleElement(s.return_channel, 'value'), '') AS return_channel,
    CAST(nullIf(tupleElement(s.components_digitised, 'value'), 0) = 2 AS Nullable(Bool)) AS components_digitised,
    CAST(nullIf(tupleElement(s.result_digitised, 'value'), 0) = 2 AS Nullable(Bool)) AS result_digitised,
    CAST(nullIf(tupleElement(s.data_reused, 'value'), 0) = 2 AS Nullable(Bool)) AS data_reused,
    CAST(nullIf(tupleElement(s.identity_verified, 'value'), 0) = 2 AS Nullable(Bool)) AS identity_verified,
    toTimeZone(nullIf(tupleElement(s.apologised_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS apologised_at,
    nullIf(tupleElement(s.excused, 'value'), '') AS excused,
    CAST(nullIf(tupleElement(s.satisfied, 'value'), 0) = 2 AS Nullable(Bool)) AS satisfied,
    toTimeZone(nullIf(tupleElement(s.synced_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS synced_at,
    CAST(tupleElement(s.voided, 'value') = 2 AS Nullable(Bool)) AS voided
FROM dossiers AS s FINAL;

CREATE OR REPLACE VIEW documents_current AS
SELECT
    s.subject AS subject,
    tupleElement(s.`partition`, 'value') AS `partition`,
    nullIf(tupleElement(s.agency, 'value'), '') AS agency,
    nullIf(tupleElement(s.kind, 'value'), '') AS kind,
    nullIf(tupleElement(s.form, 'value'), '') AS form,
    toTimeZone(nullIf(tupleElement(s.issued_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS issued_at,
    toTimeZone(nullIf(tupleElement(s.signed_person_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS signed_person_at,
    toTimeZone(nullIf(tupleElement(s.signed_agency_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS signed_agency_at,
    toTimeZone(nullIf(tupleElement(s.sent_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS sent_at,
    toTimeZone(nullIf(tupleElement(s.recalled_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS recalled_at,
    CAST(tupleElement(s.voided, 'value') = 2 AS Nullable(Bool)) AS voided
FROM documents AS s FINAL;

CREATE OR REPLACE VIEW payments_current AS
SELECT
    s.subject AS subject,
    tupleElement(s.`partition`, 'value') AS `partition`,
    nullIf(tupleElement(s.dossier, 'value'), '') AS dossier,
    nullIf(tupleElement(s.agency, 'value'), '') AS agency,
    if(tupleElement(s.amount, 'version') = 0, NULL, nullIf(tupleElement(s.amount, 'value'), -1)) AS amount,
    toTimeZone(nullIf(tupleElement(s.requested_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS requested_at,
    toTimeZone(nullIf(tupleElement(s.settled_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS settled_at,
    nullIf(tupleElement(s.channel, 'value'), '') AS channel,
    nullIf(tupleElement(s.status, 'value'), '') AS status,
    CAST(tupleElement(s.voided, 'value') = 2 AS Nullable(Bool)) AS voided
FROM payments AS s FINAL;

CREATE OR REPLACE VIEW services_current AS
SELECT
    s.subject AS subject,
    tupleElement(s.`partition`, 'value') AS `partition`,
    nullIf(tupleElement(s.agency, 'value'), '') AS agency,
    nullIf(tupleElement(s.procedure, 'value'), '') AS procedure,
    nullIf(tupleElement(s.field, 'value'), '') AS field,
    nullIf(tupleElement(s.level, 'value'), '') AS level,
    CAST(nullIf(tupleElement(s.eligible_full, 'value'), 0) = 2 AS Nullable(Bool)) AS eligible_full,
    CAST(nullIf(tupleElement(s.fee_due, 'value'), 0) = 2 AS Nullable(Bool)) AS fee_due,
    CAST(nullIf(tupleElement(s.payment_integrated, 'value'), 0) = 2 AS Nullable(Bool)) AS payment_integrated,
    if(tupleElement(s.standard_minutes, 'version') = 0, NULL, nullIf(tupleElement(s.standard_minutes, 'value'), -1)) AS standard_minutes,
    toTimeZone(nullIf(tupleElement(s.offered_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS offered_at,
    toTimeZone(nullIf(tupleElement(s.withdrawn_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS withdrawn_at
FROM services AS s FINAL;

CREATE OR REPLACE VIEW feedback_current AS
SELECT
    s.subject AS subject,
    tupleElement(s.`partition`, 'value') AS `partition`,
    nullIf(tupleElement(s.agency, 'value'), '') AS agency,
    toTimeZone(nullIf(tupleElement(s.received_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS received_at,
    toTimeZone(nullIf(tupleElement(s.due_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS due_at,
    toTimeZone(nullIf(tupleElement(s.answered_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS answered_at,
    toTimeZone(nullIf(tupleElement(s.refused_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS refused_at,
    CAST(nullIf(tupleElement(s.satisfied, 'value'), 0) = 2 AS Nullable(Bool)) AS satisfied,
    CAST(tupleElement(s.voided, 'value') = 2 AS Nullable(Bool)) AS voided
FROM feedback AS s FINAL;

CREATE OR REPLACE VIEW tasks_current AS
SELECT
    s.subject AS subject,
    tupleElement(s.`partition`, 'value') AS `partition`,
    nullIf(tupleElement(s.agency, 'value'), '') AS agency,
    nullIf(tupleElement(s.kind, 'value'), '') AS kind,
    toTimeZone(nullIf(tupleElement(s.assigned_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS assigned_at,
    toTimeZone(nullIf(tupleElement(s.due_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS due_at,
    toTimeZone(nullIf(tupleElement(s.done_at, 'value'), toDateTime64(0, 6, 'UTC')), 'Asia/Ho_Chi_Minh') AS done_at,
    CAST(tupleElement(s.voided, 'value') = 2 AS Nullable(Bool)) AS voided
FROM tasks AS s FINAL;
