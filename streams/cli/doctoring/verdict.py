"""The check of the last `verify`: that there was one, not long ago, and that nothing differed."""

from pathlib import Path

from streams.cli.doctoring.finding import Finding
from streams.cli.doctoring.procedure import Procedure

OLDEST_DAYS = 8
DAY = 86_400


def verified(file: Path | None, now: float) -> Finding:
    """By the file that `verify --metrics` writes; `now`: seconds since 1970 UTC."""
    from streams import metrics

    if file is None:
        return Finding("verify", None, "name the file of `verify --metrics FILE` by --verified FILE")
    try:
        values = dict(line.split() for line in file.read_text().splitlines() if not line.startswith("#"))
        at, different = (float(values[metric.name]) for metric in (metrics.VERIFIED, metrics.DIFFERENCES))
    except (OSError, KeyError, ValueError):
        note = f"{file} is no verdict of `reform-pulse verify --metrics {file}`: the counts were not verified"
        return Finding("verify", False, note, Procedure.VERIFY)
    days = (now - at) / DAY
    note = f"{days:.1f} days ago, {different:,.0f} states and cells differed"
    return Finding("verify", days <= OLDEST_DAYS and not different, note, Procedure.VERIFY)
