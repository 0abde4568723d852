"""The drawn picture: what a reader without script is given."""

import re
from xml.etree import ElementTree as Xml

import pytest

from geo.boundaries import rings
from geo.clusters import ClusterPyramid
from geo.districts import DISTRICTS
from geo.svg import CITY, HEIGHT, WIDTH, Marks, Scene, draw, outline_path, place, zoom_of
from geo.views import view_of

NAMES = [district.name for district in DISTRICTS]
SVG_STEP = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


@pytest.fixture(scope="module")
def paths(outlines):
    return {o.name: "".join(outline_path(polygon) for polygon in rings(o.geometry)) for o in outlines}


@pytest.fixture(scope="module")
def picture(paths, city_points):
    view = view_of(ClusterPyramid(*city_points), dict.fromkeys(NAMES, 100), CITY, zoom_of(720))
    scene = Scene(classes={name: 1 + at % 5 for at, name in enumerate(NAMES)},
                  titles={name: f"{name} <100> & more" for name in NAMES},
                  links={name: f"/districts/{name}" for name in NAMES[:15]}, chosen=frozenset({"静安区", "苏州市"}),
                  marks=(Marks("wide", 720, view),))
    return Xml.fromstring(draw(paths, scene, 'the "city"')), view


def walk(d):
    """The corners of a path of M, l and z, as a browser reads them."""
    out = []
    for part in re.findall(r"[Mlz][^Mlz]*", d):
        numbers = [float(number) for number in SVG_STEP.findall(part)]
        if part[0] == "M":
            out.append([tuple(numbers)])
        elif part[0] == "l":
            x, y = out[-1][-1]
            out[-1].append((round(x + numbers[0], 1), round(y + numbers[1], 1)))
    return out


def test_a_path_goes_through_the_corners_of_its_outline(outlines):
    for outline in outlines:
        for polygon in rings(outline.geometry):
            drawn = walk(outline_path(polygon))
            for ring, corners in zip(polygon, drawn, strict=True):
                points = [place(*point) for point in ring[:-1]]
                wanted = [point for at, point in enumerate(points) if at == 0 or point != points[at - 1]]
                assert corners == wanted


def test_the_city_fills_the_drawing():
    assert place(CITY.west, CITY.north) == (0.0, 0.0)
    assert place(CITY.east, CITY.south) == (WIDTH, HEIGHT)


def test_each_district_is_drawn_with_its_class_its_title_and_its_link(picture):
    root, _ = picture
    shapes = {shape.find("title").text: shape for shape in root.iter("path") if shape.find("title") is not None}
    assert sorted(shapes) == sorted(f"{name} <100> & more" for name in NAMES)
    assert {shape.get("class") for shape in shapes.values()} == {"d c1", "d c2", "d c3", "d c4", "d c5"}
    assert len(root.findall("a")) == 15


def test_a_chosen_district_is_outlined_once_more_and_an_unknown_one_is_passed_over(picture, paths):
    root, _ = picture
    assert [shape.get("d") for shape in root.findall("path") if shape.get("class") == "chosen"] == [paths["静安区"]]


def test_bubbles_and_labels_of_the_view_are_all_drawn(picture):
    root, view = picture
    group = root.find("g")
    assert group.get("class") == "marks wide"
    assert [text.text for text in group.iterfind("g/text")] == [f"{bubble.count:,}" for bubble in view.bubbles]
    assert [text.text for text in group.findall("text")] == [label.text for label in view.labels]
    assert root.get("aria-label") == 'the "city"'


def test_words_on_dark_districts_are_light(picture):
    root, view = picture
    dark = {name for at, name in enumerate(NAMES) if 1 + at % 5 >= 4}
    for text, label in zip(root.find("g").findall("text"), view.labels, strict=True):
        assert text.get("class") == ("deep" if label.name in dark else "label")


def test_a_district_without_a_class_or_words_is_still_drawn(paths):
    root = Xml.fromstring(draw(paths, Scene({}, {}, {}), "city"))
    assert [shape.find("title").text for shape in root.iter("path")] == list(paths)
    assert {shape.get("class") for shape in root.iter("path")} == {"d"}


def test_the_outlines_are_small_enough_to_stand_in_the_page(paths):
    assert sum(map(len, paths.values())) < 40_000
