"""Dead letters in words: as rows, one in full, and per sender what to mend. Nothing here unmasks a value."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from schemas.instant import VIETNAM
from schemas.record import fields_of
from schemas.refusal import Reason, Refusal, mask, named
from sinks.dead_letters import to_json
from streams.cli.options import Format
from streams.dead_letter import DeadLetter

NO_SOURCE = "(không rõ nguồn/unknown source)"
COLUMNS = ("refused_at", "place", "source", "reason", "field", "value")
WIDTH = 200


def place(letter: DeadLetter) -> str:
    """Where the record lies, as `show` takes it."""
    return f"{letter.topic}/{letter.partition}/{letter.offset}"


def listed(letters: Sequence[DeadLetter], format: Format) -> str:
    """One row per letter; JSON has all fields of the dead letter."""
    if format is Format.JSON:
        return json.dumps([json.loads(to_json(letter)) for letter in letters], ensure_ascii=False) + "\n"
    rows = [_row(letter) for letter in letters]
    output = io.StringIO()
    if format is Format.CSV:
        csv.writer(output, lineterminator="\n").writerows([COLUMNS, *rows])
    else:
        table = Table(*COLUMNS, box=None, pad_edge=False)
        for row in rows:
            table.add_row(*row)
        Console(file=output, width=WIDTH, color_system=None, markup=False).print(table)
    return output.getvalue()


def shown(letter: DeadLetter, record: bytes | None) -> str:
    """One letter in full."""
    source = letter.source or NO_SOURCE
    return "\n".join(
        [
            f"{place(letter)}  {source}  {_time(letter)}",
            f"{letter.reason}: {letter.reason_vi}",
            f"{' ' * len(letter.reason)}  {letter.reason_en}",
            *([f"trường/field: {letter.field} = {letter.value}"] if letter.field else []),
            *_shape(letter, record),
        ]
    )


def summarised(letters: Iterable[DeadLetter]) -> str:
    """Per sender, in Vietnamese: how many, since when, and what to mend, the most frequent first."""
    senders: dict[str, list[DeadLetter]] = {}
    for letter in letters:
        senders.setdefault(letter.source or NO_SOURCE, []).append(letter)
    parts = [_sender(name, senders[name]) for name in sorted(senders, key=lambda name: -len(senders[name]))]
    return "\n".join(parts) or "Không có bản tin nào bị từ chối. / Nothing is refused.\n"


def _sender(source: str, letters: Sequence[DeadLetter]) -> str:
    first, last = _time(letters[0]), _time(letters[-1])
    causes: dict[tuple[str, str], list[DeadLetter]] = {}
    for letter in letters:
        causes.setdefault((letter.reason, letter.field), []).append(letter)
    lines = [f"{source}: {_number(len(letters))} bản tin bị từ chối, từ {first} đến {last}. Cần sửa:"]
    for found in sorted(causes.values(), key=len, reverse=True):
        example = found[-1]
        value = f", giá trị dạng “{example.value}”" if example.value else ""
        lines.append(f"  {_number(len(found))} × {example.reason_vi}")
        lines.append(f"      ({example.reason}; ví dụ {place(example)}{value})")
    return "\n".join(lines) + "\n"


def _shape(letter: DeadLetter, record: bytes | None) -> list[str]:
    if letter.reason == Reason.SECRET.code:
        return ["nội dung không được hiển thị/the content is not shown"]
    if record is None:
        return ["bản tin không còn trong Kafka/the record is not in the log any more"]
    try:
        fields = fields_of(record)
    except Refusal:
        return [f"{len(record):,} byte, không đọc được/not readable"]
    data = fields.get("data")
    flat = fields if not isinstance(data, Mapping) else {k: v for k, v in fields.items() if k != "data"}
    inner = {f"data.{k}": v for k, v in data.items()} if isinstance(data, Mapping) else {}
    return [f"  {named(name)} = {mask(value)}" for name, value in {**flat, **inner}.items()]


def _row(letter: DeadLetter) -> tuple[str, ...]:
    return (_time(letter), place(letter), letter.source, letter.reason, letter.field, letter.value)


def _time(letter: DeadLetter) -> str:
    return f"{letter.refused_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}"


def _number(value: int) -> str:
    return f"{value:,}".replace(",", ".")
