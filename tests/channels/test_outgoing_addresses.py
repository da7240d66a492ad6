"""Which addresses are refused, and what lifts a refusal."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.channels import AddressRules, refusal

NEITHER = AddressRules()
PRIVATE = AddressRules(allow_private=True)
LOOPBACK = AddressRules(allow_loopback=True)
BOTH = AddressRules(allow_private=True, allow_loopback=True)

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "172.15.255.255",
    "172.32.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "169.253.255.255",
    "169.255.0.1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80e::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
]
PRIVATE_ONES = [
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.1.1",
    "169.254.169.253",
    "100.64.0.1",
    "100.127.255.255",
    "fc00::1",
    "fd12:3456:789a::1",
    "fec0::1",
    "fe80::1",
    "fe80::1%eth0",
    "64:ff9b:1::a00:1",
    "::ffff:10.0.0.1",
    "::ffff:100.64.0.1",
    "64:ff9b::192.168.0.1",
    "2002:a00:1::1",
]
LOOPBACK_ONES = [
    "127.0.0.1",
    "127.255.255.254",
    "::1",
    "::ffff:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "2002:7f00:1::",
]
NEVER = [
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "64:ff9b::169.254.169.254",
    "2002:a9fe:a9fe::1",
    "169.254.170.2",
    "169.254.170.23",
    "100.100.100.200",
    "fd00:ec2::254",
    "fd00:ec2::23",
    "fd20:ce::254",
    "0.0.0.0",  # noqa: S104
    "0.1.2.3",
    "::",
    "::ffff:0.0.0.0",
    "224.0.0.1",
    "239.255.255.255",
    "ff02::1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "198.18.0.1",
    "192.0.0.8",
    "2001:db8::1",
    "2001::1",
    "2001:0:a00:1::1",
    "::10.0.0.1",
    "::127.0.0.1",
]


@pytest.mark.parametrize(
    ("addresses", "allowed_by"),
    [
        (PUBLIC, {"neither", "private", "loopback", "both"}),
        (PRIVATE_ONES, {"private", "both"}),
        (LOOPBACK_ONES, {"loopback", "both"}),
        (NEVER, set()),
    ],
    ids=["public", "private", "loopback", "never"],
)
def test_each_kind_of_address_is_allowed_by_its_own_rule_alone(
    addresses: list[str], allowed_by: set[str]
) -> None:
    rules = {"neither": NEITHER, "private": PRIVATE, "loopback": LOOPBACK, "both": BOTH}

    allowing = {
        text: {name for name, rule in rules.items() if refusal(ipaddress.ip_address(text), rule) is None}
        for text in addresses
    }

    assert dict.fromkeys(addresses, allowed_by) == allowing


@given(st.ip_addresses())
def test_without_a_rule_only_global_unicast_addresses_pass(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if refusal(address, NEITHER) is None:
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_wrapped_in_ipv6_is_judged_alike(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    mapped = ipaddress.IPv6Address((0xFFFF << 32) | number)
    translated = ipaddress.IPv6Address((0x64FF9B << 96) | number)
    tunnelled = ipaddress.IPv6Address((0x2002 << 112) | (number << 80) | 1)

    for rules in (NEITHER, PRIVATE, LOOPBACK, BOTH):
        expected = refusal(address, rules)
        assert [expected] * 3 == [refusal(wrapped, rules) for wrapped in (mapped, translated, tunnelled)]


def test_a_refusal_names_the_kind_and_the_setting_that_lifts_it() -> None:
    assert refusal(ipaddress.ip_address("10.0.0.1"), NEITHER) == (
        "a private address; allow_private_addresses allows it"
    )
    assert refusal(ipaddress.ip_address("169.254.169.254"), BOTH) == "a cloud metadata address, never allowed"
    assert refusal(ipaddress.ip_address("::1"), PRIVATE) == (
        "a loopback address, allowed only while listening on loopback"
    )
