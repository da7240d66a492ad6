"""The objects of an account one by one: how each is read, put and taken away.

What is read has the members of the call that puts it, so that both can be compared.
"""

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

import botocore.exceptions  # type: ignore[import-untyped]

from trailbell._errors import TrailbellError
from trailbell.account import Connection, FailureKind, found_alarm, found_filter, kind_of_error, read_arn
from trailbell.remediation._calls import WRITE_CALLS
from trailbell.remediation._parameters import alarm_from, alarm_parameters, filter_from, filter_parameters
from trailbell.remediation._plan import Change, ChangeKind
from trailbell.topics import masked_endpoint

__all__ = ["CallFailedError", "Objects", "State", "is_same", "recipient_listed"]

State: TypeAlias = Mapping[str, Any] | None
"""An object as the parameters of its call; None where it is not there."""

_METHODS = {each.action: each for each in WRITE_CALLS}
_PENDING = ("PendingConfirmation", "Deleted", "")


class CallFailedError(TrailbellError):
    """A call that did not do what was asked; ``kind`` says how it came to nothing, ``code`` is AWS's."""

    def __init__(self, action: str, kind: FailureKind, code: str, message: str) -> None:
        said = {FailureKind.REFUSED: "was refused", FailureKind.THROTTLED: "was throttled too often"}
        super().__init__(f"{action} {said.get(kind, 'failed')} ({code}): {message}")
        self.action = action
        self.kind = kind
        self.code = code


def is_same(kind: ChangeKind, found: State, wanted: State) -> bool:
    """Whether an object is as it is wanted: services fill in defaults and write policies in their own way."""
    if found is None or wanted is None:
        return found is None and wanted is None
    match kind:
        case ChangeKind.TOPIC:
            return found.get("Name") == wanted.get("Name")
        case ChangeKind.TOPIC_POLICY:
            return bool(_document(found.get("Policy")) == _document(wanted.get("Policy")))
        case ChangeKind.SUBSCRIPTION:
            return recipient_listed(found) == recipient_listed(wanted)
        case ChangeKind.METRIC_FILTER:
            return filter_parameters(filter_from("", found)) == filter_parameters(filter_from("", wanted))
        case ChangeKind.ALARM:
            return _alarm(found) == _alarm(wanted)
        case ChangeKind.ALARM_ACTIONS:
            return found.get("ActionsEnabled") == wanted.get("ActionsEnabled")


def _document(text: object) -> Any:
    try:
        return json.loads(str(text))
    except (ValueError, RecursionError):
        return text


def recipient_listed(parameters: Mapping[str, Any]) -> tuple[object, str]:
    """Returns who a subscription is for, as SNS lists it: without the password in an address."""
    return parameters.get("Protocol"), masked_endpoint(str(parameters.get("Endpoint")))


def _alarm(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    made = alarm_parameters(alarm_from("", parameters))
    # What PutMetricAlarm takes for a member that is left out.
    defaults = {"TreatMissingData": "missing", "DatapointsToAlarm": made.get("EvaluationPeriods")}
    return {name: value for name, value in made.items() if defaults.get(name) != value}


class Objects:
    """Reads and changes objects by one connection; every call that fails is raised."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self, change: Change) -> State:
        """Returns the object of a change as it is now.

        Raises:
            CallFailedError: It could not be read.
        """
        region, name = change.region, change.name
        match change.kind:
            case ChangeKind.TOPIC:
                answer = self._ask("sns:GetTopicAttributes", region, TopicArn=name)
                return None if answer is None else {"Name": name.rpartition(":")[2]}
            case ChangeKind.TOPIC_POLICY:
                answer = self._ask("sns:GetTopicAttributes", region, TopicArn=name)
                return (
                    None if answer is None else {"Policy": (answer.get("Attributes") or {}).get("Policy", "")}
                )
            case ChangeKind.SUBSCRIPTION:
                return self._subscription(change)
            case ChangeKind.METRIC_FILTER:
                return self._filter(change)
            case ChangeKind.ALARM:
                found = self._described_alarm(change)
                return None if found is None else alarm_parameters(found_alarm(found))
            case ChangeKind.ALARM_ACTIONS:
                found = self._described_alarm(change)
                return None if found is None else {"ActionsEnabled": bool(found.get("ActionsEnabled", True))}

    def put(self, change: Change, wanted: Mapping[str, Any]) -> str:
        """Makes the object of a change as it is wanted; returns the ARN of a subscription that is made.

        Raises:
            CallFailedError: The call failed.
        """
        region, name = change.region, change.name
        match change.kind:
            case ChangeKind.TOPIC:
                self._do("sns:CreateTopic", region, **wanted)
            case ChangeKind.TOPIC_POLICY:
                policy = wanted["Policy"]
                self._do(
                    "sns:SetTopicAttributes",
                    region,
                    TopicArn=name,
                    AttributeName="Policy",
                    AttributeValue=policy,
                )
            case ChangeKind.SUBSCRIPTION:
                # The ARN is given at once, so that what is not confirmed yet can be taken back too.
                made = self._do("sns:Subscribe", region, TopicArn=name, ReturnSubscriptionArn=True, **wanted)
                return str(made.get("SubscriptionArn") or "")
            case ChangeKind.METRIC_FILTER:
                self._do("logs:PutMetricFilter", region, **wanted)
            case ChangeKind.ALARM:
                self._do("cloudwatch:PutMetricAlarm", region, **wanted)
            case ChangeKind.ALARM_ACTIONS:
                verb = "Enable" if wanted["ActionsEnabled"] else "Disable"
                self._do(f"cloudwatch:{verb}AlarmActions", region, AlarmNames=[_alarm_name(name)])
        return ""

    def remove(self, change: Change, made: str) -> None:
        """Takes away the object that a change made; ``made`` is what ``put`` returned.

        Raises:
            CallFailedError: The call failed.
        """
        region, name = change.region, change.name
        match change.kind:
            case ChangeKind.TOPIC:
                self._do("sns:DeleteTopic", region, TopicArn=name)
            case ChangeKind.SUBSCRIPTION:
                self._do("sns:Unsubscribe", region, SubscriptionArn=made)
            case ChangeKind.METRIC_FILTER:
                self._do(
                    "logs:DeleteMetricFilter",
                    region,
                    logGroupName=change.after["logGroupName"],
                    filterName=change.after["filterName"],
                )
            case ChangeKind.ALARM:
                self._do("cloudwatch:DeleteAlarms", region, AlarmNames=[_alarm_name(name)])
            case ChangeKind.TOPIC_POLICY | ChangeKind.ALARM_ACTIONS:
                raise ValueError(f"a {change.kind.value} is never made, only changed")

    def subscriptions(self, topic_arn: str, region: str) -> list[Mapping[str, Any]]:
        """Lists the subscriptions of a topic, as SNS lists them.

        Raises:
            CallFailedError: They could not be listed.
        """
        pages = self._ask_all("sns:ListSubscriptionsByTopic", region, TopicArn=topic_arn)
        return [each for page in pages for each in page.get("Subscriptions") or ()]

    def _subscription(self, change: Change) -> State:
        wanted = recipient_listed(change.after)
        for each in self.subscriptions(change.name, change.region):
            if recipient_listed(each) == wanted and each.get("SubscriptionArn") != "Deleted":
                arn = str(each.get("SubscriptionArn") or "")
                return {
                    "Protocol": each.get("Protocol"),
                    "Endpoint": each.get("Endpoint"),
                    "SubscriptionArn": "" if arn in _PENDING else arn,
                }
        return None

    def _filter(self, change: Change) -> State:
        name = change.after["filterName"]
        pages = self._ask_all(
            "logs:DescribeMetricFilters",
            change.region,
            logGroupName=change.after["logGroupName"],
            filterNamePrefix=name,
        )
        for each in (found for page in pages for found in page.get("metricFilters") or ()):
            if each.get("filterName") == name:
                return filter_parameters(found_filter(change.name, each))
        return None

    def _described_alarm(self, change: Change) -> Mapping[str, Any] | None:
        name = _alarm_name(change.name)
        types = ["MetricAlarm", "CompositeAlarm"]
        pages = self._ask_all("cloudwatch:DescribeAlarms", change.region, AlarmNames=[name], AlarmTypes=types)
        members = ("MetricAlarms", "CompositeAlarms")
        found = [each for page in pages for member in members for each in page.get(member) or ()]
        return found[0] if found else None

    def _ask(self, action: str, region: str, **parameters: Any) -> Mapping[str, Any] | None:
        pages = self._ask_all(action, region, **parameters)
        return pages[0] if pages else None

    def _ask_all(self, action: str, region: str, **parameters: Any) -> list[Mapping[str, Any]]:
        before = len(self._connection.failures)
        pages = self._connection.ask_all(action, region, "", **parameters)
        failures = self._connection.failures[before:]
        for each in failures:
            if each.kind is not FailureKind.MISSING:
                raise CallFailedError(action, each.kind, each.code, "what is there now could not be read")
        return pages

    def _do(self, action: str, region: str, **parameters: Any) -> Mapping[str, Any]:
        call = _METHODS[action]
        self._connection.calls[action] += 1
        try:
            client = self._connection.client(call.service, region)
            answer: Mapping[str, Any] = getattr(client, call.method)(**parameters)
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
            kind, code = kind_of_error(error)
            raise CallFailedError(action, kind, code, _said(error)) from error
        return answer


def _said(error: Exception) -> str:
    if isinstance(error, botocore.exceptions.ClientError):
        return str(error.response.get("Error", {}).get("Message") or "no reason given")
    return str(error)


def _alarm_name(arn: str) -> str:
    place = read_arn(arn)
    return "" if place is None else place.resource.removeprefix("alarm:")
