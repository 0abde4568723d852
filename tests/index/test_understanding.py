"""How a question is read: conditions, slips, sounds, what is left."""

import pytest

from index.understanding import Reader


@pytest.fixture(scope="module")
def reader(vocabulary):
    return Reader(vocabulary)


def nothing(phrase):
    """An index that holds no phrase at all."""
    return False


def meanings(reader, text, holds=nothing):
    return [(c.facet, c.value) for c in reader.read(text, holds).concepts if c.facet]


HUNT = ("service", "高级人才寻访(猎头)")


@pytest.mark.parametrize(("text", "meant"), [
    ("浦东 外包", [("district", "浦东新区"), ("service", "人力资源外包")]),
    ("虹桥附近 猎头", [("park", "虹桥园"), HUNT]),
    ("信用A 能做海外的猎头", [("grade", "A"), ("service", "海外引才"), HUNT]),
    ("B级以上 劳务派遣", [("grade", "B"), ("service", "劳务派遣")]),
    ("松江 普工 两百名", [("district", "松江区"), ("service", "蓝领招聘"), ("headcount", "200")]),
    ("闵行 药企", [("district", "闵行区"), ("industry", "生物医药")]),
    ("有派遣许可的", [("licence", "劳务派遣许可")]),
    ("离漕河泾近的猎头", [("district", "徐汇区"), HUNT])])
def test_conditions_are_understood(reader, text, meant):
    assert meanings(reader, text) == meant


@pytest.mark.parametrize(("text", "meant"), [
    ("猪头", HUNT), ("烈头", HUNT), ("劳务派遗", ("service", "劳务派遣")), ("劳物派遣", ("service", "劳务派遣")),
    ("集成电鹿", ("industry", "集成电路")), ("生物医要", ("industry", "生物医药")), ("灵活用公", ("service", "灵活用工")),
    ("人工智能能", ("industry", "人工智能")), ("高端装倍", ("industry", "高端装备")), ("校园招骋", ("service", "校园招聘"))])
def test_a_slip_of_sound_or_shape_is_taken_for_the_word_meant(reader, text, meant):
    assert meanings(reader, text)[:1] == [meant]


@pytest.mark.parametrize("text", ["海员", "龙头", "码头", "老头"])
def test_a_word_of_the_language_is_not_bent_into_one_of_the_trade(reader, text):
    assert meanings(reader, text) == []


@pytest.mark.parametrize(("text", "meant"), [
    ("lietou", HUNT), ("laowu paiqian", ("service", "劳务派遣")), ("lwpq", ("service", "劳务派遣")),
    ("rlzywb", ("service", "人力资源外包")), ("jinganzhuyuan", ("park", "静安主园")), ("jazy", ("park", "静安主园")),
    ("xuhui", ("district", "徐汇区")), ("shengwu yiyao", ("industry", "生物医药")), ("headhunter", HUNT),
    ("executive search", HUNT), ("獵頭", HUNT), ("高級人才尋訪", HUNT), ("IC", ("industry", "集成电路"))])
def test_pinyin_initials_english_and_traditional_characters_are_understood(reader, text, meant):
    assert meanings(reader, text)[:1] == [meant]


def test_pinyin_of_several_words_run_together_is_taken_apart(reader):
    assert meanings(reader, "pudonglietou") == [("district", "浦东新区"), HUNT]


def test_two_characters_out_of_the_middle_of_two_words_are_no_term(reader):
    assert meanings(reader, "对外包容") == []


def test_a_reading_says_where_it_stood_and_how_the_question_reads_without_it(reader):
    text = "浦东  外包"
    first, second = reader.read(text, nothing).readings(text, ())
    assert (first.typed, first.start, first.end, first.without) == ("浦东", 0, 2, "外包")
    assert text[second.start : second.end] == "外包"


def test_an_ignored_stretch_is_a_word_and_nothing_else(reader):
    question = reader.read("浦东 外包", nothing, ("浦东",))
    assert [(c.typed, c.facet) for c in question.concepts] == [("浦东", ""), ("外包", "service")]


def test_quotes_and_minus_are_taken_out_before_anything_else(reader):
    question = reader.read('"一站式 派遣" 浦东 -猎头', nothing)
    assert [(c.alternatives[0], c.whole) for c in question.concepts if c.whole] == [("一站式 派遣", True)]
    assert [(c.typed, c.value) for c in question.excluded] == [("猎头", HUNT[1])]
    assert ("service", "劳务派遣") not in [(c.facet, c.value) for c in question.concepts]


def test_reading_asks_about_no_phrase_that_it_did_not_announce(reader):
    asked = []

    def holds(phrase):
        asked.append(phrase)
        return False

    for text in ("需要招30名车规芯片验证工程师", "海风登医药高层", "UE5 / Unity TA",
                 "我们在临港,急需三百个无尘室操作员,谁有派遣证"):
        asked.clear()
        reader.read(text, holds)
        assert set(asked) <= set(reader.phrases(text))


@pytest.mark.parametrize("text", ["", "   ", "的", "?!", "-", "\"\"", "- -", "a" * 200, "😀", "\x00"])
def test_nothing_breaks_on_odd_questions(reader, text):
    reader.read(text, nothing)


def test_numbers_are_read_in_digits_and_in_characters():
    from index.conditions import number

    assert [number(n) for n in ("30", "三十", "两百", "三百五十", "一千二百", "两万三千", "十二", "x")] == [
        30, 30, 200, 350, 1200, 23000, 12, 0]
