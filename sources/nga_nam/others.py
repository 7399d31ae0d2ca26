"""Tasks of the reform plan, inspections, and petitions from citizens."""

from random import Random

from sources.nga_nam.hours import DAY, DAYS, END, QUARTER, closing, later
from sources.nga_nam.offices import AGENCIES, TOWN
from sources.nga_nam.story import FEEDBACK, TASKS, Event, Story

PLAN, PLAN_DONE = 25, 15
INSPECTIONS, INSPECTIONS_DONE = 8, 5
"""S3: 15 of 25 tasks and 5 of 8 inspections were done by the end of the quarter."""

PETITIONS = 60
ANSWER_DAYS = 15
"""Working days to answer a petition (domain, section 2.3, indicator 5.2)."""


def task_events(rng: Random) -> list[Event]:
    """The year's plan tasks and inspections, assigned at the start of the quarter."""
    planned = _tasks("plan", "KH", PLAN, PLAN_DONE, rng)
    return planned + _tasks("inspection", "KT", INSPECTIONS, INSPECTIONS_DONE, rng)


def _tasks(kind: str, mark: str, number: int, done: int, rng: Random) -> list[Event]:
    finished = set(rng.sample(range(number), done))
    events = []
    for n in range(number):
        story = Story("task", f"{TOWN}-{mark}-{n + 1:02}", TASKS)
        assigned = rng.randrange(5 * DAY)
        first_due = 20 if n in finished else QUARTER
        due_at = closing(rng.randrange(first_due, len(DAYS)))
        story.tell("assigned", assigned, {"agency": TOWN, "kind": kind, "due_at": due_at})
        if n in finished:
            story.tell("done", later(rng, assigned + DAY, END))
        events += story.events
    return events


def feedback_events(rng: Random) -> list[Event]:
    """Petitions: most answered in time, some refused, a few open; S3 gives no figures."""
    return [event for n in range(1, PETITIONS + 1) for event in _petition(f"{TOWN}-PA-{n:03}", rng)]


def _petition(subject: str, rng: Random) -> list[Event]:
    story = Story("feedback", subject, FEEDBACK)
    received = rng.randrange(END - DAY)
    due_at = closing(received // DAY + ANSWER_DAYS)
    story.tell("received", received, {"agency": rng.choice(AGENCIES), "due_at": due_at})
    chance = rng.random()
    if chance < 0.08:
        story.tell("refused", later(rng, received, 2 * DAY))
    elif chance < 0.92:
        answered = later(rng, received, 14 * DAY if chance < 0.88 else 30 * DAY)
        story.tell("answered", answered)
        if rng.random() < 0.7:
            story.tell("rated", later(rng, answered, 5 * DAY), {"satisfied": rng.random() < 0.9})
    return story.events
