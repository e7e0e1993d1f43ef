"""The templates and what they can use."""

import functools
from pathlib import Path

import jinja2

from chalicelib.web.assets import address, has

_TEMPLATES = Path(__file__).parent / "templates"


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["asset"] = address
    environment.globals["has_asset"] = has
    return environment


def render(template: str, **values: object) -> str:
    """The text of `template`. Every value is escaped; a value that is missing is an error."""
    return _environment().get_template(template).render(**values)
