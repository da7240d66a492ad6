"""The CIS AWS Foundations monitoring controls as data, and what each one provisions."""

from trailbell.controls._accepted_texts import SECURITY_HUB, accepted_texts, control_id, event_sources
from trailbell.controls._catalogue import CATALOGUE, UnknownControlError, control_of, watched_controls
from trailbell.controls._control import VERSIONS, Control, Severity
from trailbell.controls._provision import METRIC_NAMESPACE, Provision, provision

__all__ = [
    "CATALOGUE",
    "METRIC_NAMESPACE",
    "SECURITY_HUB",
    "VERSIONS",
    "Control",
    "Provision",
    "Severity",
    "UnknownControlError",
    "accepted_texts",
    "control_id",
    "control_of",
    "event_sources",
    "provision",
    "watched_controls",
]
