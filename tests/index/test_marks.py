"""Which line of a document is quoted, and which words are marked."""

from index.concepts import Concept
from index.marks import lines_of, quote_for


def test_the_line_that_holds_most_is_quoted_and_its_words_are_marked(firm):
    document = firm("a", "上海甲有限公司", texts={"profile": ["做芯片,也做汽车。", "只做汽车。"]})
    field, line, marks = quote_for(lines_of(document), [Concept("芯片", ("芯片",)), Concept("汽车", ("汽车",))])
    assert (field, line) == ("profile", "做芯片,也做汽车。")
    assert [line[start:end] for start, end in marks] == ["芯片", "汽车"]


def test_marks_fit_the_text_as_it_was_written(firm):
    document = firm("a", "上海甲有限公司", texts={"profile": ["專做獵頭與ＲＰＯ"]})
    _, line, marks = quote_for(lines_of(document), [Concept("猎头", ("猎头",)), Concept("rpo", ("rpo",))])
    assert [line[start:end] for start, end in marks] == ["獵頭", "ＲＰＯ"]


def test_touching_marks_become_one(firm):
    document = firm("a", "上海甲有限公司", texts={"profile": ["劳务派遣"]})
    _, _, marks = quote_for(lines_of(document), [Concept("劳务派遣", ("劳务派遣", "派遣"))])
    assert marks == ((0, 4),)
