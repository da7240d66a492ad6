"""The CIS AWS Foundations monitoring controls as data, and what each one provisions."""

from trailbell.controls._catalogue import CATALOGUE, UnknownControlError, control_of, watched_controls
from trailbell.controls._control import VERSIONS, Control, Severity
from trailbell.controls._provision import METRIC_NAMESPACE, Provision, provision

__all__ = [
    "CATALOGUE",
    "METRIC_NAMESPACE",
    "VERSIONS",
    "Control",
    "Provision",
    "Severity",
    "UnknownControlError",
    "control_of",
    "provision",
    "watched_controls",
]
