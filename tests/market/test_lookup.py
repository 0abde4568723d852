"""Bulk look-up of names and codes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.vocabulary import load_search_vocabulary
from market.institutions.lookup import FirmDirectory, KnownFirm, counted, split_line
from market.institutions.rules import ALPHABET, code_fault, sample_code

VOCABULARY = load_search_vocabulary(Path(__file__).resolve().parents[2] / "data")
NAMES = ["橘子猎头", "梧桐人力资源", "白鹭派遣", "灯塔寻访", "码头软件外包", "半截铅笔人力资源", "半截铅笔校园招聘"]
FIRMS = [KnownFirm(f"f{number}", f"上海{name}有限公司", sample_code(number)) for number, name in enumerate(NAMES)]
DIRECTORY = FirmDirectory(FIRMS, VOCABULARY)


def one(line):
    found = DIRECTORY.look_up([line])[0]
    return found.outcome, found.why, [firm.id for firm in found.firms]


def test_a_right_code_decides():
    assert one(FIRMS[2].code) == ("matched", "code", ["f2"])
    assert one(FIRMS[2].code.lower() + "  上海白鹭派遣有限公司") == ("matched", "code", ["f2"])


@given(number=st.integers(0, len(FIRMS) - 1), place=st.integers(0, 17), char=st.sampled_from(ALPHABET))
def test_one_wrong_character_is_told_by_the_check_digit_and_the_firm_is_offered(number, place, char):
    right = FIRMS[number].code
    wrong = right[:place] + char + right[place + 1 :]
    if wrong == right:
        return
    found = DIRECTORY.look_up([wrong])[0]
    assert code_fault(wrong) == "check digit"
    assert (found.outcome, found.why, found.fault) == ("unsure", "code unlike", "check digit")
    assert FIRMS[number] in found.firms


@pytest.mark.parametrize(("line", "expected"), [
    ("上海橘子猎头有限公司", ("matched", "name", ["f0"])), ("橘子猎头", ("matched", "short name", ["f0"])),
    ("上海市橘子猎头有限责任公司", ("matched", "short name", ["f0"])), ("上海橘子獵頭有限公司", ("matched", "name", ["f0"])),
    ("半截铅笔", ("unsure", "part of name", ["f5", "f6"])), ("上海桔子猎头有限公司", ("unsure", "similar", ["f0"])),
    ("码头软件外饱", ("unsure", "similar", ["f4"])), ("天边云朵科技", ("not_found", "unknown name", [])),
    ("", ("not_found", "empty", []))])
def test_names_are_found_without_city_and_legal_form(line, expected):
    assert one(line) == expected


def test_a_right_code_beside_the_name_of_another_firm_is_unsure():
    assert one(f"上海灯塔寻访有限公司 {FIRMS[0].code}") == ("unsure", "name, other code", ["f0", "f3"])


def test_a_code_that_nobody_has_is_unknown_and_a_known_name_beside_it_is_unsure():
    assert one(sample_code(99_999)) == ("not_found", "unknown code", [])
    assert one(f"橘子猎头,{sample_code(99_999)}") == ("unsure", "name, other code", ["f0"])


def test_what_is_no_code_says_what_is_wrong_with_it():
    assert one("9100000000000001X") == ("not_found", "length", [])
    assert one("91310000MA1FL0I000") == ("not_found", "characters", [])


def test_of_fifty_lines_with_five_slips_the_slips_are_offered_with_a_reason():
    firms = [KnownFirm(f"k{number}", f"上海第{number}号人力有限公司", sample_code(number)) for number in range(50)]
    codes = [firm.code for firm in firms]
    for place in range(0, 50, 10):
        codes[place] = codes[place][:9] + ("7" if codes[place][9] != "7" else "8") + codes[place][10:]
    findings = FirmDirectory(firms, VOCABULARY).look_up(codes)
    assert counted(findings) == {"matched": 45, "unsure": 5, "not_found": 0}
    assert all(f.fault == "check digit" and f.firms for f in findings if f.outcome == "unsure")


def test_a_line_is_split_into_name_and_code():
    assert split_line("  橘子猎头 | 91000000000000001x") == ("橘子猎头", "91000000000000001X")
    assert split_line("ABC Executive Search") == ("ABC Executive Search", "")
