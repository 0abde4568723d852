"""Switching INDEX_URL from the embedded engine to Elasticsearch changes no page: same ids, counts and words."""

import os
import re
import uuid
from dataclasses import replace

import pytest

from market.database import open_database
from webapp.chores import rebuild
from webapp.factory import create_app

HUNT = "高级人才寻访(猎头)"
PAGES = (
    "/", "/?view=table", f"/?service={HUNT}&grade=A", "/?district=闵行区&q=芯片", "/map/view?box=120,30,123,32.5&zoom=10.5",
    f"/map/view?box=121.2,31,121.6,31.4&zoom=12&service={HUNT}", "/institutions", "/institutions?from=40",
    "/institutions?sort=credit", "/institutions?sort=capacity&from=20", f"/institutions?service={HUNT}&park=虹桥园",
    "/institutions?q=半导体", "/institutions?district=崇明区&grade=D&q=海外", "/institutions/JGD045", "/orders",
    "/orders?state=open&district=浦东新区", "/orders?sort=deadline", "/orders/DDD016", "/parks", "/parks/虹桥园",
    "/districts/闵行区",
    "/policies", "/search?q=猎头", "/search?q=猎头&by=words", "/search?q=lietou", "/search?q=芯片 虹桥",
    "/search?q=需要招30名车规芯片验证工程师", "/search?q=浦东 派遣&from=20", "/search?q=獵頭", "/search?q=猪头 生物医药",
    "/search?q=没有这样的词语", "/search?q=猎头&grade=D&district=崇明区", "/search?kind=park&q=园", "/suggest?q=lie",
    "/suggest?q=张", "/suggest?q=派遣",
)
TIMING = re.compile(r"用时 [\d.]+ 毫秒|name=\"csrf_token\" value=\"[^\"]*\"")


@pytest.fixture(scope="module")
def elastic(settings, tmp_path_factory):
    """The same site over an index in a cluster, with the same vectors."""
    url = os.environ.get("TEST_INDEX_URL", "")
    if not url:
        pytest.skip("TEST_INDEX_URL is not set; index/server/with_node.sh runs a command with an Elasticsearch of its own")
    from index.elastic import remove_index
    from matching.encoders import open_encoder
    from webapp.encoding import Filling

    own = replace(settings, index_url=f"{url.rstrip('/')}/caitu-journey-{uuid.uuid4().hex[:8]}")
    rebuild(open_database(own.database_url), own)
    Filling(own, open_encoder(own.encoder, own.cache_dir)).run()
    yield own
    remove_index(own.index_url)


@pytest.fixture(scope="module")
def other(elastic, site):
    """The application over the cluster."""
    app = create_app(elastic)
    app.extensions["caitu"].__dict__["encoder"] = site.extensions["caitu"].encoder
    return app


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_the_same_over_either_engine(client, other, path):
    here, there = client.get(path), other.test_client().get(path)
    assert (here.status_code, there.status_code) == (200, 200)
    assert TIMING.sub("", there.get_data(as_text=True)) == TIMING.sub("", here.get_data(as_text=True))


@pytest.mark.parametrize("path", ["/institutions/export.xlsx?grade=A", f"/institutions/export.xlsx?service={HUNT}"])
def test_an_export_has_the_same_rows_over_either_engine(client, other, path):
    import io

    from openpyxl import load_workbook

    here, there = (list(load_workbook(io.BytesIO(asked.get(path).data))["数据"].values)
                   for asked in (client, other.test_client()))
    assert there == here
