"""What nobody foresaw in the answers of one account does not end the audit of the others."""

import datetime
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from trailbell.account import (
    ConnectionSettings,
    Profile,
    Question,
    Target,
    UnreadableAccountError,
    audit_snapshots,
    connect,
    read_targets,
)
from trailbell.controls import control_of

NOW = datetime.datetime(2026, 11, 28, 20, 0, tzinfo=datetime.UTC)
IDENTITY = (
    b'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    b"<Arn>arn:aws:iam::111122223333:user/a</Arn><UserId>A</UserId><Account>111122223333</Account>"
    b"</GetCallerIdentityResult></GetCallerIdentityResponse>"
)
MALFORMED = b'{"trailList": [5]}'


class _Answers(BaseHTTPRequestHandler):
    """Knows who calls, and answers anything else with what no client expects."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = IDENTITY if b"GetCallerIdentity" in body else MALFORMED
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Says nothing."""


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_an_account_with_malformed_answers_is_told_as_unread(url: str) -> None:
    question = Question(profile=Profile("7.0.0"), controls=(control_of("root_usage"),))
    settings = ConnectionSettings(endpoint_url=url, region="us-east-1", attempts=1)
    told: list[Target] = []
    readings = read_targets((Target(),), settings, question, NOW, lambda target, _: told.append(target))
    [account] = audit_snapshots({"one": readings[Target()]}, question, NOW).accounts

    assert [Target()] == told
    assert not account.was_read
    assert account.problems[0].startswith("it could not be read: ")


def test_a_profile_that_is_not_there_is_no_way_in() -> None:
    with pytest.raises(UnreadableAccountError, match=r"no way in: .*nosuch"):
        connect(ConnectionSettings(profile="nosuch", region="us-east-1"))
