"""When people come: by month, by weekday, by hour. All chosen: full on Mondays and in the mornings."""

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from sources.simulator.dice import Dice
from sources.simulator.working_time import WORKDAY, Moments, WorkingTime

MONTHS = (0.95, 0.75, 1.10, 1.05, 1.05, 1.05, 1.10, 1.05, 1.00, 1.00, 1.00, 0.95)
WEEKDAYS = (1.25, 1.05, 1.00, 0.95, 0.80, 0.06, 0.04)
DAY_OFF = 0.05
"""On days off only the online door is open."""

ANY_HOUR = (1, 1, 0, 0, 1, 3, 8, 30, 50, 55, 45, 25, 15, 25, 45, 45, 35, 20, 15, 18, 22, 20, 12, 5)
"""Online submissions by hour of the day."""

OFFICE_HOURS = (1.2, 1.6, 1.5, 1.1, 0.9, 1.2, 1.1, 0.7)
"""At the counters, by hour of office time."""


def day_weights(time: WorkingTime) -> NDArray[np.float64]:
    """How busy each day of a run is."""
    dates = [time.first + timedelta(days=n) for n in range(time.days)]
    busy = [MONTHS[day.month - 1] * WEEKDAYS[day.weekday()] for day in dates]
    return np.where(time.open[: time.days], busy, np.minimum(busy, DAY_OFF))


def clock(dice: Dice, number: int) -> Moments:
    """Seconds of the day at which people submit online."""
    return dice.pick(ANY_HOUR, number) * 3600 + dice.between(0, 3600, number)


def office_clock(dice: Dice, number: int) -> Moments:
    """Working seconds of the day at which people come to the counter."""
    hour = WORKDAY // len(OFFICE_HOURS)
    return dice.pick(OFFICE_HOURS, number) * hour + dice.between(0, hour, number)
