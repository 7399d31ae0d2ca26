"""A bar chart as SVG, logarithmic, without a plotting library."""

import math
from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

LEFT, WIDTH, LINE, TOP = 430, 420, 22, 46
OURS, THEIRS, GRID = "#0b6e4f", "#9aa5b1", "#d8dde3"


class Bar(NamedTuple):
    label: str
    value: float
    ours: bool


def bars(title: str, drawn: Sequence[Bar]) -> str:
    """The longest bar first."""
    drawn = sorted(drawn, key=lambda bar: -bar.value)
    low = math.floor(math.log10(min((bar.value for bar in drawn), default=1)))
    high = math.ceil(math.log10(max((bar.value for bar in drawn), default=10)))
    bottom = TOP + LINE * len(drawn)
    scale = WIDTH / max(1, high - low)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 90}" height="{bottom + 24}" '
        'font-family="system-ui, sans-serif" font-size="13">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="12" y="20" font-weight="600" fill="#1f2933">{escape(title)} (logarithmic)</text>',
    ]
    for power in range(low, high + 1):
        x = LEFT + (power - low) * scale
        parts.append(f'<line x1="{x:.0f}" x2="{x:.0f}" y1="{TOP - 8}" y2="{bottom}" stroke="{GRID}"/>')
        parts.append(
            f'<text x="{x:.0f}" y="{bottom + 16}" text-anchor="middle" fill="#52606d">{10**power:,}</text>'
        )
    for number, bar in enumerate(drawn):
        y, length = TOP + number * LINE, (math.log10(bar.value) - low) * scale
        parts += [
            f'<text x="{LEFT - 8}" y="{y + 13}" text-anchor="end" fill="#1f2933">{escape(bar.label)}</text>',
            f'<rect x="{LEFT}" y="{y + 2}" width="{length:.1f}" height="{LINE - 7}" '
            f'fill="{OURS if bar.ours else THEIRS}"/>',
            f'<text x="{LEFT + length + 5:.1f}" y="{y + 13}" fill="#1f2933">{bar.value:,.0f}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"
