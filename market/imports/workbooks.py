"""Reads Excel files from strangers: unpacked under a limit, checked as plain XML, and only then given to the reader."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml import DefusedXmlException
from defusedxml.sax import parseString
from python_calamine import CalamineError, CalamineWorkbook

from market.errors import InvalidInput

MOST_INFLATED = 32 * 2**20  # bytes of all parts, counted while they are unpacked: what a file says of itself is not believed
MOST_PARTS = 1_000
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 20_000, 200, 400_000  # of one sheet: the reader makes a full grid of what is used
PLAIN, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
PIECE = 2**16
_REFERENCE = re.compile(r"([A-Z]{1,7})([0-9]{1,9})")

Cells = list[list[object]]


class BadWorkbook(InvalidInput):
    """A file that is not read. trouble: "too large", "too many rows", "too wide", "unsafe", "damaged"."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class _Extent(ContentHandler):
    """Refuses a sheet whose used cells reach further than its list can be long."""

    def __init__(self) -> None:
        super().__init__()
        self._row = self._column = self._cells = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        """Follows rows and cells; a cell counts once it holds something."""
        local = name.rpartition(":")[2]
        if local == "row":
            self._row, self._column = _number(attrs.get("r"), self._row + 1), 0
        elif local == "c":
            column, row = _place(attrs.get("r"))
            self._column, self._row = column or self._column + 1, row or self._row
        elif local in ("v", "is"):
            self._check()

    def _check(self) -> None:
        self._cells += 1
        if self._row > MOST_ROWS or self._cells > MOST_CELLS:
            raise BadWorkbook("too many rows")
        if self._column > MOST_COLUMNS:
            raise BadWorkbook("too wide")


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _place(reference: str | None) -> tuple[int, int]:
    """(column, row) of a reference like AB12, both from one; (0, 0) where there is none."""
    match = _REFERENCE.fullmatch(reference or "")
    if match is None:
        return 0, 0
    column = 0
    for letter in match.group(1):
        column = column * 26 + ord(letter) - 64
    return column, int(match.group(2))


def _inflated(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """The XML parts of an archive; pictures and macros stay packed. BadWorkbook as soon as they are too large."""
    left = MOST_INFLATED
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise BadWorkbook("too large")
    for part in parts:
        if not part.filename.lower().endswith((".xml", ".rels")):
            continue
        if part.flag_bits & 1 or part.compress_type not in (PLAIN, DEFLATED):
            raise BadWorkbook("unsafe")
        data = bytearray()
        with archive.open(part) as file:
            while piece := file.read(PIECE):
                data += piece
                left -= len(piece)
                if left < 0:
                    raise BadWorkbook("too large")
        yield part.filename, bytes(data)


def _clean(data: bytes) -> bytes:
    """The same workbook with nothing in it but checked XML, stored as it is: the reader has nothing left to unpack."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w", PLAIN) as copy:
        for name, xml in _inflated(archive):
            is_sheet = "worksheets/" in name.lower() and name.lower().endswith(".xml")
            parseString(xml, _Extent() if is_sheet else ContentHandler(), forbid_dtd=True)
            copy.writestr(name, xml)
    return out.getvalue()


def sheets(data: bytes) -> list[Cells]:
    """The cells of each sheet of an .xlsx file, from its first row on; BadWorkbook where it is not read."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(_clean(data)))
        return [[list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
                for name in book.sheet_names]
    except BadWorkbook:
        raise
    except DefusedXmlException as error:
        raise BadWorkbook("unsafe") from error
    except (zipfile.BadZipFile, CalamineError, SAXException, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise BadWorkbook("damaged") from error
