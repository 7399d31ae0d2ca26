"""The live board as a part of an HTTP application: the page at `/`, its files under `/static/`.

The files are public: they have no data in them. What they show is asked of `/v1`, with the viewer's key,
or the session of somebody who has signed in (web.sign_in).
"""

from fastapi import APIRouter, Request, Response

from serving.live.files import File, files
from web.problem import problem
from web.sign_in import SignIn, no_sign_in

PAGE = "index.html"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-cache",  # asked again each time, answered by 304: a new version is seen at once
    "Cross-Origin-Opener-Policy": "same-origin",
}


def router(sign_in: SignIn | None = None) -> APIRouter:
    """The routes; sign_in: where there is an identity provider. Raises OSError without the files."""
    found = files()
    made = APIRouter(include_in_schema=False)

    def page(request: Request) -> Response:
        return _sent(request, found[PAGE])

    def file(request: Request, name: str) -> Response:
        if name not in found:
            raise problem("not-found", "Bảng không có tệp này.", "The board has no such file.")
        return _sent(request, found[name])

    made.add_api_route("/", page, methods=["GET", "HEAD"])
    made.add_api_route("/static/{name}", file, methods=["GET", "HEAD"])
    if sign_in:
        sign_in.add_to(made)
    else:
        made.add_api_route("/session", no_sign_in, methods=["GET"], response_model=None)
    return made


def _sent(request: Request, file: File) -> Response:
    headers = HEADERS | {"ETag": file.tag}
    known = request.headers.get("if-none-match", "")
    if file.tag in [each.strip().removeprefix("W/") for each in known.split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(file.body, headers=headers, media_type=file.kind)
