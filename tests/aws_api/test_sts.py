"""STS through a real AWS client."""

from pathlib import Path

import httpx2
import pytest

from support.aws_raw import FORM, xml_error
from support.aws_server import aws_server
from support.clock import ManualClock

pytestmark = pytest.mark.client


def test_whoever_calls_is_the_account(tmp_path: Path) -> None:
    with aws_server(tmp_path, ManualClock(), account_id="111122223333") as server:
        identity = server.client("sts").get_caller_identity()

    del identity["ResponseMetadata"]
    assert {
        "UserId": "111122223333",
        "Account": "111122223333",
        "Arn": "arn:aws:iam::111122223333:root",
    } == identity


def test_an_unsigned_call_is_refused(tmp_path: Path) -> None:
    with aws_server(tmp_path, ManualClock()) as server:
        answer = httpx2.post(
            server.url,
            content=b"Action=GetCallerIdentity&Version=2011-06-15",
            headers={"content-type": FORM},
        )

    assert 403 == answer.status_code
    assert "MissingAuthenticationToken" == xml_error(answer)["Code"]
