"""Documents issued by the town and its communes, and who signed them digitally.

S3 has no figure, only: "số lượng văn bản ký số còn thấp so với số văn bản phát sinh". The feed takes about
61 %: reports nearly always signed, the rest not.
"""

from random import Random

from sources.nga_nam.hours import DAY, END, later
from sources.nga_nam.offices import OFFICES
from sources.nga_nam.story import DOCUMENTS, Event, Story

SIGNED_SHARE = {"administrative": 0.57, "report": 0.88, "other": 0.57}


def document_events(rng: Random) -> list[Event]:
    """Events of all documents, document by document."""
    return [
        event
        for office in OFFICES
        for number in range(1, office.documents + 1)
        for event in _told(f"{office.code}-VB-{number:04}", office.code, rng)
    ]


def _told(subject: str, agency: str, rng: Random) -> list[Event]:
    story = Story("document", subject, DOCUMENTS)
    kind = rng.choices(("administrative", "report", "other"), (78, 12, 10))[0]
    form = rng.choices(("electronic", "both", "paper"), (88, 8, 4))[0]
    issued = rng.randrange(3_600, END - 3_600)
    signed = form != "paper" and rng.random() < SIGNED_SHARE[kind]
    if signed:
        story.tell("signed", issued - rng.randint(60, 3_600), {"by": "person"})
    story.tell("issued", issued, {"agency": agency, "kind": kind, "form": form})
    if signed and rng.random() < 0.85:
        story.tell("signed", later(rng, issued, 900), {"by": "agency"})
    if form != "paper" and rng.random() < 0.7:
        story.tell("sent", later(rng, issued, 1_800))
    _put_right(story, later(rng, issued + 900, 2 * DAY), rng)
    return story.events


def _put_right(story: Story, second: int, rng: Random) -> None:
    chance = rng.random()
    if chance < 0.005:
        story.tell("recalled", second)
    elif chance < 0.008:
        story.tell("voided", second)
    elif chance < 0.011:
        story.tell("corrected", second, {"kind": "administrative", "reason": "Nhập nhầm loại văn bản"})
    elif chance < 0.013:
        story.tell("corrected", second, {"sent_at": None, "reason": "Gửi không thành công"})
