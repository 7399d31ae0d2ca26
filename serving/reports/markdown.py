"""A report as Markdown: headings in one line, the form's column numbers below them."""

from collections.abc import Iterable, Iterator

from serving.reports.table import Column, Report, Table, text

CHECKS = "Kiểm tra số liệu / Checks"
NOTES = "Ghi chú"


def markdown(report: Report) -> str:
    """The report as text; ends with a newline."""
    return "\n".join(_parts(report)) + "\n"


def _parts(report: Report) -> Iterator[str]:
    yield from (f"# {report.title}", "", f"*{report.subtitle}*", "", report.form, "")
    yield from (f"{line}  " for line in report.head)
    for table in report.tables:
        yield from ("", *((f"## {table.title}", "") if table.title else ()), *_table(table))
    if report.notes:
        yield from ("", f"**{NOTES}**", "", *(f"- {note}" for note in report.notes))
    if report.checks:
        yield from ("", f"**{CHECKS}**", "", *(f"- {check.line}" for check in report.checks))


def _table(table: Table) -> Iterator[str]:
    yield _row(heading(column) for column in table.columns)
    yield _row("---" if n < 2 else "---:" for n, _ in enumerate(table.columns))
    yield _row(f"({column.number})" for column in table.columns)
    for line in table.lines:
        texts = [_escaped(text(cell)) for cell in line.cells]
        yield _row(f"**{cell}**" if line.strong and cell else cell for cell in texts)


def heading(column: Column) -> str:
    """Both headings in one."""
    return f"{column.group} – {column.name}" if column.group else column.name


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("*", "\\*")
