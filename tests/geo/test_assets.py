"""The map's files: the same bytes on every build, nothing of another host, nothing random."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from geo import assets
from geo.assets import MANIFEST, map_assets
from geo.maps import RANDOM_ID, map_script


@pytest.fixture(scope="module")
def built(tmp_path_factory, data_dir):
    folder = tmp_path_factory.mktemp("assets")
    return folder, map_assets(data_dir, folder)


@pytest.fixture(scope="module")
def script(built):
    folder, made = built
    return (folder / made.script).read_text(encoding="utf-8")


def test_another_process_builds_the_same_bytes(built, tmp_path, data_dir):
    folder, made = built
    code = "import sys; from pathlib import Path; from geo.assets import map_assets; map_assets(*map(Path, sys.argv[1:]))"
    subprocess.run([sys.executable, "-c", code, str(data_dir), str(tmp_path)], check=True,
                   cwd=Path(assets.__file__).parents[1], env={"PYTHONHASHSEED": "12345"})
    for name in (made.script, made.fine, MANIFEST):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_the_script_names_no_other_host(script):
    assert re.findall(r"(?:https?:)?//[\w.-]+\.\w+", script) == []


def test_the_script_holds_no_random_name(script):
    assert RANDOM_ID.search(script) is None
    assert "map_city" in script


def test_the_script_starts_the_pages_own_code_with_every_district(script):
    assert "caituMap.start(" in script
    assert len(set(re.findall(r"\b3101\d\d\b", script))) == 16


def test_a_random_name_that_is_left_stops_the_build(outlines, monkeypatch):
    monkeypatch.setattr("geo.maps._name", lambda element, name: element)
    with pytest.raises(ValueError, match="random id"):
        map_script(outlines)


def test_file_names_carry_the_hash_of_their_content(built):
    import hashlib

    folder, made = built
    for name in (made.script, made.fine):
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12] in name


def test_the_fine_outlines_are_geojson_of_all_districts(built):
    folder, made = built
    collection = json.loads((folder / made.fine).read_text(encoding="utf-8"))
    assert len(collection["features"]) == len(made.paths) == 16


def test_a_second_call_builds_nothing(built, data_dir, monkeypatch):
    folder, made = built
    monkeypatch.setattr(assets, "_build", lambda *_: pytest.fail("built again"))
    assert map_assets(data_dir, folder) == made


@pytest.mark.parametrize("spoil", [
    lambda folder, made: (folder / made.script).unlink(),
    lambda folder, made: (folder / MANIFEST).write_text("{"),
    lambda folder, made: (folder / MANIFEST).write_text(json.dumps({"key": "old"})),
    lambda folder, made: (folder / MANIFEST).write_text(
        json.dumps({"key": "old", "script": made.script, "fine": made.fine, "paths": {}})),
], ids=["a file is gone", "the list is broken", "the list is of another version", "the outlines have changed"])
def test_what_is_missing_or_old_is_built_anew(built, tmp_path, data_dir, spoil):
    folder, made = built
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    spoil(tmp_path, made)
    assert map_assets(data_dir, tmp_path) == made
    assert (tmp_path / made.script).read_bytes() == (folder / made.script).read_bytes()
