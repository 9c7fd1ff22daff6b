import pytest

from integrations.exaktime.paging import Inconsistent, ODataList, RestList, count_of, pages, quoted
from integrations.providers.base import UnexpectedResponse

REST = RestList("/list", "thing", key=("id",), page_size=3)
ODATA = ODataList("/list", "thing", key=("id",), order_by="id", page_size=3)


def ids(*numbers):
    return [{"id": f"x{number}"} for number in numbers]


class Server:
    """Answers one document after the other, the last one forever; remembers what it was asked."""

    def __init__(self, *documents):
        self.documents = list(documents)
        self.asked = []

    def __call__(self, path, query):
        self.asked.append(dict(query))
        assert len(self.asked) < 50, "the reading never ends"
        return self.documents.pop(0) if len(self.documents) > 1 else self.documents[0]


def rest(items, count):
    return {"items": items, "page": 1, "pageSize": 3, "totalCount": count}


def read(server, listing=REST):
    return [item.get("id") for page in pages(server, listing) for item in page.items]


def test_pages_end_with_a_short_one():
    server = Server(rest(ids(1, 2, 3), 5), rest(ids(4, 5), 5))
    assert read(server) == ["x1", "x2", "x3", "x4", "x5"]
    assert server.asked == [{"page": 1, "pageSize": 3}, {"page": 2, "pageSize": 3}]


def test_full_last_page_is_followed_by_an_empty_one():
    server = Server(rest(ids(1, 2, 3), 3), rest([], 3))
    assert read(server) == ["x1", "x2", "x3"]
    assert len(server.asked) == 2


def test_empty_list_is_one_empty_page():
    server = Server(rest([], 0))
    assert read(server) == []
    assert len(server.asked) == 1


def test_odata_skips_in_the_order_of_a_key():
    listing = ODataList("/list", "thing", key=("id",), order_by="id", where="day ge 1", page_size=3)
    full, rest_of_it = {"@odata.count": 4, "value": ids(1, 2, 3)}, {"@odata.count": 4, "value": ids(4)}
    server = Server(full, rest_of_it)
    assert read(server, listing) == ["x1", "x2", "x3", "x4"]
    first = {"$filter": "day ge 1", "$orderby": "id", "$top": 3, "$skip": 0, "$count": "true"}
    assert server.asked == [first, first | {"$skip": 3}]
    assert list(server.asked[0]) == list(first)


MOVING = [
    pytest.param([rest(ids(1, 2, 3), 5), rest(ids(4, 5), 6)], 2, id="count grows"),
    pytest.param([rest(ids(1, 2, 3), 5), rest(ids(4), 4)], 2, id="count shrinks"),
    pytest.param([rest(ids(1, 2, 3), 3), rest([], 4)], 2, id="count grows behind the last page"),
    pytest.param([rest(ids(1, 2, 3), 5), rest(ids(3, 4), 5)], 2, id="a record on two pages"),
    pytest.param([rest(ids(1, 2, 2), 3)], 1, id="a record twice on one page"),
    pytest.param([rest(ids(1, 2, 3), 9)], 2, id="a page repeated for ever"),
    pytest.param([rest(ids(1, 2), 3)], 1, id="fewer than the count"),
    pytest.param([rest(ids(1, 2), 1)], 1, id="more than the count"),
    pytest.param([rest([{}, {}, {}], 7)], 3, id="a page of nameless records repeated for ever"),
    pytest.param([rest([], 3)], 1, id="empty but counted"),
]


@pytest.mark.parametrize(("documents", "requests"), MOVING)
def test_list_that_moves_is_not_believed(documents, requests):
    server = Server(*documents)
    with pytest.raises(Inconsistent):
        read(server)
    assert len(server.asked) == requests


def test_endless_fresh_records_end_at_the_count():
    def endless(_path, query):
        assert query["page"] < 50, "the reading never ends"
        return rest([{"id": f"{query['page']}-{number}"} for number in range(3)], 9)

    asked = []
    with pytest.raises(Inconsistent):
        asked.extend(pages(endless, REST))
    assert len(asked) == 3


def test_records_without_an_id_count_but_are_not_compared():
    items = [{}, {"id": None}, None]
    server = Server(rest(items, 5), rest([{"id": ["x"]}, 7], 5))
    assert [len(page.items) for page in pages(server, REST)] == [3, 2]


def test_key_of_several_properties():
    listing = RestList("/list", "thing", key=("id", "kind"), page_size=3)
    items = [{"id": "a", "kind": "1"}, {"id": "a", "kind": "2"}]
    assert len(next(pages(Server(rest(items, 2)), listing)).items) == 2


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"items": []},
        {"totalCount": 0},
        {"items": {}, "totalCount": 0},
        {"items": None, "totalCount": 0},
        {"items": [], "totalCount": None},
        {"items": [], "totalCount": "0"},
        {"items": [], "totalCount": 0.0},
        {"items": [], "totalCount": False},
        {"items": [], "totalCount": -1},
        {"value": [], "@odata.count": 0},
        {"items": ids(1, 2, 3, 4), "totalCount": 4},
        {"error": {"code": "x"}},
    ],
)
def test_wrong_shape(document):
    with pytest.raises(UnexpectedResponse) as caught:
        read(Server(document))
    assert caught.value.code == "WRONG_SHAPE"


def test_odata_without_a_count_is_a_wrong_shape():
    with pytest.raises(UnexpectedResponse):
        read(Server({"value": []}), ODATA)


def test_count_of_asks_for_one_page():
    server = Server(rest(ids(1, 2, 3), 437))
    assert count_of(server, REST) == 437
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("text", "literal"),
    [("2026-23", "'2026-23'"), ("O'Neil", "'O''Neil'"), ("' or 1 eq 1 or '", "''' or 1 eq 1 or '''")],
)
def test_quoted(text, literal):
    assert quoted(text) == literal
