"""The kinds of entity a run is made of: how many begin each day, how they live, are counted and told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sources.simulator import tellings
from sources.simulator.counting import count_documents, count_dossiers, count_feedback, count_tasks
from sources.simulator.dossiers import dossiers
from sources.simulator.life import Life, subjects
from sources.simulator.mistakes import Mistakes
from sources.simulator.others import documents, feedback, tasks
from sources.simulator.province import Province
from sources.simulator.rhythm import day_weights
from sources.simulator.tally import Tally
from sources.simulator.template import Template

DOCUMENTS_PER_DOSSIER, FEEDBACK_PER_DOSSIER, TASKS_PER_AGENCY = 0.2, 0.002, 40
"""Chosen. Tasks in a year; a town of nine agencies had 33 in a quarter (S3)."""


@dataclass
class Part:
    """draw, keys: the lives that begin on a day, and their subjects. lives: what has not come to its end."""

    numbers: NDArray[np.int64]
    draw: Callable[[int, int], Life]
    keys: Callable[[Life, int], pl.Series]
    count: Callable[[Tally, Life], None]
    templates: tuple[Template, ...]
    lives: list[pl.DataFrame] = field(default_factory=list)


def parts(province: Province, wrong: Mistakes) -> list[Part]:
    """Dossiers, documents, petitions and tasks of a run."""
    size, busy = province.size, day_weights(province.time)
    open_days = np.where(province.time.open[: size.days], busy, 0.0)
    if not open_days.any():
        open_days = busy
    number = size.dossiers
    plans = (
        ("", number, busy, partial(dossiers, wrong=wrong), count_dossiers, tellings.DOSSIERS),
        (
            *("VB-", round(number * DOCUMENTS_PER_DOSSIER), open_days, partial(documents, wrong=wrong)),
            *(count_documents, tellings.DOCUMENTS),
        ),
        ("PA-", round(number * FEEDBACK_PER_DOSSIER), busy, feedback, count_feedback, tellings.FEEDBACK),
        (
            *("NV-", round(size.agencies * TASKS_PER_AGENCY * size.days / 365), open_days, tasks),
            *(count_tasks, tellings.TASKS),
        ),
    )
    return [
        Part(
            province.dice(f"numbers {mark}").split(total, weights),
            partial(draw, province),
            partial(subjects, province, mark),
            count,
            templates,
        )
        for mark, total, weights, draw, count, templates in plans
    ]
