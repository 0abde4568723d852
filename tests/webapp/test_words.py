"""Words on the page: quotes are marked and escaped, names break where they may."""

from datetime import date

from webapp.words.text import days_left, excerpt, marked, named, number


def test_marks_wrap_the_words_and_everything_else_is_escaped():
    assert marked("<b>后端PD</b>", [(3, 7)]) == "&lt;b&gt;<mark>后端PD</mark>&lt;/b&gt;"


def test_overlapping_marks_are_joined():
    assert marked("芯片验证", [(0, 3), (2, 4)]) == "<mark>芯片验</mark><mark>证</mark>"


def test_an_excerpt_shows_its_first_mark():
    line = "甲" * 200 + "猎头" + "乙" * 200
    assert "<mark>猎头</mark>" in excerpt(line, [(200, 202)], 40)


def test_a_name_breaks_before_the_trade_word_and_the_legal_form():
    assert named("上海豆荚星半导体人才服务有限公司") == (
        '<span class="name">上海豆荚星半导体<wbr>人才服务<wbr>有限公司</span>')


def test_a_deadline_is_told_in_whole_days():
    assert days_left(date(2026, 11, 26), date(2026, 11, 24)) == "揭榜剩 2 天"
    assert days_left(date(2026, 11, 24), date(2026, 11, 24)) == "今天截止"
    assert days_left(date(2026, 11, 20), date(2026, 11, 24)) == "已截止 4 天"


def test_numbers_have_thousands_separators():
    assert (number(3204), number(None), number(78.9)) == ("3,204", "–", "78.9")


def test_every_reason_and_signal_of_the_matcher_has_words():
    import re
    from pathlib import Path

    from matching.features import SIGNALS
    from webapp.words.matches import REASONS, SIGNAL_WORDS

    home = Path(__file__).resolve().parents[2]
    code = (home / "matching/reasons.py").read_text(encoding="utf-8")
    named = set(re.findall(r'(?:Reason|_quoting)\([^"]*?"([a-z_]+)"', code)) - {"f", "wanted"}
    fields = {f"{signal}{tail}" for signal in ("role", "industry", "service") for tail in ("", "_near", "_other")}
    musts = {f"must_{kind}" for kind in ("licence", "credit", "region", "overseas", "exclusion", "firm_refuses")}
    assert (named | fields | musts) - set(REASONS) == set()
    assert set(SIGNALS) - set(SIGNAL_WORDS) == set()
