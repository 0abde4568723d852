"""The look-up's page: a list goes in, what came of each line is on the page and in the Excel file."""

import io
import re

import pytest
from openpyxl import Workbook, load_workbook
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from market.database import open_database
from market.institutions import queries
from market.institutions.rules import ALPHABET

PATH = "/institutions/lookup"


@pytest.fixture(scope="module")
def firms(settings):
    """Fifty firms with a code."""
    with open_database(settings.database_url).read() as session:
        return [firm for firm in queries.known(session) if firm.code][:50]


def mistyped(code):
    return code[:9] + ALPHABET[(ALPHABET.index(code[9]) + 1) % 31] + code[10:]


def fifty(firms):
    """An Excel file of fifty codes, five of them with a slip."""
    book = Workbook()
    book.active.append(["名称", "统一社会信用代码"])
    for place, firm in enumerate(firms):
        book.active.append(["", mistyped(firm.code) if place % 10 == 0 else firm.code])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def post(client, path, **fields):
    """Posts the form as the page gives it; encoded in memory: what the client would put on disk it leaves open."""
    fields["csrf_token"] = re.search(r'name="csrf_token" value="([^"]+)"', client.get(PATH).get_data(as_text=True)).group(1)
    boundary, body = encode_multipart(fields)
    return client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def counts(text):
    return [int(found) for found in re.findall(r"<dd>(?:<a [^>]*>)?(\d+)", text)[:3]]


def test_of_fifty_rows_with_five_slips_the_code_finds_45_and_five_are_offered_with_a_reason(client, firms):
    answer = post(client, PATH, file=FileStorage(io.BytesIO(fifty(firms)), "list.xlsx"))
    text = answer.get_data(as_text=True)
    assert counts(text) == [45, 5, 0]
    assert text.count("代码一致，校验码正确") == 45
    assert text.count("校验码不对，至少有一个字符写错；代码只差一处") == 5
    for firm in firms[::10]:
        assert f'href="/institutions/{firm.id}"' in text
        assert f"第 10 位应为 {firm.code[9]}" in text


def test_the_excel_file_says_the_same_and_runs_nothing(client, firms):
    evil = '=HYPERLINK("x")'
    answer = post(client, f"{PATH}/export.xlsx", lines="\n".join([firms[0].code, mistyped(firms[1].code), evil]))
    book = load_workbook(io.BytesIO(answer.data))
    rows = list(book["数据"].values)
    assert [row[2] for row in rows[1:]] == ["对上", "待确认", "没找到"]
    assert (rows[1][4], rows[2][4]) == (firms[0].id, firms[1].id)
    assert rows[3][1] == "'" + evil
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)


@pytest.mark.parametrize(("data", "said"), [
    (b"", "没有名称或代码"), (b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe", "不是 Excel"), (b"PK\x03\x04", "已损坏"),
    (b"\xd0\xcf\x11\xe0", "另存为 .xlsx"), ("橘子\n".encode() * 2001, "最多 2,000 行"), (b"x" * (3 * 2**20 + 1), "最多 3 MB"),
])
@pytest.mark.parametrize("path", [PATH, f"{PATH}/export.xlsx"])
def test_a_file_that_is_no_list_gets_a_clear_word(client, path, data, said):
    answer = post(client, path, file=FileStorage(io.BytesIO(data), "list.xlsx"))
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_more_than_the_form_takes_is_refused_before_it_is_read(client):
    assert post(client, PATH, lines="x" * (2 * 2**20)).status_code == 413


def test_nothing_pasted_says_so_and_the_form_stays(client):
    answer = post(client, PATH, lines="  ")
    assert (answer.status_code, "没有名称或代码" in answer.get_data(as_text=True)) == (422, True)


def test_the_list_of_firms_leads_to_the_look_up(page):
    assert f'href="{PATH}"' in page("/institutions")
    assert 'enctype="multipart/form-data"' in page(PATH)


def test_a_line_without_a_match_says_why(client):
    text = post(client, PATH, lines="天边云朵科技").get_data(as_text=True)
    assert "名录里没有这个名称，也没有相近的" in text
