"""Where a request comes from, whatever it claims."""

import pytest
from django.test import RequestFactory

from protiv.kit.clients import client_address, network_of

PROXY = "10.0.0.1"


def seen(settings, trusted, forwarded=None, direct=PROXY):
    settings.TRUSTED_PROXIES = trusted
    extra = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=direct, **extra))


@pytest.mark.parametrize(
    ("trusted", "forwarded", "expected"),
    [
        (0, None, PROXY),
        (0, "198.51.100.7", PROXY),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "1.2.3.4, 198.51.100.7", "198.51.100.7"),
        (2, "1.2.3.4, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (2, "198.51.100.7", PROXY),
        (1, None, PROXY),
        (1, "", PROXY),
        (1, "unknown", PROXY),
        (1, "198.51.100.7, ", PROXY),
        (1, "300.1.1.1", PROXY),
        (1, "fe80::1%eth0", PROXY),
        (1, " 198.51.100.7:50412 ", "198.51.100.7"),
        (1, "2001:DB8:0::1", "2001:db8::1"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
    ],
)
def test_it_counts_trusted_proxies_from_the_right(settings, trusted, forwarded, expected):
    assert seen(settings, trusted, forwarded) == expected


def test_it_knows_no_address_behind_a_socket(settings):
    assert seen(settings, 0, direct="") is None
    assert seen(settings, 1, "198.51.100.7", direct="") == "198.51.100.7"


@pytest.mark.parametrize(
    ("address", "network"),
    [(None, None), ("198.51.100.7", "198.51.100.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")],
)
def test_it_treats_an_ipv6_network_as_one_address(address, network):
    assert network_of(address) == network
