"""Who received the dossiers: the town's one-stop and its eight communes, with the figures of S3.

S3 gives one sum for the communes; its split over them is ours. The units are those of 2022 (three wards,
five communes); they and the town as a district level ended on 30 June 2025. Codes below H51.18 are ours.
"""

from typing import NamedTuple


class Office(NamedTuple):
    """One agency with its dossiers of the quarter; `voided` and `refused` come on top of `received`."""

    code: str
    name: str
    received: int
    late: int
    pending: int
    voided: int
    refused: int
    documents: int

    @property
    def on_time(self) -> int:
        """Ended before or on the promised date."""
        return self.received - self.late - self.pending


TOWN = "H51.18"
OFFICES = (
    Office(TOWN, "Thị xã Ngã Năm", 1_730, 2, 177, 12, 40, 1_400),
    Office("H51.18.01", "Phường 1", 3_120, 0, 1, 9, 20, 200),
    Office("H51.18.02", "Phường 2", 2_410, 1, 0, 8, 18, 200),
    Office("H51.18.03", "Phường 3", 1_690, 0, 1, 5, 12, 200),
    Office("H51.18.04", "Xã Vĩnh Quới", 1_850, 0, 0, 6, 9, 200),
    Office("H51.18.05", "Xã Tân Long", 1_980, 0, 1, 6, 11, 200),
    Office("H51.18.06", "Xã Long Bình", 1_420, 0, 0, 4, 8, 200),
    Office("H51.18.07", "Xã Mỹ Bình", 1_380, 0, 0, 4, 6, 200),
    Office("H51.18.08", "Xã Mỹ Quới", 1_930, 0, 1, 6, 7, 200),
)
AGENCIES = tuple(office.code for office in OFFICES)
COMMUNES = AGENCIES[1:]
