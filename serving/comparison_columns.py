"""The columns of a table for people that compared and ranked rows have beside the usual ones."""

from schemas.catalogue import Unit
from serving.compare import Against, Compared, Value
from serving.ranking import Ranked
from serving.row import Row
from serving.written import NOTHING, count, percent, value

Shown = Row | Compared | Ranked
PREVIOUS = ("Kỳ trước\nBefore", "Thay đổi\nChange")
TARGET = ("Chỉ tiêu giao\nTarget", "Chênh lệch\nGap")
RANK = ("Hạng\nRank", "Thay đổi hạng\nMoved")


def plain(row: Shown) -> Row:
    """The row itself."""
    return row if isinstance(row, Row) else row.row


def heads(row: Shown) -> tuple[str, ...]:
    """The heads of the further columns."""
    if isinstance(row, Ranked):
        return (*heads(row.compared), *RANK)
    if isinstance(row, Compared):
        return (PREVIOUS if Against.PREVIOUS in row.against else ()) + (
            TARGET if Against.TARGET in row.against else ()
        )
    return ()


def cells(row: Shown) -> tuple[str, ...]:
    """What stands in them."""
    if isinstance(row, Ranked):
        return (*cells(row.compared), str(row.rank or NOTHING), _moved(row.movement))
    if isinstance(row, Row):
        return ()
    number, made = row.row.unit is not Unit.PERCENT, []
    if Against.PREVIOUS in row.against:
        made += [value(row.before) if row.before else NOTHING, _difference(row.change, number)]
    if Against.TARGET in row.against:
        target = NOTHING if row.target is None else count(row.target) if number else percent(row.target)
        made += [target, _difference(row.gap, number)]
    return tuple(made)


def _difference(amount: Value, number: bool) -> str:
    """A signed number, of a rate in percentage points."""
    if amount is None:
        return NOTHING
    text = count(amount) if number else percent(amount).replace(" %", " đ%")
    return f"+{text}" if amount > 0 else text


def _moved(movement: int | None) -> str:
    if movement is None:
        return NOTHING
    return f"▲ {movement}" if movement > 0 else f"▼ {-movement}" if movement else "="
