"""Events in a few words, for cases small enough to count by hand."""

import itertools

serial = itertools.count()


def event(name, subject="d1", at="2022-07-04T08:00:00+07:00", **data):
    return {
        "specversion": "1.0",
        "id": str(next(serial)),
        "source": "/test",
        "type": f"vn.reform.{name}.v1",
        "subject": subject,
        "time": at if "T" in at else f"2022-{at}T08:00:00+07:00",
        "data": data,
    }


def due(day):
    return f"2022-{day}T17:00:00+07:00"
