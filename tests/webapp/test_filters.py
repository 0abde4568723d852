"""The shared filter keeps its meaning through the URL."""

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from webapp.filters import FACETS, Filters

values = st.text(min_size=1, max_size=8).filter(lambda text: text.strip() == text)
filters = st.builds(
    Filters,
    q=st.text(alphabet="猎头 芯片ab", max_size=12).map(lambda text: " ".join(text.split())),
    wanted=st.dictionaries(st.sampled_from(FACETS), st.lists(values, min_size=1, max_size=3, unique=True).map(tuple)),
)


@given(filters)
def test_a_filter_comes_back_from_its_address(wanted):
    assert Filters.from_args(MultiDict(wanted.to_args())) == wanted


@given(filters)
def test_taking_every_chip_away_leaves_nothing(wanted):
    left = wanted
    for name, value in wanted.chips():
        left = left.without(name, value)
    assert not left


def test_unknown_keys_and_empty_values_are_passed_over():
    args = MultiDict([("district", "闵行区"), ("district", ""), ("district", "闵行区"), ("sort", "name")])
    assert Filters.from_args(args).to_args() == [("district", "闵行区")]
