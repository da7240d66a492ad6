"""Replay: what alarms would have done over log files of the past, before anything is deployed."""

from trailbell.replay._control_rules import PatternAlarm, control_rules, pattern_rules
from trailbell.replay._errors import ReplayError, RulesError
from trailbell.replay._files import paths_named
from trailbell.replay._html import html_report
from trailbell.replay._json import result_json
from trailbell.replay._progress import Progress
from trailbell.replay._replay import Limits, Stop, replay
from trailbell.replay._report_words import (
    bytes_text,
    clock_text,
    duration_text,
    headline,
    instant_text,
    paged_text,
    pages_of,
    quiet_text,
    ringing,
    speed_text,
    unpaged_text,
)
from trailbell.replay._request import CLOCKS, ReplayRequest
from trailbell.replay._result import (
    AlarmResult,
    CallerShare,
    FilterResult,
    RejectedInput,
    ReplayResult,
    Transition,
)
from trailbell.replay._rules import Rules, read_rules

__all__ = [
    "CLOCKS",
    "AlarmResult",
    "CallerShare",
    "FilterResult",
    "Limits",
    "PatternAlarm",
    "Progress",
    "RejectedInput",
    "ReplayError",
    "ReplayRequest",
    "ReplayResult",
    "Rules",
    "RulesError",
    "Stop",
    "Transition",
    "bytes_text",
    "clock_text",
    "control_rules",
    "duration_text",
    "headline",
    "html_report",
    "instant_text",
    "paged_text",
    "pages_of",
    "paths_named",
    "pattern_rules",
    "quiet_text",
    "read_rules",
    "replay",
    "result_json",
    "ringing",
    "speed_text",
    "unpaged_text",
]
