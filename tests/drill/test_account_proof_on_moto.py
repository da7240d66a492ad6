"""An account on a server that lacks TestMetricFilter: the call is named as what failed."""

import pytest

from support.account_maker import connected
from support.account_states import patched, state_named
from support.drilled import proven
from support.moto_account import as_motos, make_on_moto, moto_server
from trailbell.account import Link, Status

pytestmark = pytest.mark.client


def test_a_call_that_the_endpoint_lacks_is_named() -> None:
    with moto_server() as moto:
        make_on_moto(moto, as_motos(patched(state_named("whole"))))
        with connected(moto.url) as connection:
            proof, _, _ = proven(connection, "root_usage")
    [result] = proof.controls

    assert (Status.PASS, False, Link.FILTER) == (result.status, result.is_proven, result.stopped_at)
    assert "logs:TestMetricFilter failed in us-east-1 (" in result.reason
