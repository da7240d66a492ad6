"""A plan as a bash script of AWS CLI calls.

Parameters go as one JSON text between single quotes. It is printable ASCII without single quotes, so that it
means the same in every shell and locale, and the AWS CLI loads nothing from ``file://`` or ``http://`` values
inside it.
"""

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from trailbell._errors import visible
from trailbell.remediation._export_parameters import (
    SubscriptionParameters,
    TopicPolicyParameters,
    parameters,
)
from trailbell.remediation._export_plan import (
    check_account,
    has_to_be_confirmed,
    headline,
    left_lines,
    regions_of,
    said_of,
)
from trailbell.remediation._plan import Change, ChangeKind, Plan

__all__ = ["shell_commands"]

_WIDTH = 100
# Shells that take "#" typed at them for a command (zsh does) find nothing to run or to expand in these.
_NOT_IN_COMMENTS = re.compile(r"[^\w .,:/@%+\u2019\u201d-]")
_QUOTES = str.maketrans("'\"", "\u2019\u201d")
# What an interactive shell takes for an event of its history; "!=" it leaves alone.
_HISTORY = re.compile(r"!(?![= ])")

_START = """\
set -euo pipefail

# No pager between two commands.
export AWS_PAGER=

# AWS CLIs before 1.29 and 2.13 do not read this variable themselves.
if [[ -n "${AWS_ENDPOINT_URL:-}" ]]; then
  aws() { command aws --endpoint-url "${AWS_ENDPOINT_URL}" "$@"; }
fi
"""
_CHECK = """
# Nothing is changed in any other account.
account="$(aws sts get-caller-identity --region %(region)s --query Account --output text)"
if [[ "${account}" != %(account)s ]]; then
  echo "these are credentials of account ${account}, not of %(account)s: nothing was changed" >&2
  exit 1
fi
"""


def shell_commands(plan: Plan) -> str:
    """Writes a plan as a bash script that may be run again.

    Raises:
        ExportError: A change lacks a parameter, or has no region's name.
    """
    return "\n".join(_lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    check_account(plan)
    regions = regions_of(plan)
    yield "#!/usr/bin/env bash"
    yield _comment(headline(plan))
    yield _comment(
        "Run it as a file, with bash. It stops at the first call that fails and may be run again. What is "
        "there under the same names is overwritten, so plan anew if the account has been changed since."
    )
    left = list(left_lines(plan))
    if left:
        yield _comment("Not mended:")
        yield from (_comment(f"- {line}") for line in left)
    yield _START.rstrip("\n")
    if not plan.changes:
        yield "\n# There is nothing to change."
    else:
        yield _CHECK.rstrip("\n") % {"region": regions[0], "account": plan.account}
    for change in plan.changes:
        yield ""
        yield from map(_comment, _remarks(change))
        yield _command(change)
    yield ""


def _remarks(change: Change) -> Iterator[str]:
    yield said_of(change)
    if change.before is not None:
        match change.kind:
            case ChangeKind.METRIC_FILTER | ChangeKind.ALARM:
                yield "This overwrites what is there under this name."
            case ChangeKind.TOPIC_POLICY:
                yield "This overwrites the whole policy that is there."
            case ChangeKind.SUBSCRIPTION:
                yield "It is there already, and this has the link sent again."
            case _:
                yield "This changes what is there."
    if has_to_be_confirmed(change):
        yield "Nothing is sent before somebody at the endpoint has followed the link in the first message."


def _comment(text: str) -> str:
    plain = _NOT_IN_COMMENTS.sub("_", visible(text).translate(_QUOTES))
    return "\n".join(f"# {line}" for line in textwrap.wrap(plain, _WIDTH - 2))


def _command(change: Change) -> str:
    operation, given = _call(change)
    return f"aws {operation} \\\n  --region {change.region} \\\n  --cli-input-json {_json(given)}"


def _call(change: Change) -> tuple[str, Mapping[str, Any]]:
    match change.kind:
        case ChangeKind.TOPIC:
            return "sns create-topic", change.after
        case ChangeKind.TOPIC_POLICY:
            policy = parameters(change, TopicPolicyParameters).policy
            given = {"TopicArn": change.name, "AttributeName": "Policy", "AttributeValue": policy}
            return "sns set-topic-attributes", given
        case ChangeKind.SUBSCRIPTION:
            subscription = parameters(change, SubscriptionParameters)
            given = {"Protocol": subscription.protocol, "Endpoint": subscription.endpoint}
            return "sns subscribe", {"TopicArn": change.name, **given}
        case ChangeKind.METRIC_FILTER:
            return "logs put-metric-filter", change.after
        case ChangeKind.ALARM:
            return "cloudwatch put-metric-alarm", change.after
        case ChangeKind.ALARM_ACTIONS:
            # Names of alarms may hold colons, and begin with the seventh field.
            return "cloudwatch enable-alarm-actions", {"AlarmNames": [change.name.split(":", 6)[-1]]}


def _json(given: Mapping[str, Any]) -> str:
    text = json.dumps(msgspec.to_builtins(given), indent=2, allow_nan=False)
    # JSON has these two in strings alone, where they may be written by number.
    return "'" + _HISTORY.sub(r"\\u0021", text.replace("'", r"\u0027")) + "'"
