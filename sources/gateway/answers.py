"""What a sender is told: 202 for all accepted, 207 for some, a problem for none.

Only what was not accepted is listed, by its place in the batch; everything else is in Kafka. Ids of refused
events are not repeated: they may hold anything.
"""

import json
from collections.abc import Mapping
from typing import Any

from fastapi import Response

from schemas.batch import Item
from sources.gateway.refused import Refused
from web.problem import Problem, problem

CODES = {400: "bad-request", 403: "forbidden", 413: "too-large", 422: "refused"}
ACCEPTED, PARTLY = 202, 207


def of_one(result: Item | Refused, language: str) -> Response:
    """The answer to a request with one event; raises Problem."""
    if isinstance(result, Refused):
        raise problem(CODES[result.why.status], *result.words, **result.members())
    return _listed(1, {}, language)


def of_batch(results: list[Item | Refused], language: str) -> Response:
    """The answer to a batch; raises Problem when none of it was accepted."""
    refused = {i: result for i, result in enumerate(results) if isinstance(result, Refused)}
    if refused and len(refused) == len(results):
        raise problem(
            "refused",
            "Không sự kiện nào được nhận; lý do ghi ở từng mục.",
            "None of the events was accepted; the items say why.",
            **_outcome(0, refused, language),
        )
    return _listed(len(results) - len(refused), refused, language)


def _listed(accepted: int, refused: Mapping[int, Refused], language: str) -> Response:
    body = json.dumps(_outcome(accepted, refused, language), ensure_ascii=False)
    return Response(body, PARTLY if refused else ACCEPTED, media_type="application/json")


def _outcome(accepted: int, refused: Mapping[int, Refused], language: str) -> dict[str, Any]:
    items = [
        {"index": i, "status": each.why.status, **each.members(), "detail": each.words.said(language)}
        for i, each in refused.items()
    ]
    return {"accepted": accepted, "refused": len(refused), "items": items}


def away(why: str) -> Problem:
    """Kafka did not take the events; why: in its words, which name no event."""
    return problem(
        "unavailable",
        "Kafka chưa xác nhận. Hãy gửi lại cả yêu cầu; gửi trùng không làm sai số liệu.",
        f"Kafka has not acknowledged ({why}). Send the whole request again; duplicates do no harm.",
        headers={"Retry-After": "5"},
    )
