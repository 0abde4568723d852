"""The 16 districts of Shanghai: names, short names, GB/T 2260 codes, and where their labels stand on the map."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class District:
    """One district; label and phone_label are (lon, lat) in WGS-84 degrees, central ones share one label when small."""

    code: str
    name: str
    short: str
    label: tuple[float, float]
    phone_label: tuple[float, float]
    central: bool = False


# Anchors are data, not centroids: a centroid of a crooked district falls on a river, an island or a neighbour.
DISTRICTS: tuple[District, ...] = (
    District("310101", "黄浦区", "黄浦", (121.479, 31.223), (121.479, 31.223), central=True),
    District("310104", "徐汇区", "徐汇", (121.432, 31.160), (121.432, 31.160), central=True),
    District("310105", "长宁区", "长宁", (121.378, 31.212), (121.378, 31.212), central=True),
    District("310106", "静安区", "静安", (121.441, 31.292), (121.441, 31.292), central=True),
    District("310107", "普陀区", "普陀", (121.385, 31.262), (121.385, 31.262), central=True),
    District("310109", "虹口区", "虹口", (121.487, 31.277), (121.487, 31.277), central=True),
    District("310110", "杨浦区", "杨浦", (121.530, 31.305), (121.530, 31.305), central=True),
    District("310112", "闵行区", "闵行", (121.445, 31.070), (121.385, 31.040)),
    District("310113", "宝山区", "宝山", (121.385, 31.395), (121.385, 31.440)),
    District("310114", "嘉定区", "嘉定", (121.235, 31.385), (121.235, 31.360)),
    District("310115", "浦东新区", "浦东", (121.735, 31.080), (121.75, 31.09)),
    District("310116", "金山区", "金山", (121.200, 30.825), (121.25, 30.79)),
    District("310117", "松江区", "松江", (121.190, 31.020), (121.215, 30.990)),
    District("310118", "青浦区", "青浦", (121.080, 31.125), (121.090, 31.135)),
    District("310120", "奉贤区", "奉贤", (121.535, 30.905), (121.53, 30.885)),
    District("310151", "崇明区", "崇明", (121.500, 31.690), (121.50, 31.69)),
)
CENTRE_NAME = "中心城区"
CENTRE_LABEL = (121.462, 31.230)

_BY_ANY_NAME = {key: d for d in DISTRICTS for key in (d.name, d.short, d.code)} | {"浦东区": DISTRICTS[10]}


def district_named(text: str) -> District | None:
    """The district of a full name, a short name or a code; None when there is no such district."""
    return _BY_ANY_NAME.get(text.strip())
