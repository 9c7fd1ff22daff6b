import pytest

from protiv.kit import paging
from protiv.kit.paging import CappedAdminPaginator, CappedPaginator
from protiv.timekeeping.models import Job
from tests.make import factories


@pytest.fixture
def capped(company, monkeypatch):
    """Four jobs, of which three are counted."""
    monkeypatch.setattr(paging, "COUNTED_AT_MOST", 3)
    for _ in range(4):
        factories.make_job(company)
    return Job.objects.order_by("pk")


def test_a_table_is_counted_to_the_cap(capped, django_assert_num_queries):
    pages = CappedPaginator(capped, 2)
    with django_assert_num_queries(1):
        assert (pages.found, pages.count, pages.num_pages, pages.is_capped) == (4, 3, 2, True)
    assert not CappedPaginator(capped.exclude(pk=capped[0].pk), 2).is_capped


def test_a_count_that_was_made_already_is_not_created_again(capped, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert CappedPaginator(capped, 2, found=2).count == 2


def test_a_list_is_counted_as_it_is():
    assert CappedPaginator([1, 2], 10).count == 2


def test_the_admin_passes_arguments_of_its_own(capped):
    assert CappedAdminPaginator(capped, 2, 0, allow_empty_first_page=True).count == 3
