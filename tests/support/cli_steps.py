"""Command lines for every operation, and what must come of each: a piece of the answer, or an error.

In a line ``NOW`` stands for this instant in milliseconds, ``HOOK`` for a receiver that confirms, and
``{name}`` for what an earlier step kept under a name.
"""

import msgspec

__all__ = ["STEPS", "Step"]

GROUP = "--log-group-name g"
STREAM = f"{GROUP} --log-stream-name s"
GROUP_ARN = "arn:aws:logs:us-east-1:000000000000:log-group:g"
TOPIC = "arn:aws:sns:us-east-1:000000000000:t"
ALARM_ARN = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:a"
METRIC = "--namespace N --metric-name m"
TIMES = "--start-time 2026-09-14T05:00:00Z --end-time 2026-09-14T06:00:00Z"
FILTER = f"{GROUP} --filter-name f --filter-pattern '{{ $.a = 1 }}'"
PUBLISHED = "--metric-transformations metricName=m,metricNamespace=N,metricValue=1"
ALARM = (
    f"--alarm-name a {METRIC} --statistic Sum --period 60 --evaluation-periods 1 --threshold 1 "
    "--comparison-operator GreaterThanThreshold"
)
LONG = "x" * 300
QUERY = '[{"Id":"q","MetricStat":{"Metric":{"Namespace":"N","MetricName":"m"},"Period":60,"Stat":"Sum"}}]'
MATCHED = "'{\"a\":2}' '{\"a\":1}'"


class Step(msgspec.Struct, frozen=True):
    """A command line behind ``aws SERVICE``, and what must come of it.

    ``shows`` is a piece of the answer; ``fails`` an error's code; ``keep`` a name for the whole answer.
    """

    line: str
    shows: str = ""
    fails: str = ""
    keep: str = ""

    @property
    def operation(self) -> str:
        """AWS's name of the operation that the line calls."""
        return "".join(word.capitalize() for word in self.line.split()[0].split("-"))


STEPS: dict[str, tuple[Step, ...]] = {
    "logs": (
        Step("create-log-group --log-group-name g --tags k=v"),
        Step("create-log-group --log-group-name g", fails="ResourceAlreadyExistsException"),
        Step("describe-log-groups", shows='"logGroupName": "g"'),
        Step(
            "describe-log-groups --log-group-name-prefix a --log-group-name-pattern b",
            fails="InvalidParameterException",
        ),
        Step(f"put-retention-policy {GROUP} --retention-in-days 7"),
        Step(f"put-retention-policy {GROUP} --retention-in-days 8", fails="InvalidParameterException"),
        Step(f"delete-retention-policy {GROUP}"),
        Step("delete-retention-policy --log-group-name no", fails="ResourceNotFoundException"),
        Step("put-log-group-deletion-protection --log-group-identifier g --no-deletion-protection-enabled"),
        Step(
            "put-log-group-deletion-protection --log-group-identifier no --deletion-protection-enabled",
            fails="ResourceNotFoundException",
        ),
        Step(f"create-log-stream {STREAM}"),
        Step(f"create-log-stream {STREAM}", fails="ResourceAlreadyExistsException"),
        Step(f"describe-log-streams {GROUP}", shows='"logStreamName": "s"'),
        Step("describe-log-streams --log-group-name no", fails="ResourceNotFoundException"),
        Step(f"put-metric-filter {FILTER} {PUBLISHED}"),
        Step(
            f"put-metric-filter {FILTER.replace('$.a = 1', '$.a =')} {PUBLISHED}",
            fails="InvalidParameterException",
        ),
        Step(f"describe-metric-filters {GROUP}", shows='"filterPattern": "{ $.a = 1 }"'),
        Step("describe-metric-filters --metric-name m", fails="InvalidParameterException"),
        Step(
            "test-metric-filter --filter-pattern '{ $.a = 1 }' --log-event-messages '{\"a\":2}' '{\"a\":1}'",
            shows='"eventNumber": 2',
        ),
        Step(
            "test-metric-filter --filter-pattern '{' --log-event-messages m",
            fails="InvalidParameterException",
        ),
        Step(f'put-log-events {STREAM} --log-events \'[{{"timestamp":NOW,"message":"{{\\"a\\":1}}"}}]\''),
        Step(
            f"put-log-events {GROUP} --log-stream-name no --log-events timestamp=NOW,message=m",
            fails="ResourceNotFoundException",
        ),
        Step(f"get-log-events {STREAM}", shows='"message": "{\\"a\\":1}"'),
        Step(f"get-log-events {STREAM} --next-token no", fails="InvalidParameterException"),
        Step(f"filter-log-events {GROUP} --filter-pattern '{{ $.a = 1 }}'", shows='"logStreamName": "s"'),
        Step(f"filter-log-events {GROUP} --next-token no", fails="InvalidParameterException"),
        Step(f"tag-resource --resource-arn {GROUP_ARN} --tags a=b"),
        Step(f"tag-resource --resource-arn {GROUP_ARN}-no --tags a=b", fails="ResourceNotFoundException"),
        Step(f"list-tags-for-resource --resource-arn {GROUP_ARN}", shows='"a": "b"'),
        Step(f"list-tags-for-resource --resource-arn {GROUP_ARN}-no", fails="ResourceNotFoundException"),
        Step(f"untag-resource --resource-arn {GROUP_ARN} --tag-keys a"),
        Step(f"untag-resource --resource-arn {GROUP_ARN}-no --tag-keys a", fails="ResourceNotFoundException"),
        Step(f"tag-log-group {GROUP} --tags c=d"),
        Step("tag-log-group --log-group-name no --tags c=d", fails="ResourceNotFoundException"),
        Step(f"list-tags-log-group {GROUP}", shows='"c": "d"'),
        Step("list-tags-log-group --log-group-name no", fails="ResourceNotFoundException"),
        Step(f"untag-log-group {GROUP} --tags c"),
        Step("untag-log-group --log-group-name no --tags c", fails="ResourceNotFoundException"),
        Step(f"delete-metric-filter {GROUP} --filter-name f"),
        Step(f"delete-metric-filter {GROUP} --filter-name f", fails="ResourceNotFoundException"),
        Step(f"delete-log-stream {STREAM}"),
        Step(f"delete-log-stream {STREAM}", fails="ResourceNotFoundException"),
        Step(f"delete-log-group {GROUP}"),
        Step(f"delete-log-group {GROUP}", fails="ResourceNotFoundException"),
    ),
    "sns": (
        Step("create-topic --name t", shows=TOPIC),
        Step("create-topic --name 'a b'", fails="InvalidParameter"),
        Step("list-topics", shows=TOPIC),
        Step("list-topics --starting-token no", fails="InvalidParameter"),
        Step(f"set-topic-attributes --topic-arn {TOPIC} --attribute-name DisplayName --attribute-value d"),
        Step(f"set-topic-attributes --topic-arn {TOPIC} --attribute-name No", fails="InvalidParameter"),
        Step(f"get-topic-attributes --topic-arn {TOPIC}", shows='"DisplayName": "d"'),
        Step(f"get-topic-attributes --topic-arn {TOPIC}-no", fails="NotFound"),
        Step(f"tag-resource --resource-arn {TOPIC} --tags Key=k,Value=v"),
        Step(f"tag-resource --resource-arn {TOPIC}-no --tags Key=k,Value=v", fails="ResourceNotFound"),
        Step(f"list-tags-for-resource --resource-arn {TOPIC}", shows='"Value": "v"'),
        Step(f"list-tags-for-resource --resource-arn {TOPIC}-no", fails="ResourceNotFound"),
        Step(f"untag-resource --resource-arn {TOPIC} --tag-keys k"),
        Step(f"untag-resource --resource-arn {TOPIC}-no --tag-keys k", fails="ResourceNotFound"),
        Step(
            f"subscribe --topic-arn {TOPIC} --protocol http --notification-endpoint HOOK "
            "--return-subscription-arn --output text",
            shows=f"{TOPIC}:",
            keep="subscription",
        ),
        Step(f"subscribe --topic-arn {TOPIC} --protocol pigeon", fails="InvalidParameter"),
        Step(f"confirm-subscription --topic-arn {TOPIC} --token {{token}}", shows=f"{TOPIC}:"),
        Step(f"confirm-subscription --topic-arn {TOPIC} --token abc123", fails="InvalidParameter"),
        Step("list-subscriptions", shows='"Protocol": "http"'),
        Step("list-subscriptions --starting-token no", fails="InvalidParameter"),
        Step(f"list-subscriptions-by-topic --topic-arn {TOPIC}", shows='"Protocol": "http"'),
        Step(f"list-subscriptions-by-topic --topic-arn {TOPIC}-no", fails="NotFound"),
        Step(
            "set-subscription-attributes --subscription-arn {subscription} "
            "--attribute-name RawMessageDelivery --attribute-value true"
        ),
        Step(
            "set-subscription-attributes --subscription-arn {subscription} --attribute-name No",
            fails="InvalidParameter",
        ),
        Step(
            "get-subscription-attributes --subscription-arn {subscription}",
            shows='"RawMessageDelivery": "true"',
        ),
        Step(f"get-subscription-attributes --subscription-arn {TOPIC}:no", fails="NotFound"),
        Step(f"publish --topic-arn {TOPIC} --message m --subject s", shows='"MessageId"'),
        Step(f"publish --topic-arn {TOPIC}-no --message m", fails="NotFound"),
        Step(
            f"publish-batch --topic-arn {TOPIC} --publish-batch-request-entries Id=a,Message=m",
            shows='"Id": "a"',
        ),
        Step(
            f"publish-batch --topic-arn {TOPIC} "
            "--publish-batch-request-entries Id=a,Message=m Id=a,Message=n",
            fails="BatchEntryIdsNotDistinct",
        ),
        Step("unsubscribe --subscription-arn {subscription}"),
        Step(f"unsubscribe --subscription-arn {TOPIC}", fails="InvalidParameter"),
        Step(f"delete-topic --topic-arn {TOPIC}"),
        Step("delete-topic --topic-arn t", fails="InvalidParameter"),
    ),
    "cloudwatch": (
        Step(f"put-metric-data {METRIC} --value 5"),
        Step("put-metric-data --namespace AWS/N --metric-name m --value 5", fails="InvalidParameterValue"),
        Step("list-metrics --namespace N", shows='"MetricName": "m"'),
        Step("list-metrics --starting-token no", fails="InvalidParameterValue"),
        Step(f"get-metric-statistics {METRIC} {TIMES} --period 60 --statistics Sum", shows='"Label": "m"'),
        Step(
            f"get-metric-statistics {METRIC} {TIMES} --period 7 --statistics Sum",
            fails="InvalidParameterValue",
        ),
        Step(f"get-metric-data --metric-data-queries '{QUERY}' {TIMES}", shows='"StatusCode": "Complete"'),
        Step(
            f"get-metric-data --metric-data-queries '{QUERY.replace('Sum', 'No')}' {TIMES}",
            fails="ValidationError",
        ),
        Step(f"put-metric-alarm {ALARM} --tags Key=k,Value=v"),
        Step(f"put-metric-alarm {ALARM} --datapoints-to-alarm 2", fails="ValidationError"),
        Step("describe-alarms --alarm-names a", shows='"AlarmName": "a"'),
        Step("describe-alarms --starting-token no", fails="InvalidNextToken"),
        Step("put-composite-alarm --alarm-name c --alarm-rule 'ALARM(a)'"),
        Step("put-composite-alarm --alarm-name c --alarm-rule 'alarm(a)'", fails="ValidationError"),
        Step("describe-alarms --alarm-types CompositeAlarm", shows='"AlarmRule": "ALARM(a)"'),
        Step(f"describe-alarms-for-metric {METRIC}", shows='"AlarmName": "a"'),
        Step(f"describe-alarms-for-metric {METRIC} --unit No", fails="ValidationError"),
        Step("set-alarm-state --alarm-name a --state-value ALARM --state-reason r"),
        Step("set-alarm-state --alarm-name no --state-value OK --state-reason r", fails="ResourceNotFound"),
        Step("disable-alarm-actions --alarm-names a"),
        Step(f"disable-alarm-actions --alarm-names {LONG}", fails="ValidationError"),
        Step("enable-alarm-actions --alarm-names a"),
        Step(f"enable-alarm-actions --alarm-names {LONG}", fails="ValidationError"),
        Step("describe-alarm-history --alarm-name a", shows="Alarm updated from"),
        Step("describe-alarm-history --starting-token no", fails="InvalidNextToken"),
        Step(f"tag-resource --resource-arn {ALARM_ARN} --tags Key=l,Value=w"),
        Step(
            f"tag-resource --resource-arn {ALARM_ARN}no --tags Key=l,Value=w",
            fails="ResourceNotFoundException",
        ),
        Step(f"list-tags-for-resource --resource-arn {ALARM_ARN}", shows='"Value": "w"'),
        Step(f"list-tags-for-resource --resource-arn {ALARM_ARN}no", fails="ResourceNotFoundException"),
        Step(f"untag-resource --resource-arn {ALARM_ARN} --tag-keys l"),
        Step(f"untag-resource --resource-arn {ALARM_ARN}no --tag-keys l", fails="ResourceNotFoundException"),
        Step("delete-alarms --alarm-names a", fails="ValidationError"),
        Step("delete-alarms --alarm-names c"),
        Step("delete-alarms --alarm-names a"),
        Step(f"delete-alarms --alarm-names {LONG}", fails="ValidationError"),
    ),
    "sts": (
        Step("get-caller-identity", shows='"Account": "000000000000"'),
        Step("get-caller-identity --no-sign-request", fails="MissingAuthenticationToken"),
    ),
    "cloudtrail": (
        Step("describe-trails", shows='"Name": "logs"'),
        Step("describe-trails --no-sign-request", fails="MissingAuthenticationTokenException"),
        Step("get-trail --name logs", shows='"HomeRegion": "us-east-1"'),
        Step("get-trail --name nothing", fails="TrailNotFoundException"),
        Step("list-trails", shows='"Name": "logs"'),
        Step("list-trails --no-sign-request", fails="MissingAuthenticationTokenException"),
        Step("get-trail-status --name logs", shows='"IsLogging": true'),
        Step("get-trail-status --name nothing", fails="TrailNotFoundException"),
        Step("get-event-selectors --trail-name logs", shows='"ReadWriteType": "All"'),
        Step("get-event-selectors --trail-name nothing", fails="TrailNotFoundException"),
    ),
}
"""The steps by service, in order."""
