"""Papers as PDF: headings, lines and tables on A4, Chinese by the reader's own song font, so that no font file is needed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from flask import Response
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

FONT = "STSong-Light"
MARGIN = 20 * mm


@dataclass(frozen=True)
class Block:
    """A piece of a paper: a head line in small print, and paragraphs below it."""

    head: str
    lines: Sequence[str]


@dataclass(frozen=True)
class Paper:
    """A paper: title, lines about it, blocks, and what stands at the foot of each page."""

    title: str
    about: Sequence[str]
    blocks: Sequence[Block]
    foot: str


def _style(name: str, size: float, **more: object) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=FONT, fontSize=size, leading=size * 1.6, wordWrap="CJK", **more)


def pdf(paper: Paper) -> bytes:
    """The paper as bytes of a PDF."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    title, about = _style("title", 16, spaceAfter=6), _style("about", 9, textColor=HexColor("#555555"))
    head, text = _style("head", 9, textColor=HexColor("#555555"), spaceBefore=10), _style("text", 11)
    story = [Paragraph(escape(paper.title), title), *(Paragraph(escape(line), about) for line in paper.about), Spacer(1, 6)]
    for block in paper.blocks:
        story.append(Paragraph(escape(block.head), head))
        story += [Paragraph(escape(part) or "&nbsp;", text) for line in block.lines for part in line.split("\n")]
    out = io.BytesIO()
    page = SimpleDocTemplate(out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
                             title=paper.title, author="", invariant=1)
    page.build(story, onFirstPage=_foot(paper.foot), onLaterPages=_foot(paper.foot))
    return out.getvalue()


def _foot(text: str):  # type: ignore[no-untyped-def]  # reportlab's canvas has no types
    def draw(canvas, document):  # type: ignore[no-untyped-def]
        canvas.setFont(FONT, 8)
        canvas.drawString(MARGIN, 10 * mm, text)
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, str(document.page))
    return draw


def paper_answer(paper: Paper, name: str) -> Response:
    """The paper as a download."""
    answer = Response(pdf(paper), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer
