"""What must be right about the agency tree: parents, levels, cycles, successors."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

from schemas.reference.agency import PARENTS, Agency, Successor
from schemas.reference.mistake import Mistake
from schemas.reference.row import AgencyLevel
from schemas.reference.value import FOREVER

TWO_TIERS = date(2025, 7, 1)
"""From this day there are no districts (two-tier government, in force on 1 July 2025)."""

TOLERANCE = 1e-6
Rows = dict[str, list[Agency]]


def agency_mistakes(agencies: Sequence[Agency], successors: Sequence[Successor]) -> Iterator[Mistake]:
    """All mistakes of the tree and its successors; overlaps of one code are found elsewhere."""
    rows: Rows = {}
    for agency in sorted(agencies, key=lambda row: row.valid_from):
        rows.setdefault(agency.code, []).append(agency)
    for agency in agencies:
        yield from _levels(agency)
        yield from _parents(agency, rows)
    yield from _successions(successors, rows)
    yield from _missing(successors, rows)


def _levels(agency: Agency) -> Iterator[Mistake]:
    if agency.level is AgencyLevel.DISTRICT and agency.valid_to > TWO_TIERS:
        yield agency.wrong(
            "valid_to",
            "cấp huyện kết thúc 30/06/2025; ghi “đến trước ngày” 01/07/2025 hoặc sớm hơn",
            "districts ended on 30 June 2025; valid_to is 2025-07-01 at the latest",
        )
    if bool(agency.parent) != bool(PARENTS[agency.level]):
        yield agency.wrong(
            "parent",
            "cấp tỉnh không có cấp trên; các cấp khác phải có",
            "a province has no parent, everyone else needs one",
        )


def _parents(agency: Agency, rows: Rows) -> Iterator[Mistake]:
    if not agency.parent:
        return
    above = [row for row in rows.get(agency.parent, []) if row.meets(agency)]
    if agency.parent not in rows:
        yield agency.wrong(
            "parent", f"không có cơ quan “{agency.parent}”", f"there is no agency `{agency.parent}`"
        )
    elif _returns(agency, rows):
        yield agency.wrong(
            "parent",
            f"vòng lặp: “{agency.code}” nằm dưới chính nó",
            f"a cycle: `{agency.code}` lies below itself",
        )
    elif gap := _uncovered(agency, above):
        yield agency.wrong(
            "parent",
            f"cấp trên “{agency.parent}” không có hiệu lực ngày {gap:%d/%m/%Y}; tách dòng tại ngày đó",
            f"the parent `{agency.parent}` does not exist on {gap}; split the row there",
        )
    for row in above:
        if PARENTS[agency.level] and row.level not in PARENTS[agency.level]:
            yield agency.wrong(
                "level",
                f"cấp {agency.level.value} không thể nằm dưới cấp {row.level.value} (“{row.code}”)",
                f"a {agency.level.value} cannot lie below a {row.level.value} (`{row.code}`)",
            )


def _uncovered(agency: Agency, above: Iterable[Agency]) -> date | None:
    """The first day of the agency without its parent."""
    day = agency.valid_from
    for row in above:
        if row.valid_from > day:
            return day
        day = max(day, row.valid_to)
    return day if day < agency.valid_to else None


def _returns(agency: Agency, rows: Rows) -> bool:
    """Whether going up from the agency, on its own days, comes back to it."""
    seen, waiting = set(), [(agency.parent, agency.valid_from, agency.valid_to)]
    while waiting:
        code, start, end = waiting.pop()
        if code == agency.code:
            return True
        for row in rows.get(code, []):
            first, last = max(start, row.valid_from), min(end, row.valid_to)
            if first < last and (code, first, last) not in seen:
                seen.add((code, first, last))
                waiting.append((row.parent, first, last))
    return False


def _successions(successors: Sequence[Successor], rows: Rows) -> Iterator[Mistake]:
    together: dict[str, list[Successor]] = {}
    for row in successors:
        together.setdefault(row.code, []).append(row)
        yield from _succession(row, rows)
    for code, group in together.items():
        total = sum(row.share for row in group)
        if abs(total - 1) > TOLERANCE:
            yield group[-1].wrong(
                "share",
                f"các tỷ lệ của “{code}” cộng lại được {total:g}, phải bằng 1",
                f"the shares of `{code}` add up to {total:g}, not to 1",
            )


def _succession(row: Successor, rows: Rows) -> Iterator[Mistake]:
    for column, code in (("code", row.code), ("successor", row.successor)):
        if code and code not in rows:
            yield row.wrong(column, f"không có cơ quan “{code}”", f"there is no agency `{code}`")
    if row.code not in rows:
        return
    ended = rows[row.code][-1].valid_to
    if ended == FOREVER:
        yield row.wrong(
            "code",
            f"“{row.code}” còn hiệu lực; ghi “đến trước ngày” cho nó hoặc bỏ dòng này",
            f"`{row.code}` has not ended; give it a valid_to or take this row out",
        )
    elif row.successor in rows and not any(agency.holds(ended) for agency in rows[row.successor]):
        yield row.wrong(
            "successor",
            f"“{row.successor}” không có hiệu lực ngày {ended:%d/%m/%Y}, khi “{row.code}” đã kết thúc",
            f"`{row.successor}` does not exist on {ended}, when `{row.code}` has ended",
        )


def _missing(successors: Sequence[Successor], rows: Rows) -> Iterator[Mistake]:
    named = {row.code for row in successors}
    for code, own in rows.items():
        last = own[-1]
        if last.valid_to != FOREVER and code not in named:
            yield last.wrong(
                "valid_to",
                f"“{code}” đã kết thúc mà không có dòng kế thừa; không ai kế thừa thì để trống mã kế thừa",
                f"`{code}` has ended without a row in successors; leave `successor` empty there if nobody",
            )
        for before, after in pairwise(own):
            if after.valid_from - before.valid_to > timedelta(0) and code in named:
                yield after.wrong(
                    "valid_from",
                    f"“{code}” gián đoạn từ {before.valid_to:%d/%m/%Y} và có dòng kế thừa; dùng mã mới",
                    f"`{code}` pauses from {before.valid_to} and has successors; give it a new code",
                )
