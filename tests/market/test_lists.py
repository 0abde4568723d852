"""Lists of firms from strangers: what is read, and what is refused with a word about it."""

import io
import struct
import zipfile

import pytest
from openpyxl import Workbook

from market.imports import workbooks
from market.imports.lists import MOST_BYTES, MOST_LINES, pasted_list, uploaded_list

SHEET = "xl/worksheets/sheet1.xml"


def excel(rows, *more):
    """An .xlsx of one sheet, or of several."""
    book = Workbook(write_only=True)
    for table in (rows, *more):
        sheet = book.create_sheet()
        for row in table:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(data, name, content, pack=zipfile.ZIP_DEFLATED):
    """The same archive with another content under a name."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", pack) as new:
        for part in old.namelist():
            new.writestr(part, old.read(part) if part != name else content)
    return out.getvalue()


def sheet_of(cells):
    return (b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>' + cells
            + b"</sheetData></worksheet>")


def texts(given):
    assert given.trouble == ""
    return [(line.number, line.text) for line in given.lines]


def test_pasted_lines_keep_their_numbers_and_empty_ones_fall_away():
    assert texts(pasted_list("橘子猎头\r\n\r\n  白鹭派遣 91000000000000001X \n")) == [
        (1, "橘子猎头"), (3, "白鹭派遣 91000000000000001X")]


def test_the_columns_are_found_by_the_head_line_wherever_it_stands():
    rows = [["一季度名单"], ["序号", "电话", "单位名称", "统一社会信用代码"], [1, 5551, "橘子猎头", "91000000000000001X"]]
    assert texts(uploaded_list(excel(rows))) == [(3, "橘子猎头 91000000000000001X")]


def test_without_a_head_line_the_first_name_and_the_first_code_of_a_row_count():
    rows = [[1, "91000000000000001X", "橘子猎头", "某路 1 号"], [2, None, "白鹭派遣", None]]
    assert texts(uploaded_list(excel(rows))) == [(1, "橘子猎头 91000000000000001X"), (2, "白鹭派遣")]


def test_the_sheet_with_a_head_line_is_taken_before_one_that_explains():
    assert texts(uploaded_list(excel([["说明"]], [["名称"], ["橘子猎头"]]))) == [(2, "橘子猎头")]


def test_a_code_that_the_spreadsheet_rounded_is_told_in_its_row():
    given = uploaded_list(excel([["名称", "代码"], ["橘子猎头", 910000000000000012.0], ["白鹭派遣", "91000000000000001X"]]))
    assert [line.fault for line in given.lines] == ["number", ""]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_csv_is_read_in_the_codings_that_spreadsheets_write(coding, separator):
    data = f"名称{separator}代码\n橘子猎头{separator}91000000000000001X\n".encode(coding)
    assert texts(uploaded_list(data)) == [(2, "橘子猎头 91000000000000001X")]


@pytest.mark.parametrize(("data", "trouble"), [
    (b"", "empty"), (b"\n\n", "empty"), (b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe", "no list"), (b"a\x00b", "no list"),
    (b"PK\x03\x04 and then nothing", "damaged"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old excel"),
    (b"x" * (MOST_BYTES + 1), "too large"), ("橘子\n".encode() * (MOST_LINES + 1), "too many rows"),
    (excel([]), "empty"), (excel([["橘子"]] * (MOST_LINES + 1)), "too many rows"),
])
def test_what_is_no_list_is_refused_with_its_trouble(data, trouble):
    given = uploaded_list(data)
    assert (given.trouble, given.lines) == (trouble, ())


def test_a_bomb_is_stopped_by_what_really_comes_out_of_it():
    bomb = changed(excel([["橘子"]]), SHEET, b"<a>" + b" " * (workbooks.MOST_INFLATED + 1) + b"</a>")
    assert len(bomb) < MOST_BYTES
    assert uploaded_list(bomb).trouble == "too large"


def test_a_bomb_that_names_a_small_size_does_not_reach_the_reader():
    bomb = bytearray(changed(excel([["橘子"]]), SHEET, b"<a>" + b" " * (workbooks.MOST_INFLATED + 1) + b"</a>"))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):  # where the two heads keep the unpacked size
        place = bomb.find(mark)
        while place >= 0:
            bomb[place + at : place + at + 4] = struct.pack("<I", 10)
            place = bomb.find(mark, place + 4)
    assert uploaded_list(bytes(bomb)).trouble == "damaged"


@pytest.mark.parametrize("head", [b'<!DOCTYPE a [<!ENTITY b "c">]>', b'<!DOCTYPE a SYSTEM "file:///etc/hostname">'])
def test_xml_that_declares_entities_is_not_read(head):
    assert uploaded_list(changed(excel([["橘子"]]), SHEET, head + sheet_of(b""))).trouble == "unsafe"


@pytest.mark.parametrize(("cell", "trouble"), [
    (b'<row r="1"><c r="XFD1"><v>1</v></c></row>', "too wide"), (b'<row r="1048576"><c><v>1</v></c></row>', "too many rows"),
    (b'<row r="1"><c r="A1048576"><v>1</v></c></row>', "too many rows"),
    (b"<row>" + b"<c><v>1</v></c>" * 201 + b"</row>", "too wide"),
])
def test_a_cell_far_out_does_not_make_the_reader_fill_a_whole_grid(cell, trouble):
    assert uploaded_list(changed(excel([["橘子"]]), SHEET, sheet_of(cell))).trouble == trouble


def test_cells_that_are_only_formatted_do_not_count():
    cells = b'<row r="1"><c r="A1" t="inlineStr"><is><t>a1</t></is></c></row><row r="900000"><c r="A900000" s="1"/></row>'
    assert texts(uploaded_list(changed(excel([["橘子"]]), SHEET, sheet_of(cells)))) == [(1, "a1")]


def test_a_locked_or_strangely_packed_part_is_not_opened():
    assert uploaded_list(changed(excel([["橘子"]]), "", b"", zipfile.ZIP_BZIP2)).trouble == "unsafe"


def test_a_line_too_long_for_a_name_is_told():
    assert pasted_list("橘" * 300).lines[0].fault == "long"
