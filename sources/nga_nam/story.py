"""The events of one entity, written down one after the other as CloudEvents of contract v1."""

from typing import Any

from sources.nga_nam.hours import moment

Event = dict[str, Any]

ONE_STOP = "/h51/one-stop"
PORTAL = "/h51/portal"
PAYMENTS = "/h51/payments"
DOCUMENTS = "/h51/documents"
FEEDBACK = "/h51/feedback"
TASKS = "/h51/tasks"


class Story:
    """Collects the events of one entity; event ids are the subject and a running number."""

    def __init__(self, entity: str, subject: str, source: str, partition_key: str | None = None) -> None:
        self.events: list[Event] = []
        self.subject = subject
        self._type = f"vn.reform.{entity}."
        self._source = source
        self._extra = {"partitionkey": partition_key} if partition_key else {}

    def tell(self, name: str, second: int, data: Event | None = None, source: str | None = None) -> None:
        """Add an event that happened at a working second."""
        self.events.append(
            {
                "specversion": "1.0",
                "id": f"{self.subject}-{len(self.events) + 1}",
                "source": source or self._source,
                "type": f"{self._type}{name}.v1",
                "subject": self.subject,
                "time": moment(second),
                **self._extra,
                "datacontenttype": "application/json",
                "data": data or {},
            }
        )
