"""How a wrong attribute of a topic or subscription is told."""

import json
from typing import Any

from trailbell._errors import RefusalKind, RequestRefusedError

__all__ = ["explained", "invalid", "json_object", "unsupported"]


def invalid(text: str) -> RequestRefusedError:
    """Makes the refusal of a value; whoever knows the operation puts the beginning before it."""
    return RequestRefusedError(RefusalKind.INVALID_PARAMETER, text)


def unsupported(text: str) -> RequestRefusedError:
    """Makes the refusal of what nothing here would act on."""
    return RequestRefusedError(RefusalKind.UNSUPPORTED, text)


def explained(error: RequestRefusedError, *, is_creation: bool) -> RequestRefusedError:
    """Puts the beginning before a refusal: it differs where attributes come with what is made."""
    if error.kind is not RefusalKind.INVALID_PARAMETER:
        return error
    beginning = "Invalid parameter: Attributes Reason: " if is_creation else "Invalid parameter: "
    return RequestRefusedError(error.kind, beginning + error.message)


def json_object(name: str, text: str) -> dict[str, Any]:
    """Reads an attribute that holds a JSON object.

    Raises:
        RequestRefusedError: the text is none.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        reason = str(error).partition(":")[0] if isinstance(error, json.JSONDecodeError) else "unreadable"
        raise invalid(f"{name}: failed to parse JSON. {reason}.") from None
    except RecursionError:
        raise invalid(f"{name}: failed to parse JSON. It is nested too deeply.") from None
    if not isinstance(value, dict):
        raise invalid(f"{name}: failed to parse JSON. An object is expected.")
    return value
