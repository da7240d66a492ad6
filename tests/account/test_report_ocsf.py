"""The report of an audit as OCSF Compliance Findings: what version 1.8.0 of the schema asks for."""

import json
from typing import Any

import pytest

from support.audited import HOSTILE, NOW, UNREAD, every_status, made_account, made_control, text_audit
from trailbell.account import Audit, Status, ocsf_findings

REQUIRED = {
    "activity_id",
    "category_uid",
    "class_uid",
    "cloud",
    "compliance",
    "finding_info",
    "metadata",
    "severity_id",
    "time",
    "type_uid",
}
KNOWN = REQUIRED | {
    "activity_name",
    "category_name",
    "class_name",
    "message",
    "remediation",
    "resources",
    "severity",
    "status",
    "status_code",
    "status_detail",
    "status_id",
    "type_name",
    "unmapped",
}
COMPLIANCE = {0: "Unknown", 1: "Pass", 2: "Warning", 3: "Fail"}
SEVERITIES = {0: "Unknown", 1: "Informational", 2: "Low", 3: "Medium", 4: "High"}
STATUSES = {0: "Unknown", 1: "New", 3: "Suppressed", 4: "Resolved"}


def findings(audit: Audit) -> list[dict[str, Any]]:
    return ocsf_findings(audit, NOW)


def finding_of(status: Status) -> dict[str, Any]:
    return next(each for each in findings(every_status()) if each.get("status_code") == status.value)


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for key, each in value.items() for text in (str(key), *strings(each))]
    if isinstance(value, list):
        return [text for each in value for text in strings(each)]
    return [value] if isinstance(value, str) else []


def test_there_is_one_finding_for_each_control_of_each_account_and_each_account_not_read() -> None:
    expected = [
        (account.account, control.id, control.status.value)
        for account in every_status().accounts
        for control in account.controls
    ]
    found = [
        (
            each["cloud"]["account"]["uid"],
            each["compliance"].get("requirements", [""])[0],
            each.get("status_code"),
        )
        for each in findings(every_status())
    ]

    assert [*expected, (UNREAD, "", None)] == found


def test_each_finding_has_what_the_class_requires_and_nothing_it_does_not_know() -> None:
    for each in findings(every_status()):
        assert REQUIRED <= set(each) <= KNOWN
        assert (2, 2003, 1, 200301) == (
            each["category_uid"],
            each["class_uid"],
            each["activity_id"],
            each["type_uid"],
        )
        assert isinstance(each["time"], int)
        assert ("1.8.0", ["cloud"], "Trailbell") == (
            each["metadata"]["version"],
            each["metadata"]["profiles"],
            each["metadata"]["product"]["name"],
        )
        assert ("AWS", 10) == (each["cloud"]["provider"], each["cloud"]["account"]["type_id"])
        assert all("name" in resource or "uid" in resource for resource in each.get("resources", []))


def test_numbers_have_the_schemas_own_words_and_99_has_ours() -> None:
    for each in findings(every_status()):
        said = each["compliance"]
        assert said["status"] == COMPLIANCE.get(said["status_id"], each.get("status_code"))
        assert each["status"] == STATUSES.get(each["status_id"], each.get("status_code"))
        assert each["severity"] == SEVERITIES[each["severity_id"]]


@pytest.mark.parametrize(
    ("status", "compliance", "finding", "severity"),
    [
        (Status.PASS, 1, 4, 1),
        (Status.PASS_NOISY, 2, 4, 2),
        (Status.FAIL, 3, 1, 4),
        (Status.UNKNOWN, 0, 0, 0),
        (Status.NOT_HERE, 99, 99, 1),
        (Status.EXCEPTION, 99, 3, 1),
    ],
    ids=str,
)
def test_each_status_has_its_numbers(status: Status, compliance: int, finding: int, severity: int) -> None:
    [found] = findings(Audit((made_account([made_control(status=status)]),), "1"))

    assert (compliance, finding, severity) == (
        found["compliance"]["status_id"],
        found["status_id"],
        found["severity_id"],
    )


def test_a_failure_names_the_fix_the_broken_link_the_chain_and_the_witness() -> None:
    found = next(each for each in findings(every_status()) if each["cloud"]["account"]["uid"].endswith("3"))

    assert "add one with the control's pattern" in found["remediation"]["desc"]
    assert ("filter", ["trail", "log_group"]) == (
        found["unmapped"]["broken_link"],
        [each["link"] for each in found["unmapped"]["chain"]],
    )
    assert json.loads(found["unmapped"]["witness_event"])["eventVersion"]
    assert {
        "uid": "arn:aws:cloudtrail:us-east-1:111122223333:trail/main",
        "name": "arn:aws:cloudtrail:us-east-1:111122223333:trail/main",
        "type": "trail",
        "region": "us-east-1",
        "cloud_partition": "aws",
    } == found["resources"][0]


def test_what_passes_or_is_attested_has_nothing_to_mend() -> None:
    assert "remediation" not in finding_of(Status.PASS)
    assert "remediation" not in finding_of(Status.EXCEPTION)
    assert {"author": "Ada Smith", "reason": "The SIEM watches it", "expires": "2027-06-30"} == (
        finding_of(Status.EXCEPTION)["unmapped"]["exception"]
    )


def test_a_finding_keeps_its_uid_from_one_audit_to_the_next_and_records_differ() -> None:
    before = made_account([made_control()])
    after = made_account([made_control(status=Status.PASS)])
    [first] = findings(Audit((before,), "1"))
    [again] = findings(Audit((before,), "1"))
    [later] = findings(Audit((after,), "2"))
    everything = findings(every_status())

    assert first == again
    assert "111122223333/7.0.0/root_usage" == first["finding_info"]["uid"] == later["finding_info"]["uid"]
    assert len(everything) == len({each["metadata"]["uid"] for each in everything})


def test_the_time_is_when_the_account_was_read_else_now() -> None:
    [found] = findings(Audit((made_account([made_control()]),), "1"))
    unread = findings(every_status())[-1]

    assert 1793530800000 == found["time"]
    assert NOW.timestamp() * 1000 == unread["time"]
    assert "The role cannot be assumed." == unread["message"]


def test_text_out_of_an_account_is_printable_and_can_be_written() -> None:
    found = findings(text_audit(HOSTILE))

    assert len(Status) == len(found)
    assert [] == [text for text in strings(found) if not text.replace("\n", "").isprintable()]
    assert found == json.loads(json.dumps(found, allow_nan=False).encode())


def test_long_chains_are_cut_and_the_rest_is_counted() -> None:
    [found] = findings(Audit((made_account([made_control(elements=20)]),), "1"))

    assert (50, 110) == (len(found["unmapped"]["chain"]), found["unmapped"]["chain_left_off"])
