import pytest

from protiv.kit.redirects import redirect_back


@pytest.mark.parametrize("address", ["/time/?page=2", "http://testserver/jobs/"])
def test_one_of_our_addresses_is_returned_to(rf, address):
    assert redirect_back(rf.get("/"), address, "dashboard").url == address


@pytest.mark.parametrize(
    "address",
    ["", "jobs/", "//evil.test/", "https://evil.test/", "http://evil.test/", "/\\evil.test", "javascript:alert(1)"],
)
def test_any_other_address_leads_to_the_default(rf, address):
    assert redirect_back(rf.get("/"), address, "job_list").url == "/jobs/"
