"""Templates of reports that are one file each and need nothing else: no script, no font, no server."""

from typing import Any

from trailbell.evidence import shown

__all__ = ["report_template"]

_LONGEST = 2048


def report_template(room: str, name: str) -> Any:
    """Returns a template out of a room's folder ``templates``, which may include ``base.css`` of this room.

    Everything out of a log or an account is escaped twice over: what could move or hide text by the filter
    ``shown``, markup by Jinja2.
    """
    # Only who asks for this form waits for the library.
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined  # noqa: PLC0415

    templates = Environment(
        loader=ChoiceLoader([PackageLoader(f"trailbell.{each}", "templates") for each in (room, "reports")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["shown"] = lambda text: shown(str(text), _LONGEST)
    templates.filters["number"] = lambda number: f"{number:,}"
    return templates.get_template(name)
