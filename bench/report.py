"""The figures as rows, JSON, a markdown table and a plot."""

import json
import platform
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.contenders import RECOVERY, WRITES, Contender
from bench.measure import Figures
from bench.plot import Bar, bars
from bench.workload import Workload

DOCS = Path(__file__).parent.parent / "docs"
Key = tuple[str, frozenset[str]]


@dataclass(frozen=True)
class Row:
    """One contender in one variant: medians over `runs`. trouble: why there are no figures."""

    name: str
    title: str
    ours: bool
    keeps: str
    written: str
    recovery: str
    runs: int = 0
    events_per_second: float | None = None
    cpu_us_per_event: float | None = None
    broker_cpu_us_per_event: float | None = None
    peak_mib: float | None = None
    spread: float | None = None
    """Of the CPU time: (greatest - least) / median."""
    trouble: str | None = None


def rows(
    contenders: Sequence[Contender],
    results: Mapping[Key, Sequence[Figures]],
    troubles: Mapping[Key, str],
    events: int,
) -> list[Row]:
    found = []
    for contender in contenders:
        for variant in contender.variants:
            key = contender.name, variant
            figures = _medians(results.get(key, ()), events)
            written = contender.written if WRITES in variant else "-"
            recovery = contender.recovery if RECOVERY in variant else "-"
            found.append(
                Row(
                    contender.name,
                    contender.title,
                    contender.ours,
                    contender.keeps,
                    written,
                    recovery,
                    **figures,
                    trouble=troubles.get(key),
                )
            )
    return found


def _medians(runs: Sequence[Figures], events: int) -> dict[str, Any]:
    if not runs:
        return {}
    cpu = [run.cpu for run in runs]
    return {
        "runs": len(runs),
        "events_per_second": events / statistics.median(run.seconds for run in runs),
        "cpu_us_per_event": statistics.median(cpu) / events * 1e6,
        "broker_cpu_us_per_event": statistics.median(run.broker_cpu for run in runs) / events * 1e6,
        "peak_mib": statistics.median(run.mebibytes for run in runs),
        "spread": (max(cpu) - min(cpu)) / statistics.median(cpu),
    }


def document(found: Sequence[Row], workload: Workload, broker: str) -> dict[str, Any]:
    """All of it, with the machine and the workload."""
    return {
        "machine": machine(),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "broker": broker,
        "workload": asdict(workload) | {"dossiers": workload.dossiers},
        "contenders": [asdict(row) for row in found],
    }


def machine() -> dict[str, Any]:
    information = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*: (.*)", information)
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    return {
        "processor": f"{model[1] if model else platform.machine()}, family "
        + "/".join(re.findall(r"(?:cpu family|model)\t+: (\d+)", information)[:2]),
        "cores": information.count("processor\t"),
        "memory_gib": round(int(memory[1]) / 2**20) if memory else 0,
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
    }


def table(found: Sequence[Row]) -> str:
    """Markdown."""
    head = [
        "contender",
        "writes to ClickHouse",
        "recovery",
        "events/s",
        "CPU us/event",
        "broker CPU us/event",
    ]
    lines = [[*head, "peak MiB", "runs"], ["---", "---", "---", *["---:"] * 5]]
    for row in found:
        start = [f"**{row.title}**" if row.ours else row.title, row.written, row.recovery]
        if row.events_per_second is None:
            lines.append([*start, row.trouble or "not run", *[""] * 4])
        else:
            figures = [row.events_per_second, row.cpu_us_per_event, row.broker_cpu_us_per_event, row.peak_mib]
            forms = ["{:,.0f}", "{:,.2f}", "{:,.2f}", "{:,.0f}"]
            texts = [form.format(figure) for form, figure in zip(forms, figures, strict=True)]
            lines.append([*start, *texts, str(row.runs)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write(document: Mapping[str, Any], found: Sequence[Row]) -> None:
    """docs/benchmarks.json, .svg, and the part of .md between its marks."""
    (DOCS / "benchmarks.json").write_text(json.dumps(document, indent=1) + "\n")
    drawn = [
        Bar(_label(row), row.events_per_second, row.ours)
        for row in found
        if row.events_per_second is not None
    ]
    (DOCS / "benchmarks.svg").write_text(bars("events a second, one core unless said", drawn))
    machine, load = document["machine"], document["workload"]
    said = [
        f"{document['date']}, {machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB,",
        f"{machine['system']}; {document['broker']};",
        f"{load['events']:,} events of {load['dossiers']:,} dossiers.",
    ]
    picture = "![Events a second](benchmarks.svg)"
    put("peers", "\n".join(said) + f"\n\n{table(found)}\n\n{picture}")


def _label(row: Row) -> str:
    parts = [part for part, said in (("writes", row.written), ("recovery", row.recovery)) if said != "-"]
    return (
        f"{row.title.split(',')[0] if not row.ours else row.title}{' + ' if parts else ''}{' + '.join(parts)}"
    )


def put(mark: str, text: str) -> None:
    """Replace what docs/benchmarks.md has between the marks `<!-- mark -->` and `<!-- /mark -->`."""
    page = DOCS / "benchmarks.md"
    before, start, rest = page.read_text().partition(f"<!-- {mark} -->\n")
    _, end, after = rest.partition(f"<!-- /{mark} -->")
    if not start or not end:
        raise ValueError(f"{page} has no marks for {mark}")
    page.write_text(f"{before}{start}\n{text}\n\n{end}{after}")
