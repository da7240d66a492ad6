"""The templates of the pages that people open."""

import functools
from typing import Any

__all__ = ["page_template"]


@functools.cache
def page_template(name: str) -> Any:
    """Returns the template of a page; what is put into it is escaped."""
    # Most servers never show a page: the library is imported when the first one is asked for.
    from jinja2 import Environment, PackageLoader, select_autoescape  # noqa: PLC0415

    templates = Environment(
        loader=PackageLoader("trailbell.web", "templates"),
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template(name)
