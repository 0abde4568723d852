"""The Makefile, the CI script and the documents name only what is there."""

import os
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest

from webapp.commands import parser

HOME = Path(__file__).resolve().parent.parent
MAKEFILE = (HOME / "Makefile").read_text()
TARGETS = set(re.findall(r"^([\w./-]+):(?!=)", MAKEFILE, re.M))
PAPERS = sorted([HOME / "README.md", *HOME.glob("docs/**/*.md"), HOME / "bench/README.md"])


def code(path):
    """The code of a document: fenced blocks line by line, and what stands between backticks."""
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.M | re.S)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return lines + re.findall(r"`([^`\n]+)`", rest)


def written(program):
    found = []
    for path in PAPERS:
        for line in code(path):
            match = re.match(rf"(?:\w+=\S+ )*(?:\.venv/bin/)?{program} (?!=)(.+)", line)
            if match:
                found.append(pytest.param(match.group(1), id=f"{path.name}: {line}"))
    return found


@pytest.mark.parametrize("words", written("caitu"))
def test_each_caitu_command_in_a_document_is_understood(words):
    parser().parse_args(shlex.split(words))


@pytest.mark.parametrize("words", written("make"))
def test_each_make_target_in_a_document_is_there(words):
    names = [word for word in re.sub(r"<[^>]*>", "x", words).split() if "=" not in word]
    assert set(names) <= TARGETS
    assert names


@pytest.mark.parametrize("words", written("python"))
def test_each_script_in_a_document_is_there(words):
    if words.split()[0].endswith(".py"):
        assert (HOME / words.split()[0]).is_file()


@pytest.mark.parametrize("target", ["demo", "setup", "test", "lint"])
def test_make_knows_how_to_reach_each_target(target):
    plan = subprocess.run(["make", "-n", target], cwd=HOME, capture_output=True, text=True)
    assert plan.returncode == 0, plan.stderr


def test_make_demo_runs_a_command_that_exists():
    lines = re.findall(r"^\t@?\$\(BIN\)/caitu (.+)$", MAKEFILE, re.M)
    assert lines
    for line in lines:
        parser().parse_args(line.replace("$(PORT)", "8000").split())


def test_make_test_checks_style_types_and_behaviour():
    plan = subprocess.run(["make", "-n", "test"], cwd=HOME, capture_output=True, text=True, check=True).stdout
    assert all(f".venv/bin/{tool}" in plan for tool in ("ruff check", "mypy", "pytest"))


def test_each_file_that_the_makefile_names_is_kept():
    names = r"(?<![\w/.-])((?:requirements|static)/[\w.-]+\.\w+|package(?:-lock)?\.json|pyproject\.toml)"
    named = set(re.findall(names, MAKEFILE))
    assert {"requirements/caitu.lock", "requirements/test.lock", "static/build.mjs"} <= named
    assert [name for name in named if not (HOME / name).is_file()] == []


def test_each_setting_in_the_documents_is_read_and_each_that_is_read_is_documented():
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", (HOME / "docs/running.md").read_text(encoding="utf-8"), re.M))
    read = set(re.findall(r"""get\("([A-Z_]+)\"""", (HOME / "webapp/settings.py").read_text(encoding="utf-8")))
    assert told == read


def test_every_phony_target_has_a_rule():
    assert set(re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.M).group(1).split()) <= TARGETS


def test_the_installed_command_is_the_one_of_the_project():
    scripts = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    module, function = scripts["caitu"].split(":")
    assert hasattr(__import__(module, fromlist=[function]), function)


def test_ci_runs_the_readmes_command_with_a_database_and_nothing_skipped():
    script = HOME / ".ci/run"
    text = script.read_text()
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], capture_output=True).returncode == 0
    assert "set -euo pipefail" in text
    assert re.search(r"^export TEST_DATABASE_URL=\"postgresql\+psycopg://", text, re.M)
    assert "export CAITU_REQUIRE_ALL=1" in text
    assert text.rstrip().endswith("make test")
    assert "make test" in (HOME / "README.md").read_text(encoding="utf-8")
