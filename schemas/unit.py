"""Units of figures. By themselves, for rows, which must not wait for the catalogue."""

from enum import StrEnum


class Unit(StrEnum):
    """What a figure's value is in."""

    PERCENT = "percent"
    DOSSIERS = "dossiers"
    DOCUMENTS = "documents"
    SERVICES = "services"
    FEEDBACK = "feedback"
    TASKS = "tasks"
    DONG = "đồng"
    POINTS = "points"

    @property
    def vi(self) -> str:
        """As it is written in Vietnam."""
        return UNITS_VI.get(self, self.value)


UNITS_VI = {
    Unit.PERCENT: "%",
    Unit.DOSSIERS: "hồ sơ",
    Unit.DOCUMENTS: "văn bản",
    Unit.SERVICES: "dịch vụ công",
    Unit.FEEDBACK: "phản ánh, kiến nghị",
    Unit.TASKS: "nhiệm vụ",
    Unit.POINTS: "điểm",
}
