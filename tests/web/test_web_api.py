"""The JSON API, health and metrics, over a chain moved by hand."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from support.records import denial, record
from support.scenario import UNAUTHORIZED, Scenario
from trailbell.access import hosts_for
from trailbell.aws_api import make_aws_api
from trailbell.web import METRICS, ROUTES, make_app

BASE = "http://127.0.0.1:4747"


@pytest.fixture
def scenario(tmp_path: Path) -> Iterator[Scenario]:
    made = Scenario(tmp_path)
    made.chain.take_all()
    made.chain.tick()
    made.drop("a/one.json.gz", [denial("mallory", eventID="m1"), denial("bob", eventID="b1"), record()])
    yield made
    made.close()


@pytest.fixture
def client(scenario: Scenario) -> Iterator[TestClient]:
    aws_api = make_aws_api(scenario.chain, scenario.clock, scenario.settings, BASE)
    app = make_app(scenario.chain, scenario.clock, hosts_for("127.0.0.1", 4747), aws_api)
    with TestClient(app, base_url=BASE) as opened:
        yield opened


def get(client: TestClient, path: str, expected: int = 200, **parameters: str) -> Any:
    answer = client.get(path, params=parameters)
    assert expected == answer.status_code
    return answer.json()


def test_health_answers_and_readiness_waits_for_the_loops(client: TestClient) -> None:
    assert {"status": "ok"} == get(client, "/healthz")
    assert {"status": "starting or stopping"} == get(client, "/readyz", 503)


def test_status_shows_alarms_sources_classes_and_bounds(client: TestClient) -> None:
    status = get(client, "/api/v1/status")

    [source] = status["sources"]
    assert {"read": 3, "matched": 2, "unmatched": 1, "duplicate": 0, "rejected": 0} == source["records"]
    assert len(status["alarms"]) == 15
    assert {"pending": 1, "delivered": 0, "dead": 0} == status["messages"]
    assert all(each["keeps_days"] or each["keeps_rows"] for each in status["tables"])


def test_an_alarm_shows_who_and_its_history(client: TestClient) -> None:
    alarm = get(client, f"/api/v1/alarms/{UNAUTHORIZED}")

    assert alarm["state"] == "ALARM"
    assert [
        {"key": f"arn:aws:iam::111122223333:user/{name}", "kind": "user", "count": 1}
        for name in ("bob", "mallory")
    ] == alarm["evidence"]["principals"]
    assert ["b1", "m1"] == sorted(alarm["evidence"]["examples"])
    assert {"StateUpdate", "Action", "ConfigurationUpdate"} == {each["type"] for each in alarm["history"]}


def test_evidence_has_the_same_members_everywhere(client: TestClient) -> None:
    evidence = get(client, f"/api/v1/alarms/{UNAUTHORIZED}")["evidence"]

    assert [
        "total", "first", "last", "principals", "calls", "errors", "addresses", "accounts", "regions",
        "examples", "approximate",
    ] == list(evidence)  # fmt: skip


def test_events_are_searched_by_alarm_who_and_when(client: TestClient) -> None:
    of_alarm = get(client, "/api/v1/events", alarm=UNAUTHORIZED)["events"]
    of_bob = get(client, "/api/v1/events", principal="bob", since="2026-09-14T05:30Z", record="yes")["events"]

    assert {"m1", "b1"} == {each["event_id"] for each in of_alarm}
    assert [None, None] == [each["record"] for each in of_alarm]
    assert ["b1"] == [each["record"]["eventID"] for each in of_bob]


@pytest.mark.parametrize(
    ("path", "parameters", "status", "words"),
    [
        ("/api/v1/alarms/nope", {}, 404, "no alarm is called 'nope'"),
        ("/api/v1/events", {"alarm": "nope"}, 404, "no alarm is called"),
        ("/api/v1/events", {"since": "yesterday"}, 400, "'yesterday' is no instant"),
        ("/api/v1/events", {"since": "-1d"}, 400, "since: '-1d' is no instant"),
        ("/api/v1/events", {"until": ""}, 400, "until: '' is no instant"),
        ("/api/v1/events", {"since": "1h", "until": "2h"}, 400, "since (1h) must be before until (2h)"),
        ("/api/v1/events", {"since": "2026-09-14", "until": "2026-09-14"}, 400, "must be before until"),
        *(
            ("/api/v1/events", {"limit": each}, 400, "limit must be a whole number")
            for each in ("0", "-1", "10001", "nan", "inf", "1e400", "1.5", "", "\u0663", "9" * 5000)
        ),
        ("/api/v1/events", {"record": "banana"}, 400, "record must be 1 or 0, not 'banana'"),
        ("/api/v1/events", {"record": ""}, 400, "record must be 1 or 0, not ''"),
        ("/api/v1/events", {"who": "bob"}, 400, "unknown parameter 'who'; known are account, address, "),
        ("/api/v1/events?limit=1&limit=2", {}, 400, "'limit' is given more than once"),
        ("/api/v1/rejected", {"limit": "nan"}, 400, "limit must be a whole number"),
        ("/api/v1/rejected", {"files": "x"}, 400, "unknown parameter 'files'; known are file, limit"),
        ("/api/v1/rejected/7", {}, 404, "7"),
        *((f"/api/v1/rejected/{each}", {}, 400, "whole number") for each in ("-1", "nan", "9" * 5000)),
        ("/api/v1/status", {"limit": "1"}, 400, "unknown parameter 'limit'; there is none here"),
        ("/api/v1/alarms", {"state": "ALARM"}, 400, "unknown parameter 'state'"),
        ("/api/v1/controls/root", {}, 404, "no control is called 'root'"),
        ("/api/v2/status", {}, 404, "/api/v2/status"),
    ],
)
def test_a_request_that_cannot_be_answered_says_why(
    client: TestClient, path: str, parameters: dict[str, str], status: int, words: str
) -> None:
    # Parameters of the call would take the place of those in the path.
    answer = client.get(path, params=parameters or None)

    assert (status, True) == (answer.status_code, words in answer.json()["error"]), answer.text


def test_what_watches_over_the_server_may_send_what_it_likes(client: TestClient) -> None:
    assert {"status": "ok"} == get(client, "/healthz", probe="1")


BROWSER = {
    "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "sec-fetch-site": "none",
}


def test_a_browser_at_the_root_is_shown_where_things_are(client: TestClient) -> None:
    answer = client.get("/", headers=BROWSER)
    links = re.findall(r'<a href="([^"]+)">', answer.text)

    assert (200, "text/html; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
    assert {"/api/v1/status", "/api/v1/alarms", "/api/v1/events"} <= set(links)
    assert {200} == {client.get(each).status_code for each in links if each != "/readyz"}
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("method", "address", "headers"),
    [
        ("GET", "/", {}),
        ("GET", "/", {"accept": "*/*"}),
        ("GET", "/?Action=ListTopics", BROWSER),
        ("GET", "/", BROWSER | {"authorization": "AWS4-HMAC-SHA256 Credential=x"}),
        ("GET", "/", BROWSER | {"x-amz-date": "20260914T054300Z"}),
        ("POST", "/", BROWSER),
    ],
)
def test_whatever_else_comes_to_the_root_is_for_the_aws_apis(
    client: TestClient, method: str, address: str, headers: dict[str, str]
) -> None:
    answer = client.request(method, address, headers=headers)

    assert answer.status_code >= 400
    assert "<ErrorResponse>" in answer.text


def test_controls_are_listed_and_shown(client: TestClient) -> None:
    listed = get(client, "/api/v1/controls")["controls"]
    shown = get(client, "/api/v1/controls/root-usage")

    assert (16, "OK") == (len(listed), shown["alarm_state"])


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"[]", 400, "not as expected"),
        (b'{"files": ""}', 400, "unknown field"),
        (b'{"file": "nope"}', 400, "nothing was rejected"),
        (b"{" + b" " * 70_000 + b"}", 413, ""),
    ],
)
def test_a_bad_body_is_refused_with_words(client: TestClient, body: bytes, status: int, words: str) -> None:
    answer = client.post("/api/v1/rejected/retry", content=body)

    assert (status, True) == (answer.status_code, words in answer.json()["error"])


@pytest.mark.parametrize("route", ROUTES, ids=[f"{each.method} {each.path}" for each in ROUTES])
def test_every_route_refuses_a_foreign_host_and_a_foreign_origin(client: TestClient, route: Any) -> None:
    path = route.path.replace("{name}", "x").replace("{key}", "x")
    host = client.request(route.method, path, headers={"host": "trailbell.example:4747"})
    origin = client.request(route.method, path, headers={"origin": "https://evil.example"})
    fetched = client.request(route.method, path, headers={"sec-fetch-site": "cross-site"})

    assert [421, 403, 403] == [host.status_code, origin.status_code, fetched.status_code]


def test_what_could_not_be_read_is_listed_with_its_place(client: TestClient, scenario: Scenario) -> None:
    (scenario.logs / "x.jsonl").write_bytes(b'{"eventName":"A"}\nnonsense\n')
    scenario.chain.take_all()
    [rejected] = get(client, "/api/v1/rejected")["rejected"]

    assert ("x.jsonl", 18) == (rejected["file"], rejected["offset"])


def test_metrics_are_those_documented_and_the_classes_add_up(client: TestClient) -> None:
    answer = client.get("/metrics")
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    records = {sample.labels["class"]: sample.value for sample in families["trailbell_records"].samples}

    assert {field.name.removesuffix("_total") for field in METRICS} == set(families)
    assert {"matched": 2, "unmatched": 1, "duplicate": 0, "rejected": 0} == records
    assert answer.headers["content-type"].startswith("text/plain")
