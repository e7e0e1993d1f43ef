"""GET /static/{name}"""

from chalicelib.services.answer import Answer
from chalicelib.web.answer import GUARDS
from chalicelib.web.assets import asset

_YEAR_SECONDS = 31_536_000


def static(name: str, *, if_none_match: str = "") -> Answer:
    """A static file, 304 when the browser has it, 404 when there is none.

    The address of an exact content is kept for a year; any other spelling is asked for again each time.
    """
    file = asset(name)
    if file is None:
        return Answer(404, {**GUARDS, "Content-Type": "text/plain; charset=utf-8"}, b"Not found\n")
    tag = f'"{file.digest}"'
    headers = {
        **GUARDS,
        "Cache-Control": f"public, max-age={_YEAR_SECONDS}, immutable" if file.is_pinned else "no-cache",
        "Content-Type": file.content_type,
        "ETag": tag,
    }
    known = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    if known & {tag, "*"}:
        return Answer(304, headers)
    return Answer(200, headers, file.content)
