"""Writes the map's files under names that carry their hash, and finds them again without building."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from geo.boundaries import DECIMALS, Outline, feature_collection, read_outlines, rings
from geo.svg import outline_path

MANIFEST = "map.json"
_PARTS = ("maps.py", "boundaries.py", "svg.py", "assets.py")  # what the files' content depends on, beside the data


@dataclass(frozen=True)
class MapAssets:
    """Names of the files in the folder; paths: district name -> the `d` of its outline in the drawn picture."""

    key: str
    script: str
    fine: str
    paths: Mapping[str, str]


def map_assets(data_dir: Path, out_dir: Path) -> MapAssets:
    """The map's files in out_dir, built when they are missing or older than the code or the boundaries.

    Building takes about four seconds, reading some milliseconds. Several processes may call it at once: each file
    is complete before it gets its name.
    """
    key = _key(data_dir)
    return _known(out_dir, key) or _build(data_dir, out_dir, key)


def _key(data_dir: Path) -> str:
    digest = hashlib.sha256(version("folium").encode())
    parts = [Path(__file__).parent / name for name in _PARTS]
    for path in (*parts, *sorted((data_dir / "boundaries").glob("*.geojson"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _known(out_dir: Path, key: str) -> MapAssets | None:
    try:
        found = MapAssets(**json.loads((out_dir / MANIFEST).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):  # nothing there, or of another version
        return None
    whole = all((out_dir / name).is_file() for name in (found.script, found.fine))
    return found if found.key == key and whole else None


def _build(data_dir: Path, out_dir: Path, key: str) -> MapAssets:
    from geo.maps import map_script

    out_dir.mkdir(parents=True, exist_ok=True)
    coarse, fine = read_outlines(data_dir, "200m"), read_outlines(data_dir, "60m")
    detail = json.dumps(feature_collection(fine, DECIMALS["60m"]), ensure_ascii=False, separators=(",", ":"))
    script = _write(out_dir, "map", ".js", map_script(coarse))
    built = MapAssets(key, script, _write(out_dir, "districts", ".json", detail), {o.name: _path(o) for o in coarse})
    _replace(out_dir / MANIFEST, json.dumps(asdict(built), ensure_ascii=False))
    return built


def _path(outline: Outline) -> str:
    return "".join(outline_path(polygon) for polygon in rings(outline.geometry))


def _write(out_dir: Path, stem: str, ending: str, text: str) -> str:
    name = f"{stem}-{hashlib.sha256(text.encode()).hexdigest()[:12]}{ending}"
    _replace(out_dir / name, text)
    return name


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(name, path)
