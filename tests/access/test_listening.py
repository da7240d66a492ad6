"""Without keys the server listens on loopback and nowhere else."""

import pytest

from trailbell.access import ListenRefusedError, check_listen_address


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1"])
def test_loopback_may_be_listened_on(host: str) -> None:
    check_listen_address(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "trailbell.example", "2001:db8::1"])  # noqa: S104
def test_anything_else_is_refused_with_the_way_out(host: str) -> None:
    with pytest.raises(ListenRefusedError, match=r"listen on 127\.0\.0\.1") as caught:
        check_listen_address(host)

    assert host == caught.value.host
    assert f"listen: {host} is not loopback" in str(caught.value)
