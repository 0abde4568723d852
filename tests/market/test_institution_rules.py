"""The check digit of GB 32100."""

from hypothesis import given
from hypothesis import strategies as st

from market.institutions.rules import ALPHABET, check_digit, code_fault, sample_code

bodies = st.text(ALPHABET, min_size=17, max_size=17)


def test_the_standards_own_example_is_right():
    assert check_digit("91350100M000100Y4") == "3"
    assert code_fault("91350100M000100Y43") == ""


@given(bodies)
def test_any_body_with_its_digit_is_right(body):
    assert code_fault(body + check_digit(body)) == ""


@given(bodies, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_mistyped_character_is_found(body, place, char):
    mistyped = body[:place] + char + body[place + 1 :] + check_digit(body)
    assert (code_fault(mistyped) == "") == (char == body[place])


@given(bodies, st.integers(0, 15))
def test_two_neighbours_that_changed_places_are_found(body, place):
    swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :] + check_digit(body)
    assert (code_fault(swapped) == "") == (body[place] == body[place + 1])


@given(st.integers(0, 10**9 - 1))
def test_a_sample_code_is_right_and_of_no_real_district(number):
    code = sample_code(number)
    assert code_fault(code) == ""
    assert code[2:8] == "000000"
