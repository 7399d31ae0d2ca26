"""What a figure can be split by: counts are kept by hour and agency, and by day, agency and dimensions."""

from schemas.catalogue import AnyFigure, Catalogue, Stock
from schemas.selection import By, Only
from serving.side import sides


def splits(catalogue: Catalogue, figure: AnyFigure, by: By | None, hours: bool, only: Only = ()) -> bool:
    """Whether a figure can be split so; `hours`: over a period of hours. only: of which codes alone.

    A dimension needs to be one of all its entities. The hourly counts have neither dimensions nor cohorts:
    so what is read from them cannot be split by a dimension, and what needs a cohort, or counts places,
    cannot be read from them.
    """
    used = list(sides(figure))
    measures = [catalogue.measures[term.measure] for side in used for term in side.terms]
    narrow = {each for each in (by, *(name for name, _ in only)) if each and each.is_dimension}
    if any(each.value not in measure.of.dimensions for measure in measures for each in narrow):
        return False
    if narrow and by is By.HOUR:
        return False
    if isinstance(figure, Stock):
        return _splits_stock(figure, by, bool(narrow))
    needs_days = bool(narrow) or any(m.cohort for m in measures) or any(side.per for side in used)
    return not (needs_days and (hours or by is By.HOUR))


def _splits_stock(stock: Stock, by: By | None, dimension: bool) -> bool:
    """What lies ahead of a moment is not what lay ahead of earlier ones and what came since."""
    ahead = stock.next_hours > 0 and by is not None and by.is_time
    return not ahead and not (stock.hourly and dimension)
