"""How text is cut and how it sounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis import cut_pinyin, normalise, pairs, syllables, tokens
from index.denials import offered
from index.phrases import fields_of
from index.suggestions import plain_name


@given(st.text())
def test_a_normalised_text_is_as_long_as_the_text_given(text):
    assert len(normalise(text)) == len(text)


@pytest.mark.parametrize(("written", "meant"), [("獵頭", "猎头"), ("ＲＰＯ", "rpo"),
                                                ("勞務派遣", "劳务派遣"), ("Ｃ++", "c++")])
def test_one_form_of_writing(written, meant):
    assert normalise(written) == meant


def test_characters_are_cut_into_overlapping_pairs_and_latin_words_stay_whole():
    assert pairs("人力资源") == ["人力", "力资", "资源"]
    assert pairs("云") == ["云"]
    assert [t for t in tokens("ai芯片 c++") if len(t) > 1] == ["ai", "芯片", "c++"]


def test_no_phrase_reaches_over_a_clause():
    cut = tokens("劳务,派遣")
    assert cut.index("派遣") - cut.index("劳务") > 1


def test_pinyin_is_cut_into_the_fewest_syllables_and_english_is_left_alone():
    assert cut_pinyin("lietou") == ("lie", "tou")
    assert cut_pinyin("jinganzhuyuan")[-2:] == ("zhu", "yuan")
    assert cut_pinyin("headhunter") == ()
    assert syllables("猎头AI") == ("lie", "tou")


def test_what_is_not_offered_is_left_out_up_to_the_end_of_the_clause():
    text = "专做芯片设计,不做劳务派遣;后端也做"
    assert offered(text, ("不做",)) == "专做芯片设计,      ;后端也做"


def test_the_words_of_a_denial_are_not_indexed_in_the_body(vocabulary, firm):
    fields = fields_of(firm("a", "上海甲有限公司", texts={"profile": ["做猎头,不做派遣。"]}), vocabulary)
    assert "猎头" in fields["body"].split()
    assert "派遣" not in fields["body"].split()


@pytest.mark.parametrize(("title", "plain"), [("上海橘子猎头有限公司", "上海橘子猎头"), ("甲（集团）股份有限公司", "甲"),
                                              ("有限公司", "有限公司")])
def test_a_plain_name_has_no_legal_form(vocabulary, title, plain):
    assert plain_name(title, vocabulary.legal_forms) == plain
