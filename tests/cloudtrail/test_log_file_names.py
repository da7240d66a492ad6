from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.cloudtrail import FileKind, LogFileName, object_key, parse_file_name


def _ms(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 1000  # type: ignore[misc, arg-type]


_LOG = LogFileName("111122223333", "us-east-2", _ms(2026, 9, 14, 5, 40), "Mu0KsOhtH1ar15ZZ")
_LOG_NAME = "111122223333_CloudTrail_us-east-2_20260914T0540Z_Mu0KsOhtH1ar15ZZ.json.gz"
_DIGEST = LogFileName(
    "111122223333", "us-east-2", _ms(2026, 9, 14, 5, 40, 37), "all_events-trail_eu-west-1", FileKind.DIGEST
)
_DIGEST_NAME = "111122223333_CloudTrail-Digest_us-east-2_all_events-trail_eu-west-1_20260914T054037Z.json.gz"
_INSIGHT = LogFileName(
    "111122223333", "us-gov-west-1", _ms(2026, 1, 2, 3, 5), "abcDEF0123456789", FileKind.INSIGHT
)
_INSIGHT_NAME = "111122223333_CloudTrail-Insight_us-gov-west-1_20260102T0305Z_abcDEF0123456789.json.gz"

_READ = {
    "a log file": (_LOG_NAME, _LOG),
    "a digest, whose trail has an underscore": (_DIGEST_NAME, _DIGEST),
    "an Insight file": (_INSIGHT_NAME, _INSIGHT),
    "a whole key": (
        f"logs/AWSLogs/o-example123/111122223333/CloudTrail/us-east-2/2026/09/14/{_LOG_NAME}",
        _LOG,
    ),
    "a path of Windows": (f"C:\\logs\\{_LOG_NAME}", _LOG),
    "an unpacked file": (
        _LOG_NAME.removesuffix(".gz"),
        LogFileName("111122223333", "us-east-2", _LOG.minute_ms, "Mu0KsOhtH1ar15ZZ", extension="json"),
    ),
    "a dash before the time, neither Z nor unique part": (
        "111122223333_CloudTrail_us-east-1-20260914T0540.json",
        LogFileName("111122223333", "us-east-1", _LOG.minute_ms, extension="json"),
    ),
    "no unique part and no extension": (
        "111122223333_CloudTrail_us-east-1_20260914T0540Z",
        LogFileName("111122223333", "us-east-1", _LOG.minute_ms, extension=""),
    ),
    "seconds in a log file's name": (
        "111122223333_CloudTrail_us-east-2_20260914T054059Z_Mu0KsOhtH1ar15ZZ.json.gz",
        _LOG,
    ),
    "a copy made by a file manager": (
        "Copy of 111122223333_CloudTrail_us-east-2_20260914T0540Z_Mu0KsOhtH1ar15ZZ (1).json.gz",
        _LOG,
    ),
    "a kind of file to come is read as a log": (
        "111122223333_CloudTrail-Novelty_us-east-2_20260914T0540Z_Mu0KsOhtH1ar15ZZ.json.gz",
        _LOG,
    ),
}

_UNREAD = {
    "nothing": "",
    "a folder": "AWSLogs/111122223333/CloudTrail/",
    "another file": "events.json",
    "a month that does not exist": "111122223333_CloudTrail_us-east-1_20261314T0540Z_a.json.gz",
    "an hour that does not exist": "111122223333_CloudTrail_us-east-1_20260914T2460Z_a.json.gz",
    "no time": "111122223333_CloudTrail_us-east-1_a.json.gz",
    "a name longer than any key": f"{'a' * 1024}{_LOG_NAME}",
    "a log stream": "111122223333_CloudTrail_us-east-1",
    "the time in the folder only": f"{_LOG_NAME}/events.json",
    "digits of another script": f"111122223333_CloudTrail_us-east-1_{chr(0x662) * 8}T0540Z_a.json.gz",
}


@pytest.mark.parametrize(("name", "expected"), _READ.values(), ids=_READ)
def test_a_name_is_read(name: str, expected: LogFileName) -> None:
    assert expected == parse_file_name(name)


@pytest.mark.parametrize("name", _UNREAD.values(), ids=_UNREAD)
def test_a_name_without_a_delivery_minute_is_none(name: str) -> None:
    assert parse_file_name(name) is None


@pytest.mark.parametrize(
    ("parsed", "name"), [(_LOG, _LOG_NAME), (_DIGEST, _DIGEST_NAME), (_INSIGHT, _INSIGHT_NAME)]
)
def test_a_name_is_written_as_aws_writes_it(parsed: LogFileName, name: str) -> None:
    assert name == parsed.file_name


@pytest.mark.parametrize(
    ("name", "prefix", "organization_id", "expected"),
    [
        (_LOG, "", "", f"AWSLogs/111122223333/CloudTrail/us-east-2/2026/09/14/{_LOG_NAME}"),
        (
            _LOG,
            "security/trails/",
            "o-example123",
            f"security/trails/AWSLogs/o-example123/111122223333/CloudTrail/us-east-2/2026/09/14/{_LOG_NAME}",
        ),
        (
            _DIGEST,
            "",
            "",
            f"AWSLogs/111122223333/CloudTrail-Digest/us-east-2/2026/09/14/{_DIGEST_NAME}",
        ),
        (
            _INSIGHT,
            "",
            "",
            f"AWSLogs/111122223333/CloudTrail-Insight/us-gov-west-1/2026/01/02/{_INSIGHT_NAME}",
        ),
    ],
)
def test_the_key_is_the_one_cloudtrail_delivers_to(
    name: LogFileName, prefix: str, organization_id: str, expected: str
) -> None:
    assert expected == object_key(name, prefix, organization_id)


_NAMES = st.builds(
    LogFileName,
    account_id=st.from_regex(r"\A[0-9]{12}\Z"),
    region=st.sampled_from(["eu-west-1", "us-gov-east-1", "cn-north-1", "ap-southeast-4"]),
    minute_ms=st.integers(0, 4_000_000_000 // 60).map(lambda minute: minute * 60_000),
    unique=st.from_regex(r"\A[A-Za-z0-9]{16}\Z"),
    kind=st.sampled_from([FileKind.LOG, FileKind.INSIGHT]),
)


@given(_NAMES)
def test_what_is_written_is_read_back(name: LogFileName) -> None:
    assert name == parse_file_name(object_key(name, "prefix", "o-example123"))


@given(st.text())
def test_no_name_raises(name: str) -> None:
    parsed = parse_file_name(name)

    assert parsed is None or parsed.minute_ms % 1000 == 0
