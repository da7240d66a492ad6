"""The report of a replay as one HTML file that needs nothing else: no script, no font, no server.

Everything out of a log is escaped twice over: what could move or hide text by ``shown``, markup by Jinja2.
The file's own policy forbids scripts and every address, should an escape be missing all the same.
"""

import functools
from typing import Any

import msgspec

from trailbell._version import __version__
from trailbell.replay._html_details import Section, alarm_rules, filter_rules, moves_of, section_of
from trailbell.replay._html_timeline import chart_of, timeline_of
from trailbell.replay._report_words import (
    bytes_text,
    clock_text,
    duration_text,
    headline,
    instant_text,
    leader_of,
    pages_of,
    quiet_text,
    ringing,
    speed_text,
)
from trailbell.replay._request import ReplayRequest
from trailbell.replay._result import ReplayResult
from trailbell.reports import report_template

__all__ = ["html_report"]

_MOST_SECTIONS = 100
_MOST_QUIET = 200
_MOST_SOURCES = 20
_MOST_REJECTED = 500


class _RecordClass(msgspec.Struct, frozen=True):
    """One of the four classes: its number, and its place and width in percent of all records."""

    name: str
    number: int
    left: float
    width: float
    meaning: str


def html_report(request: ReplayRequest, result: ReplayResult) -> str:
    """Returns the report as the text of an HTML file.

    Its size is bounded whatever was found: it lists at most 100 alarms, 2,000 moves and 500 rejected inputs,
    and says how many it leaves out.
    """
    told = ringing(result.alarms)
    quiet = [quiet_text(alarm) for alarm in result.alarms if not alarm.pages]
    rules = alarm_rules(request)
    moves, moves_left_off = moves_of(result)
    sections: list[Section] = [section_of(alarm) for alarm in told[:_MOST_SECTIONS]]
    return str(
        _template().render(
            version=__version__,
            headline=headline(result),
            request=request,
            result=result,
            period=(instant_text(result.first_ms), instant_text(result.last_ms)),
            length=_length(result),
            clock=clock_text(result.clock),
            speed=speed_text(result),
            size=bytes_text(result.bytes),
            sources=request.sources[:_MOST_SOURCES],
            sources_left_off=len(request.sources[_MOST_SOURCES:]),
            pages=sum(1 for _ in pages_of(result.alarms)),
            paging=sum(1 for alarm in result.alarms if alarm.pages),
            leader=leader_of(result.alarms),
            timeline=timeline_of(result),
            chart=chart_of(result),
            sections=sections,
            sections_left_off=len(told) - len(sections),
            quiet=quiet[:_MOST_QUIET],
            quiet_left_off=len(quiet[_MOST_QUIET:]),
            moves=moves,
            moves_left_off=moves_left_off,
            classes=_classes(result),
            rejected=result.rejected[:_MOST_REJECTED],
            rejected_left_off=result.rejected_total - len(result.rejected[:_MOST_REJECTED]),
            filters=filter_rules(result),
            filters_left_off=len(result.filters) - len(filter_rules(result)),
            alarms=rules,
            alarms_left_off=len(request.alarms) + len(request.composites) - len(rules),
        )
    )


def _length(result: ReplayResult) -> str:
    if result.first_ms is None or result.last_ms is None:
        return ""
    return duration_text((result.last_ms - result.first_ms) / 1000)


def _classes(result: ReplayResult) -> tuple[_RecordClass, ...]:
    records = result.records
    rows = (
        ("matched", records.matched, "at least one filter counted the record"),
        ("unmatched", records.unmatched, "no filter matches it"),
        ("duplicate", records.duplicate, "delivered again, and counted before"),
        ("rejected", records.rejected, "could not be read"),
    )
    classes = []
    left = 0.0
    for name, number, meaning in rows:
        width = 100 * number / records.read if records.read else 0.0
        classes.append(_RecordClass(name, number, round(left, 3), round(width, 3), meaning))
        left += width
    return tuple(classes)


@functools.cache
def _template() -> Any:
    return report_template("replay", "report.html")
