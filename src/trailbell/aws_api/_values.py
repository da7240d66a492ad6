"""Single values of the wire, by the kind of their shape."""

import base64
import binascii
import datetime
import math
import re

from trailbell.aws_api._shapes import ShapeKind

__all__ = [
    "FLOAT_WORDS",
    "INTEGER_RANGES",
    "blob_of_text",
    "float_text",
    "float_word",
    "instant_of_seconds",
    "instant_of_text",
    "instant_text",
]

INTEGER_RANGES = {
    ShapeKind.INTEGER: range(-(2**31), 2**31),
    ShapeKind.LONG: range(-(2**63), 2**63),
}

FLOAT_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MILLISECOND = datetime.timedelta(milliseconds=1)
_SECONDS = re.compile(r"-?[0-9]{1,12}(\.[0-9]+)?")

# The years 1 to 9999, which all clients can read.
_INSTANTS = range(-62_135_596_800_000, 253_402_300_800_000)


def instant_of_seconds(seconds: float) -> int | None:
    """Returns milliseconds since the epoch; None for what is no instant of the years 1 to 9999."""
    if not math.isfinite(seconds):
        return None
    instant = round(seconds * 1000)
    return instant if instant in _INSTANTS else None


def instant_of_text(text: str) -> int | None:
    """Returns the instant of an ISO 8601 text, in UTC if it names no zone, or of epoch seconds in digits."""
    if _SECONDS.fullmatch(text):
        return instant_of_seconds(float(text))
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    instant = (moment - _EPOCH) // _MILLISECOND
    return instant if instant in _INSTANTS else None


def instant_text(instant: int) -> str:
    """Returns an instant as `2026-09-14T05:57:47.551Z`, without a fraction where it is a whole second."""
    moment = _EPOCH + instant * _MILLISECOND
    precision = "milliseconds" if instant % 1000 else "seconds"
    return moment.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def blob_of_text(text: str) -> bytes | None:
    """Returns the bytes that Base64 stands for."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def float_word(number: float) -> str | None:
    """Returns the word for what is not a finite number."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return None


def float_text(number: float) -> str:
    """Returns a number as a text that reads back as the same."""
    return float_word(number) or repr(float(number))
