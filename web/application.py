"""One HTTP application of several parts: what they share is put around them here, once.

A part is a FastAPI router. `streams.cli.parts` says which parts an application has.
"""

from collections.abc import Iterable

from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from web import problem
from web.headers import Headers
from web.request_id import RequestIds

PROBLEM = {"description": "A problem", "content": {problem.MEDIA_TYPE: {"schema": problem.SCHEMA}}}


def application(title: str, version: str, parts: Iterable[APIRouter]) -> FastAPI:
    """The application; its OpenAPI document is at `/openapi.json`, and `/health` says that it runs."""
    app = FastAPI(
        title=title,
        version=version,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses={"default": PROBLEM},
    )
    problem.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=5)
    app.add_middleware(Headers)
    app.add_middleware(RequestIds)
    app.add_api_route("/health", _health, name="health", summary="Whether the process answers")
    for part in parts:
        app.include_router(part)
    return app


def _health() -> dict[str, str]:
    return {"status": "ok"}
