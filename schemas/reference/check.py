"""What must be right about reference data as a whole; `row.py` and the tables check single rows."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import combinations

from schemas.catalogue import Catalogue
from schemas.reference.calendar import Hours
from schemas.reference.check_agencies import agency_mistakes
from schemas.reference.mistake import Mistake
from schemas.reference.row import DatedRow, Row
from schemas.reference.tables import Reference
from schemas.reference.target import Target


def mistakes(reference: Reference, catalogue: Catalogue) -> list[Mistake]:
    """Everything that is wrong, in the order of files and rows; empty: it may be loaded."""
    found = [m for rows in reference.rows.values() for m in twice(rows)]
    found += agency_mistakes(reference.agencies, reference.successors)
    found += _targets(reference, catalogue)
    found += _hours(reference.hours)
    return sorted(dict.fromkeys(found))


def twice(rows: Iterable[Row]) -> Iterator[Mistake]:
    """Rows that say something twice about one thing: at all, or for some same days."""
    by_key: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        for other in by_key.setdefault(row.key, []):
            if not isinstance(row, DatedRow) or (isinstance(other, DatedRow) and row.meets(other)):
                named = " ".join(part for part in row.key if part)
                yield row.wrong(
                    "", f"“{named}” trùng thời gian với {other.place}", f"`{named}` overlaps {other.place}"
                )
        by_key[row.key].append(row)


def _targets(reference: Reference, catalogue: Catalogue) -> Iterator[Mistake]:
    ratios = {figure.name for figure in catalogue.kpis}
    known = {figure.name for figure in catalogue.figures}
    for row in reference.targets:
        if row.kpi not in known:
            near = ", ".join(get_close_matches(row.kpi, known, 2)) or "reform-pulse kpis"
            yield row.wrong(
                "kpi", f"không có chỉ tiêu “{row.kpi}”; gần nhất: {near}", f"no KPI `{row.kpi}`; see {near}"
            )
        elif row.kpi in ratios and row.value > 1:
            yield row.wrong(
                "value", f"tỷ lệ {row.value:g} lớn hơn 1; ghi 0,9 hoặc 90 %", "a ratio; write 0.9 or 90 %"
            )
        yield from _for_whom(reference, row)


def _for_whom(reference: Reference, row: Target) -> Iterator[Mistake]:
    if bool(row.level) == bool(row.agency):
        yield row.wrong(
            "agency", "ghi mã cơ quan hoặc cấp, không cả hai", "give an agency or a level, not both or none"
        )
    elif row.agency and not (own := [a for a in reference.agencies if a.code == row.agency]):
        yield row.wrong("agency", f"không có cơ quan “{row.agency}”", f"there is no agency `{row.agency}`")
    elif row.agency and not any(row.meets(agency) for agency in own):
        yield row.wrong(
            "agency",
            f"cơ quan “{row.agency}” không tồn tại trong thời gian của chỉ tiêu",
            f"the agency `{row.agency}` does not exist while this target holds",
        )


def _hours(hours: Iterable[Hours]) -> Iterator[Mistake]:
    for first, other in combinations(hours, 2):
        same = first.key == other.key  # said already
        if not same and first.meets(other) and first.opens < other.closes and other.opens < first.closes:
            yield other.wrong("opens", f"trùng giờ với {first.place}", f"overlaps {first.place}")
