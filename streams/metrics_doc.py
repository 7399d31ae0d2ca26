"""`docs/metrics.md`, from the catalogue of metrics: `make docs` writes it, a test holds it to the code."""

from streams.metrics import CATALOGUE, Metric

_INTRODUCTION = """\
# Metrics

<!-- Generated from streams/metrics.py by `make docs`; change it there. -->

A worker serves them at `/metrics`, on the port of the setting `metrics_port`. *Adds up*: the sum over all
workers is the province's number; of the others take `max`. Ratios are made by recording rules, not exported.

*Công khai tại cổng `metrics_port` của mỗi tiến trình worker. Tỷ lệ chỉ được tính bằng quy tắc trong
Prometheus, từ tử số và mẫu số cộng dồn qua các worker.*
"""
_GROUPS = {
    "province": "Province: what the events say",
    "pipeline": "Pipeline: how the stream is doing",
    "gateway": "Gateway: served by `serve`; `client` is the name of an API key",
    "sources": "Adapters on raw topics: served by `ingest`",
    "verify": "Verification: written by `reform-pulse verify --metrics FILE`, for a textfile collector",
}
_HEAD = "| metric | kind | labels | unit | adds up | meaning |\n|---|---|---|---|---|---|\n"


def metrics_page() -> str:
    """The page as Markdown: a table per group, in the order of the catalogue."""
    parts = [_INTRODUCTION]
    for group, title in _GROUPS.items():
        rows = "".join(_row(metric) for metric in CATALOGUE.values() if metric.group == group)
        parts.append(f"## {title}\n\n{_HEAD}{rows}")
    return "\n".join(parts)


def _row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    adds = "yes" if metric.adds else "no"
    cells = (f"`{metric.sample}`", metric.kind, labels, metric.unit, adds, metric.meaning)
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    print(metrics_page(), end="")
