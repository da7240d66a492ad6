"""What the reports as one HTML file share: their stylesheet, and how what they show is escaped."""

from trailbell.reports._template import report_template

__all__ = ["report_template"]
