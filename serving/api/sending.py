"""Rows as an answer: JSON, CSV or Parquet by Accept, page by page, told apart by an ETag."""

import base64
import binascii
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl
from fastapi import APIRouter, Request, Response
from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel
from starlette.responses import JSONResponse

from serving.api.asking import unreadable

CSV, PARQUET = "text/csv", "application/vnd.apache.parquet"
FORMS = ("application/json", CSV, PARQUET)
MOST = 10_000
"""Rows of a page at the most."""


def responses(shape: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """What a route can answer, for OpenAPI; shape: of JSON. CSV and Parquet have its rows."""
    forms = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in (CSV, PARQUET)}
    return {
        200: {"model": shape, "content": forms, "description": "Rows, in the form that Accept names"},
        304: {"description": "Not changed since the ETag given"},
    }


def add(
    router: APIRouter, route: Callable[..., Response], shape: type[BaseModel], summary: str, path: str = ""
) -> None:
    """Put a route on a router, at its name or `path`, with what OpenAPI has to say about it."""
    name = getattr(route, "__name__", "")
    router.add_api_route(
        path or f"/{name}",
        route,
        operation_id=name,  # what generated clients call it
        summary=summary,
        responses=responses(shape),
        response_model=None,
    )


def form_of(request: Request) -> str:
    """What the client wants; JSON unless it names another first."""
    for part in request.headers.get("accept", "").split(","):
        kind = part.partition(";")[0].strip().lower()
        if kind in FORMS:
            return kind
    return FORMS[0]


def etag(request: Request, moment: str, now: datetime, who: str) -> str:
    """Changes when the answer may: with the counts, with each hour, with what is asked and by whom."""
    seen = "\n".join((moment, f"{now:%Y-%m-%dT%H}", str(request.url), form_of(request), who))
    return f'W/"{hashlib.sha256(seen.encode()).hexdigest()[:24]}"'


def unchanged(request: Request, tag: str) -> Response | None:
    """304 when the client has the answer already."""
    known = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
    return Response(status_code=304, headers=_headers(tag)) if tag in known or "*" in known else None


def page(rows: Sequence[Mapping[str, Any]], cursor: str, limit: int) -> tuple[list[Mapping[str, Any]], str]:
    """The rows of a page and the cursor of the next one ('' for none). Raises Problem 400."""
    at = opened(cursor) if cursor else "0"
    if not at.isdecimal():
        raise unreadable("`cursor` is not one of ours")
    start = int(at)
    chosen = list(rows[start : start + limit])
    return chosen, closed(str(start + limit)) if start + limit < len(rows) else ""


def opened(cursor: str) -> str:
    """What a cursor stands for. Raises Problem 400."""
    try:
        return base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        raise unreadable("`cursor` is not one of ours") from None


def closed(text: str) -> str:
    """A cursor that stands for a text."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def sent(
    request: Request, tag: str, rows: Sequence[Mapping[str, Any]], more: Mapping[str, Any], following: str
) -> Response:
    """The answer. CSV and Parquet have the rows alone; the next page's cursor is in a Link for all."""
    headers = _headers(tag)
    if following:
        headers["Link"] = f'<{request.url.include_query_params(cursor=following)}>; rel="next"'
    form = form_of(request)
    if form == FORMS[0]:
        body = {**more, "rows": rows, "next": following or None}
        return JSONResponse(jsonable_encoder(body), headers=headers)
    buffer = io.BytesIO()
    frame = _frame(rows)
    frame.write_csv(buffer) if form == CSV else frame.write_parquet(buffer)
    return Response(buffer.getvalue(), headers=headers, media_type=form)


def of_now(answer: Response) -> Response:
    """The answer as one that changes without our data: nobody may keep it."""
    answer.headers["Cache-Control"] = "no-store"
    del answer.headers["ETag"]
    return answer


def _frame(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    plain = [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
        for row in rows
    ]
    return pl.DataFrame(plain, infer_schema_length=None)


def _headers(tag: str) -> dict[str, str]:
    # What a key may see is for nobody else's cache; a second is as old as a number may be.
    return {"ETag": tag, "Cache-Control": "private, max-age=1", "Vary": "Accept, Authorization, Cookie"}
