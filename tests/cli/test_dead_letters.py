"""Dead letters on a real broker: listed, shown, summed up, sent again as they are, by a mapping or a file."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from schemas.event import read
from schemas.record import fields_of
from schemas.refusal import Reason, Refusal
from sinks.dead_letter_log import DeadLetterLog, _runs
from sinks.dead_letters import DeadLetterTopic, key
from streams.broker import Broker
from streams.checkpoint import StoreError
from streams.cli.main import app
from streams.clock import system_clock
from streams.dead_letter import DeadLetter
from streams.settings import Settings
from streams.shard import Shard
from streams.topics import ensure
from tests.clients import Client
from tests.gateway.door import EVENT

LETTERS, TOPIC = "reform.dead-letters", "reform.dossiers"
COLOURED = EVENT | {"id": "1", "data": {"agency": "H51", "kenh": "truc tuyen"}}
LATE = EVENT | {"id": "2", "time": "01/07/2022", "source": "/h51/portal"}
PERSONAL = EVENT | {"id": "3", "subject": "0912345678"}
SECRET = EVENT | {"id": "4", "data": {"agency": "H51", "do_mat": "Mật", "note": "kho K9"}}
ELSEWHERE = EVENT | {
    "id": "5",
    "type": "vn.reform.document.issued.v1",
    "subject": "D-1",
    "data": {"agency": "H51"},
}
RECORDS = [
    *(
        json.dumps(event, ensure_ascii=False).encode()
        for event in (COLOURED, LATE, PERSONAL, SECRET, ELSEWHERE)
    ),
    b'{"id": "6", "source": "/h51/one-stop"',
]
MAPPING = """
[rename]
"data.kenh" = "data.channel"
[values."data.channel"]
"truc tuyen" = "online"
[set]
"data.service_level" = "full"
"""


class Refusals:
    """A broker with some refused records, as the worker leaves them, and the commands."""

    def __init__(self, bootstrap: str, folder: Path) -> None:
        self.bootstrap, self.folder, self.client = bootstrap, folder, Client(bootstrap)
        ensure(Settings(kafka=bootstrap, partitions=1), [TOPIC, "reform.documents", LETTERS])
        self.client.produce(TOPIC, [json.dumps(EVENT).encode()])
        self.letters = [self.letter(n, record) for n, record in enumerate(RECORDS, 1)]
        self.client.produce(TOPIC, RECORDS)
        self.refuse(self.letters)

    def letter(self, offset: int, record: bytes) -> DeadLetter:
        source = "" if offset == 6 else json.loads(record)["source"]
        at = datetime.now(UTC) + timedelta(seconds=offset)
        try:
            event = read(record, system_clock())
            refusal = Refusal(Reason.WRONG_TOPIC, "type", event.type)
        except Refusal as found:
            refusal = found
        return DeadLetter.of(Shard(TOPIC, 0), offset, source, refusal, at)

    def refuse(self, letters: Sequence[DeadLetter]) -> None:
        topic = DeadLetterTopic(self.bootstrap, LETTERS)
        topic.write(letters)
        topic.close()

    def run(self, *words: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, ["dead-letters", *words, "--kafka", self.bootstrap])
        assert result.exit_code == code, f"{result.output}{result.exception}"
        return result.output

    def open(self, *words: str) -> list[dict[str, Any]]:
        return json.loads(self.run("list", "--format", "json", *words))

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def sent(self, topic: str, start: int) -> list[dict[str, Any]]:
        end = self.client.ends(topic)[0]
        found = self.client.read(topic, end - start, start=start) if end > start else []
        return [json.loads(message.value() or b"") for message in found]


@pytest.fixture
def refusals(tmp_path: Path) -> Iterator[Refusals]:
    with Broker() as broker:
        yield Refusals(broker.bootstrap, tmp_path)


def offsets(letters: list[dict[str, Any]]) -> list[int]:
    return [letter["offset"] for letter in letters]


def test_listed_by_what_is_asked_for(refusals: Refusals) -> None:
    assert offsets(refusals.open()) == [1, 2, 3, 4, 5, 6]
    assert offsets(refusals.open("--source", "/h51/one-stop")) == [1, 3, 4, 5]
    assert offsets(refusals.open("--source", "/h51")) == [1, 2, 3, 4, 5]
    assert offsets(refusals.open("--reason", "bad_time")) == [2]
    assert offsets(refusals.open("--field", "data.kenh")) == [1]
    assert offsets(refusals.open("--topic", "reform.tasks")) == []
    assert offsets(refusals.open("--until", "2022-07-01")) == []
    assert offsets(refusals.open("--since", refusals.letters[4].refused_at.isoformat())) == [5, 6]
    assert refusals.open()[0]["reason_vi"].startswith("Trường “data.kenh” không có trong hợp đồng")
    table = refusals.run("list", "--limit", "2")
    assert f"{TOPIC}/0/6" in table
    assert f"{TOPIC}/0/4" not in table
    assert "... 4 older ones" in table
    assert refusals.run("list", "--format", "csv").splitlines()[2].endswith(",bad_time,time,99/99/9999")


def test_a_letter_that_came_twice_is_one(refusals: Refusals) -> None:
    refusals.refuse(refusals.letters[:2])
    assert len(refusals.open()) == 6


def test_shown_masked_with_the_shape_of_its_record(refusals: Refusals) -> None:
    told = refusals.run("show", f"{TOPIC}/0/3")
    assert "personal_data: Trường “subject” giống dữ liệu cá nhân" in told
    assert "  subject = 9999999999" in told
    assert "  data.agency = x99" in told
    everything = told + refusals.run("show", f"{TOPIC}/0/4") + refusals.run("show", f"{TOPIC}/0/6")
    assert "nội dung không được hiển thị" in everything
    assert "không đọc được" in everything
    assert not [secret for secret in ("0912345678", "Mật", "kho", "K9", "x99999") if secret in everything]
    assert "there is no open dead letter t/0/1" in refusals.run("show", "t/0/1", code=2)


def test_each_sender_is_told_in_vietnamese_what_to_mend(refusals: Refusals) -> None:
    told = refusals.run("summary")
    assert "/h51/one-stop: 4 bản tin bị từ chối, từ " in told
    assert "  1 × Thời điểm ở trường “time” phải theo RFC 3339" in told
    assert f"(bad_time; ví dụ {TOPIC}/0/2, giá trị dạng “99/99/9999”)" in told
    assert "(không rõ nguồn/unknown source): 1 bản tin" in told
    assert "0912345678" not in told
    assert "Không có bản tin nào bị từ chối" in refusals.run("summary", "--source", "/h52")


def test_sent_again_as_it_is_what_lay_in_the_wrong_topic(refusals: Refusals) -> None:
    words = ("retry", "--reason", "wrong_topic")
    assert "would send 1 events" in refusals.run(*words, "--dry-run")
    assert refusals.sent("reform.documents", 0) == []
    assert refusals.run(*words) == "sent 1 events\n"
    assert refusals.sent("reform.documents", 0) == [ELSEWHERE]
    assert 5 not in offsets(refusals.open())
    assert refusals.run(*words) == "sent 0 events\n"


def test_sent_again_by_a_mapping(refusals: Refusals) -> None:
    mapping = refusals.file("mapping.toml", MAPPING)
    told = refusals.run("retry", "--reason", "unknown_field", "--mapping", mapping)
    assert told == "sent 1 events\n"
    data = {"agency": "H51", "channel": "online", "service_level": "full"}
    assert refusals.sent(TOPIC, 7) == [COLOURED | {"data": data}]
    assert offsets(refusals.open()) == [2, 3, 4, 5, 6]


def test_what_no_mapping_mends_stays_and_secrets_never_leave(refusals: Refusals) -> None:
    mapping = refusals.file("mapping.toml", MAPPING)
    drop = refusals.file("drop.toml", 'drop = ["data.do_mat", "data.note"]')
    told = refusals.run("retry", "--mapping", drop, "--reason", "secret", code=1)
    assert told.startswith("sent 0 events\nstill refused: 1 x Có dấu chỉ độ mật.")
    told = refusals.run("retry", "--mapping", mapping, code=1)
    assert told.startswith("sent 1 events\nstill refused: 1 x ")
    assert offsets(refusals.open()) == [2, 3, 4, 5, 6]


def test_sent_again_replaced_by_corrected_events(refusals: Refusals) -> None:
    mended = LATE | {"time": "2022-07-01T00:00:00+07:00"}
    stranger = EVENT | {"id": "of nobody"}
    lines = "\n".join(json.dumps(event) for event in (mended, stranger))
    told = refusals.run("retry", "--corrected", refusals.file("mended.ndjson", lines), code=1)
    assert told.splitlines() == [
        "sent 1 events",
        "not in the corrected file: 5; they stay as they are",
        "in the file, but no open dead letter with that source and id: 1",
    ]
    assert refusals.sent(TOPIC, 7) == [mended]
    assert offsets(refusals.open()) == [1, 3, 4, 5, 6]
    bad = refusals.file("bad.ndjson", json.dumps(LATE))
    assert "bad.ndjson line 1: Thời điểm" in refusals.run("retry", "--corrected", bad, code=2)


def test_what_has_left_the_log_is_told(refusals: Refusals) -> None:
    old = DeadLetter.of(Shard(TOPIC, 0), 99, "/x", Refusal(Reason.WRONG_TOPIC), datetime.now(UTC))
    other = DeadLetter.of(Shard("reform.none", 0), 1, "/x", Refusal(Reason.WRONG_TOPIC), datetime.now(UTC))
    newer_log = DeadLetter.of(
        Shard(TOPIC, 0), 0, "/x", Refusal(Reason.WRONG_TOPIC), datetime(2022, 1, 1, tzinfo=UTC)
    )
    refusals.refuse([old, other, newer_log])
    told = refusals.run("retry", "--source", "/x", code=1)
    assert told == "sent 0 events\nnot in the log any more: 3; ask their senders for them\n"
    assert "không còn trong Kafka" in refusals.run("show", f"{TOPIC}/0/99")


def test_records_far_apart_are_found_without_reading_all_between(refusals: Refusals) -> None:
    far = [
        DeadLetter.of(Shard(TOPIC, 0), n, "/y", Refusal(Reason.WRONG_TOPIC), datetime.now(UTC))
        for n in (0, 5, 3_006)
    ]
    assert [[letter.offset for letter in run] for run in _runs(far)] == [[0, 5], [3_006]]
    refusals.client.produce(TOPIC, [b"%d" % n for n in range(7, 3_010)])
    with DeadLetterLog(refusals.bootstrap, LETTERS) as log:
        found = {letter.offset: record for letter, record in log.originals(far)}
    assert found[3_006] == b"3006"
    assert fields_of(found[0]) == EVENT


def test_settled_by_a_record_without_a_value_under_its_key(refusals: Refusals) -> None:
    refusals.run("retry", "--reason", "wrong_topic")
    (settled,) = refusals.client.read(LETTERS, 1, start=6)
    assert (settled.key(), settled.value()) == (key(refusals.letters[4]), None)
    refusals.refuse([refusals.letters[4]])
    assert 5 in offsets(refusals.open())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("list", "--reason", "bad_tim"), "did you mean `bad_time`?"),
        (("list", "--since", "yesterday"), "--since `yesterday`: write 2022-07-01"),
        (("retry", "--mapping", "a", "--corrected", "b"), "choose one"),
        (("retry", "--mapping", "none.toml"), "none.toml"),
    ],
)
def test_wrong_use_is_told(refusals: Refusals, words: tuple[str, ...], told: str) -> None:
    assert told in refusals.run(*words, code=2)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[rename]\n"a.b" = "c"', "rename.a.b"),
        ("colour = 1", "colour: Extra inputs"),
        ('set = {"x" = 1.5}', "set.x"),
        ("=", "Invalid"),
    ],
)
def test_a_mapping_that_is_none_is_told(refusals: Refusals, text: str, told: str) -> None:
    found = refusals.run("retry", "--mapping", refusals.file("m.toml", text), code=2)
    assert "m.toml: " in found
    assert told in found


def test_no_broker_is_told() -> None:
    with (
        DeadLetterLog("127.0.0.1:9", LETTERS, patience=0.5) as log,
        pytest.raises(StoreError, match=r"Kafka at 127\.0\.0\.1:9 does not answer"),
    ):
        log.open_letters()
