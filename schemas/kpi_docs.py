"""`docs/kpis.md`, from the built-in catalogue: Vietnamese first, then English."""

from collections.abc import Sequence

from schemas.catalogue import Amount, Catalogue, Figure, Kpi, Measure, Part, Score, Stock, Term
from schemas.docs import table

INTRODUCTION = """\
# Chỉ tiêu – KPIs

Written by `python -m schemas.publish` from `schemas/catalogue.toml`; do not edit. A province's own file
(`--catalogue FILE`, or the setting `catalogue`) replaces entries of the same name and `valid_from` and adds
others.

*Mỗi chỉ tiêu có tên, căn cứ, đơn vị, chiều tốt, ngày hiệu lực. Mẫu số bằng 0 thì không có giá trị (không phải
0 %). Ngày, giờ theo giờ Việt Nam.*

A KPI is a ratio of sums of **measures** over a period, and has no value where the denominator is 0. *As of
the end* marks a side that is a stock at the period's end; *distinct* counts different places instead of
adding up. A **stock** is what flowed in before a moment minus what flowed out before it; the moment is the
end of the period, or now if that is earlier. An **amount** is a sum over the period. A **score** gives points
for KPIs. Versions of one name may stand side by side: `name@date` names the one valid from that date.
"""
SCORE = """\
A part gives its points in full from its threshold on, below it in proportion. The value is the points got;
the numerator is the same, the denominator the points attainable with the data there are. A part without data,
or with nothing to measure, is null and not attainable, unless it says what it gives then. `{name}` has a row
for the total and one per group; `{name}.GROUP` shows the group's parts.
"""
MEASURES = """\
## Số đếm – Measures

What is counted, over the states of one entity, in the hour and day of one of its times, and on which
condition (SQL; NULL is not met). *Elapsed*: only once the day is over. *Cohort*: the day a KPI chooses by.
"""
BETTER = {"higher": "↑", "lower": "↓"}


def kpis(catalogue: Catalogue) -> str:
    """The whole document."""
    parts = [INTRODUCTION, "## Tỷ lệ – Ratios\n", *map(_kpi, catalogue.kpis)]
    parts += ["## Số tồn – Stocks\n", *map(_stock, catalogue.stocks)]
    parts += ["## Số tiền – Amounts\n", *map(_amount, catalogue.amounts)]
    for score in catalogue.scores:
        parts += [f"## {score.vi} – {score.en}\n", _score(score, catalogue)]
    return "\n".join([*parts, MEASURES, _measures(catalogue)])


def _kpi(kpi: Kpi) -> str:
    sides = {
        "Tử số / numerator": ("numerator", kpi.numerator),
        "Mẫu số / denominator": ("denominator", kpi.denominator),
    }
    formula = [
        f"{label}: {_sum(terms)}{', as of the end' if side in kpi.at_end else ''}"
        for label, (side, terms) in sides.items()
    ]
    if kpi.distinct:
        formula.append(f"Distinct: {', '.join(kpi.distinct)}")
    return _figure(kpi, formula)


def _stock(stock: Stock) -> str:
    formula = [f"Tồn / stock: {_sum(stock.flows)}"]
    if stock.next_hours:
        formula = [
            f"Trong {stock.next_hours} giờ tới / in the next {stock.next_hours} hours: {_sum(stock.flows)}"
        ]
    return _figure(stock, [*formula, "Đến giờ tròn / to the full hour"] if stock.hourly else formula)


def _amount(amount: Amount) -> str:
    return _figure(amount, [f"Tổng / sum: {_sum(amount.terms)}"])


def _figure(figure: Figure, formula: Sequence[str]) -> str:
    lines = [f"### `{figure.name}`\n", f"**{figure.vi}** – {figure.en}\n"]
    lines += [f"- {line}" for line in [*formula, *_facts(figure)]]
    notes = [f"\n*{figure.note_vi}*\n", f"{figure.note_en}"] if figure.note_en else []
    return "\n".join([*lines, *notes]) + "\n"


def _facts(figure: Figure) -> list[str]:
    better = f"{BETTER[figure.better]} {figure.better} is better"
    unit = f"Đơn vị / unit: {figure.unit.vi} ({figure.unit.value}), {better}"
    facts = [f"Căn cứ / basis: {figure.basis}", unit]
    if figure.target is not None:
        facts.append(f"Mục tiêu / target: {figure.target:.0%}")
    return [*facts, f"Hiệu lực / valid: {_validity(figure)}"] if _validity(figure) else facts


def _validity(figure: Figure) -> str:
    end = f" until {figure.valid_to}" if figure.valid_to else ""
    return f"from {figure.valid_from}{end}" if figure.valid_from.year > 2000 or end else ""


def _sum(terms: Sequence[Term]) -> str:
    signed = " ".join(f"{'+' if term.sign > 0 else '−'} `{term.measure}`" for term in terms)
    return signed.removeprefix("+ ")


def _score(score: Score, catalogue: Catalogue) -> str:
    lines = [_figure(score, []), SCORE.format(name=score.name)]
    for group in score.groups:
        parts = [p for p in catalogue.parts if p.score == score.name and p.group == group.name]
        lines.append(f"### `{score.name}.{group.name}`: {group.vi} – {group.en}\n")
        heads = (
            "part",
            "điểm / points",
            "KPI",
            "đủ điểm từ / full from",
            "không phát sinh / if empty",
            "hiệu lực / valid",
        )
        lines.append(table(heads, [_part(part) for part in parts]))
    return "\n".join(lines)


def _part(part: Part) -> tuple[str, ...]:
    name = f"`{part.name}` {part.basis}<br>{part.vi} – {part.en}"
    if part.note_en:
        name += f"<br>*{part.note_vi}* {part.note_en}"
    if part.kpi is None:
        return name, f"{part.points:g}", "chưa có dữ liệu / no data", "", "", _validity(part)
    empty = "null" if part.when_empty is None else f"{part.when_empty:g}"
    return name, f"{part.points:g}", f"`{part.kpi}`", f"{part.full_at:.0%}", empty, _validity(part)


def _measures(catalogue: Catalogue) -> str:
    rows = [_measure(measure) for measure in catalogue.measures.values()]
    return table(("measure", "entity", "counted at", "sum of", "condition", ""), rows)


def _measure(measure: Measure) -> tuple[str, ...]:
    marks = ["elapsed"] if measure.elapsed else []
    marks += [f"cohort `{measure.cohort}`"] if measure.cohort else []
    amount = f"`{measure.sum}`" if measure.sum else ""
    where = f"`{measure.where}`".replace("|", "\\|")
    return f"`{measure.name}`", measure.entity, f"`{measure.at}`", amount, where, ", ".join(marks)
