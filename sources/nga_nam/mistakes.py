"""What went wrong and was put right: lateness excused, entries corrected, cleared or voided.

None of it may move a published figure, which is why it is in the feed.
"""

from random import Random

from sources.nga_nam.cases import Case
from sources.nga_nam.hours import DAY, later
from sources.nga_nam.offices import TOWN
from sources.nga_nam.story import Story

SYSTEM_FAULT = {"excused": "system_fault", "reason": "Lỗi xử lý trên hệ thống"}
"""Why the town's two dossiers were late, in the words of S3."""

NOT_ENDED = {"ended_at": None, "outcome": None, "result_file": None, "result_digitised": None}
NOT_RETURNED = {"returned_at": None, "return_channel": None}


def tell_cleared_end(story: Story, case: Case, rng: Random) -> None:
    """Now and then a pending dossier was ended by mistake, and the end was taken back."""
    if rng.random() < 0.04:
        second = later(rng, case.dates.received + 1_800, 1_800)
        story.tell("ended", second, {"outcome": "granted", "result_file": False, "result_digitised": False})
        story.tell("corrected", later(rng, second, 1_800), NOT_ENDED | {"reason": "Kết thúc nhầm"})


def tell_mistakes(story: Story, case: Case, rng: Random, handed_out: int) -> None:
    """Corrections of an ended dossier, all after it was handed out."""
    second = later(rng, handed_out, DAY)
    if case.fate == "late":
        _late(story, case, second)
    if rng.random() < 0.003:
        story.tell("corrected", second, NOT_RETURNED | {"reason": "Chưa trả kết quả"})
    if rng.random() < 0.006:
        story.tell("corrected", second, {"components_digitised": True, "reason": "Cập nhật số hóa"})


def _late(story: Story, case: Case, second: int) -> None:
    if case.office.code == TOWN:
        story.tell("corrected", second, SYSTEM_FAULT)
    else:
        story.tell("apologised", second)


def tell_void(story: Story, case: Case, rng: Random) -> None:
    """The dossier was entered by mistake; sometimes that is seen after it has ended."""
    story.tell("voided", later(rng, case.dates.ended or case.dates.received, 2 * DAY))
