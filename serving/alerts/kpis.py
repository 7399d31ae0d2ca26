"""Alerts on KPIs: below target, fallen against their own past, and four that S0 to S4 name themselves.

One rule per KPI, so that each says its Vietnamese name. What is compared is the bound of the ratio, not the
ratio itself.
"""

from collections.abc import Iterator

from schemas.catalogue import Catalogue, Kpi
from serving.alerts.ratios import MONTH, RECENT, recordable
from serving.alerts.rule import Alert, Group, Severity

WHO, RATE = "{{ $labels.agency }}", "{{ $value | humanizePercentage }}"
FALL = 0.1
"""How far a KPI must have fallen: ten percentage points."""
OWN = {
    "document_signed_rate": ("SigningRateLow", 0.9),
    "signed_report_rate": ("SigningRateLow", 0.9),
    "online_payment_rate": ("PaymentBelowTarget", 0.5),
    "repeat_supplement_rate": ("SupplementsRepeated", 0.05),
    "returned_rate": ("ReturnedRateHigh", 0.1),
}
"""KPIs with an alert of their own, and its threshold where no target is set."""


def kpi_alerts(catalogue: Catalogue) -> Group:
    """Both alerts for every KPI that can be made from windows."""
    every = [alert for kpi in recordable(catalogue) for alert in _of(kpi)]
    in_order: list[Alert] = sorted(every, key=lambda alert: alert.name)
    return Group("reform_pulse_kpi_alerts", tuple(in_order))


def _of(kpi: Kpi) -> Iterator[Alert]:
    higher = kpi.better == "higher"
    bound, sign, short = ("upper", "<", "thấp hơn") if higher else ("lower", ">", "cao hơn")
    name, threshold = OWN.get(kpi.name, ("KpiBelowTarget", None))
    yield Alert(
        name,
        _against_target(kpi.name, bound, sign, threshold),
        "30m",
        Severity.WARNING,
        f"{kpi.vi} của {WHO} {short} mức giao",
        f"{kpi.vi} trong 30 ngày của cơ quan {WHO} là {RATE}, "
        f"{short} mức giao một cách rõ rệt (đã tính sai số do ít hồ sơ).",
        f"{kpi.en}, {WHO}, 30 days: {RATE}, clearly {'below' if higher else 'above'} the target.",
        {"kpi": kpi.name},
    )
    worse, direction = ("-", "giảm") if higher else ("+", "tăng")
    yield Alert(
        "KpiFallen",
        f'reform_pulse:kpi:ratio{{kpi="{kpi.name}",window="{RECENT}"}}\n'
        f'and on (kpi, agency) reform_pulse:kpi:{bound}{{kpi="{kpi.name}",window="{RECENT}"}}\n'
        f'  {sign} ignoring (window) (reform_pulse:kpi:before{{kpi="{kpi.name}"}} {worse} {FALL})',
        "15m",
        Severity.WARNING,
        f"{kpi.vi} của {WHO} {direction} so với bốn tuần trước",
        f"{kpi.vi} trong 24 giờ qua của cơ quan {WHO} là {RATE}, "
        f"{direction} hơn 10 điểm phần trăm so với bốn tuần trước của chính cơ quan đó.",
        f"{kpi.en}, {WHO}, 24 hours: {RATE}, worse than its own last four weeks by more than 10 points.",
        {"kpi": kpi.name},
    )


def _against_target(kpi: str, bound: str, sign: str, threshold: float | None) -> str:
    chosen = f'{{kpi="{kpi}",window="{MONTH}"}}'
    target = f'reform_pulse:kpi:target{{kpi="{kpi}"}}'
    if threshold is not None:
        usual = f"0 * max by (kpi, agency) (reform_pulse:kpi:ratio{chosen}) + {threshold}"
        target = f"(\n    {target}\n    or on (kpi, agency) {usual}\n  )"
    return (
        f"reform_pulse:kpi:ratio{chosen}\n"
        f"and on (kpi, agency) reform_pulse:kpi:{bound}{chosen}\n  {sign} on (kpi, agency) {target}"
    )
