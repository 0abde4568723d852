"""Every engine in turn, a vocabulary, and a few documents of the trade."""

import os
import uuid
from pathlib import Path

import pytest

from index import open_index
from index.documents import Document
from index.vocabulary import load_search_vocabulary

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="session")
def vocabulary():
    return load_search_vocabulary(DATA)


def elastic_url():
    url = os.environ.get("TEST_INDEX_URL", "")
    if not url:
        pytest.skip("TEST_INDEX_URL is not set; index/server/with_node.sh runs a command with an Elasticsearch of its own")
    return f"{url.rstrip('/')}/caitu-test-{uuid.uuid4().hex[:8]}"


@pytest.fixture(params=["embedded", "elastic"])
def url(request, tmp_path):
    """The address of an index that is not there yet; what was made under it goes in the end."""
    if request.param == "embedded":
        yield f"embedded:{tmp_path / 'index'}"
        return
    address = elastic_url()
    yield address
    from index.elastic import remove_index

    remove_index(address)


@pytest.fixture
def index(url, vocabulary):
    return open_index(url, vocabulary)


@pytest.fixture
def empty(index):
    """An index without documents."""
    index.rebuild([])
    return index


def firm(key, name, **more):
    """A firm as a document; texts, facets and sort keys may be given."""
    facets = {name: tuple(values) for name, values in more.pop("facets", {}).items()}
    texts = {"name": (name,), **{k: tuple(v) for k, v in more.pop("texts", {}).items()}}
    for facet, text in (("service", "services"), ("industry", "industries"), ("district", "district")):
        if facet in facets:
            texts.setdefault(text, facets[facet])
    return Document(key, "institution", more.pop("version", 1), name, texts, facets, **more)


@pytest.fixture(scope="session", name="firm")
def firm_maker():
    """Makes a firm as a document from a key, a name, facets and texts."""
    return firm


HUNT, SEND, OUT = "高级人才寻访(猎头)", "劳务派遣", "人力资源外包"


@pytest.fixture(scope="session")
def firms():
    """Six firms, a park and an order, with places, grades and permits."""
    return [
        firm("a", "上海橘子猎头有限公司", facets={"service": [HUNT], "industry": ["集成电路"], "district": ["浦东新区"],
             "grade": ["A"]}, texts={"profile": ["专找芯片验证与模拟版图工程师,不做劳务派遣。"], "regions": ["上海全市"]},
             lon=121.60, lat=31.20, order={"credit": 4.0, "capacity": 40.0}),
        firm("b", "上海梧桐人力有限公司", facets={"service": [SEND, OUT], "district": ["静安区"], "grade": ["B"],
             "licence": ["劳务派遣许可"], "park": ["静安主园"]},
             texts={"profile": ["普工与仓库的派遣,宿舍齐全。"], "regions": ["全国"]},
             lon=121.45, lat=31.23, order={"credit": 3.0, "capacity": 900.0}),
        firm("c", "上海白鹭派遣有限公司", facets={"service": [SEND], "district": ["浦东新区"],
             "grade": ["B"]}, texts={"profile": ["派遣许可去年到期。"]}, lon=121.53, lat=31.22, order={"credit": 3.0}),
        firm("d", "上海灯塔寻访有限公司", facets={"service": [HUNT, "海外引才"], "industry": ["生物医药"],
             "district": ["徐汇区"], "grade": ["A"]}, texts={"profile": ["药企高管与首席科学家,波士顿设联络点。"],
             "regions": ["上海全市", "北美"]},
             lon=121.43, lat=31.18, order={"credit": 4.0, "capacity": 6.0}),
        firm("e", "上海失信外包有限公司", facets={"service": [OUT], "district": ["浦东新区"], "grade": ["D"]},
             texts={"profile": ["外包。"]}, order={"credit": 1.0}),
        firm("f", "上海码头软件外包有限公司", facets={"service": [OUT], "industry": ["数字经济"], "district": ["浦东新区"],
             "grade": ["B"]}, texts={"profile": ["Java与测试人月驻场。"], "regions": ["上海全市"]},
             order={"credit": 3.0, "capacity": 120.0}),
        Document("p", "park", 1, "静安主园", {"name": ("静安主园",), "aliases": ("静安园区",)},
                 {"district": ("静安区",), "park": ("静安主园",)}, 121.451, 31.231),
        Document("o", "order", 1, "芯片验证工程师30名",
                 {"title": ("芯片验证工程师30名",), "description": ("车规芯片项目。",)},
                 {"district": ("浦东新区",), "service": (HUNT,), "industry": ("集成电路",)}),
    ]


@pytest.fixture
def filled(index, firms):
    index.rebuild(firms)
    return index


@pytest.fixture(scope="module")
def shelf(tmp_path_factory, vocabulary, firms):
    """One embedded index of the firms for tests that only read."""
    made = open_index(f"embedded:{tmp_path_factory.mktemp('shelf')}", vocabulary)
    made.rebuild(firms)
    return made
