"""Malformed events: told to whoever sends them, never shown, and no obstacle for the good ones."""

import json
from pathlib import Path

from tests.e2e import feed, metrics
from tests.e2e.kafka import Log
from tests.e2e.program import Program

TOPIC = "reform.tasks"
PARTITION = 2
STORE = ("--store", "store")
GOOD = {
    "specversion": "1.0",
    "id": "bad-1",
    "source": "/h51/tasks",
    "type": "vn.reform.task.assigned.v1",
    "subject": "T-1",
    "time": "2022-07-01T08:15:00+07:00",
    "data": {"agency": "H51.18", "kind": "plan"},
}
BAD: dict[str, bytes] = {
    "not_json": b'{"specversion": "1.0", "id": "Nguy\xe1\xbb\x85n Th\xe1\xbb\x8b Hoa',
    "unknown_field": feed.line(GOOD | {"data": GOOD["data"] | {"colour": "turquoise"}}),  # type: ignore[operator]
    "personal_data": feed.line(GOOD | {"subject": "079123456789"}),
    "secret": feed.line(GOOD | {"data": GOOD["data"] | {"secrecy": "Tối-mật-A00", "kind": "turquoise"}}),  # type: ignore[operator]
    "bad_time": feed.line(GOOD | {"time": "01/07/2022 08:15"}),
    "wrong_topic": feed.line(GOOD | {"type": "vn.reform.dossier.voided.v1", "data": {}}),
}
CONTENT = ("turquoise", "079123456789", "Hoa", "A00", "01/07/2022")
TOLD = {  # field, masked value, words of the reason
    "not_json": ("", "", "Không đọc được JSON."),
    "unknown_field": ("data.colour", "xxxxxxxxx", "“data.colour” không có trong hợp đồng dữ liệu"),
    "personal_data": ("subject", "999999999999", "“subject” giống dữ liệu cá nhân"),
    "secret": ("", "", "Văn bản mật không được gửi vào hệ thống này"),
    "bad_time": ("time", "99/99/9999 99:99", "ví dụ 2022-07-01T08:15:00+07:00"),
    "wrong_topic": ("type", "xx.xxxxxx.xxxxxxx.xxxxxx.x9", "sai chủ đề Kafka"),
}


def test_malformed_events_are_told_and_the_good_ones_counted(
    program: Program, log: Log, tmp_path: Path
) -> None:
    events = feed.slice_of(200)
    program.run("send", feed.write(tmp_path / "events.ndjson", events))
    offsets = log.put(TOPIC, BAD.values(), PARTITION)
    port = metrics.free_port()
    worker = program.start("worker", *STORE, metrics_port=port)
    worker.until(log.beyond(len(events) + len(BAD) - 1))

    refused = metrics.samples(port, "reform_pulse_events_refused_total")
    assert metrics.total(port, "reform_pulse_events_folded_total") == len(events)
    assert {labels.split('reason="')[1].split('"')[0] for labels in refused} == set(BAD)
    assert set(refused.values()) == {1.0}
    assert worker.stop() == 0

    letters = log.letters(len(BAD))
    for letter, reason, offset in zip(letters, BAD, offsets, strict=True):
        assert (letter["topic"], letter["partition"], letter["offset"]) == (TOPIC, PARTITION, offset)
        assert letter["reason"] == reason
        assert letter["source"] == ("" if reason == "not_json" else "/h51/tasks")
        field, value, words = TOLD[reason]
        assert (letter["field"], letter["value"]) == (field, value)
        assert words in letter["reason_vi"]
        assert letter["reason_en"]
    shown = json.dumps(letters, ensure_ascii=False) + worker.output
    assert not [text for text in CONTENT if text in shown]
    feed.check(program, STORE, events)


def test_too_many_refused_stop_the_worker_and_nothing_is_committed(program: Program, log: Log) -> None:
    events = feed.slice_of(200)
    log.send(events)
    for partition in range(2):
        log.put("reform.documents", [b"no event"] * 700, partition)
    worker = program.start("worker", *STORE, dead_letter_run=600)
    assert worker.ended() == 1
    last = worker.output.splitlines()[-1]
    assert last.startswith("reform-pulse: reform.documents, partition ")
    assert "700 records one after the other were refused, the last because: Không đọc được JSON" in last
    assert "dead_letter_ratio or dead_letter_run" in last
    assert not [shard for shard in log.committed() if shard.topic == "reform.documents"]

    again = program.start("worker", *STORE, dead_letter_run=1_000, dead_letter_ratio=1)
    again.until(log.beyond(len(events) + 1_400 - 1))
    assert again.stop() == 0
    assert {letter["reason"] for letter in log.letters(1_400)} == {"not_json"}
    feed.check(program, STORE, events)
