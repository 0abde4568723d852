"""The Dockerfile, read and compared with the project: no engine runs here, so every path and command is looked up."""

import json
import re
import shlex
import subprocess
import tomllib
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

import pytest

from webapp.commands import parser
from webapp.settings import settings_from

HOME = Path(__file__).resolve().parent.parent
# What a command of an earlier stage makes: the path -> (the command, the file of the project that says so, what it says).
MADE = {
    "/app/static/vendor": ("node static/build.mjs", "static/build.mjs", 'join(here, "vendor")'),
    "/app": ("make .venv/ready-caitu", "Makefile", "-m venv .venv"),
}
ASKED = {"sh", "cd", "test", "rm", "mkdir", "chown", "useradd", "apt-get", "npm", "node", "make", "caitu"}


@dataclass
class Stage:
    """One FROM and what follows it: instructions as (name, text)."""

    image: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def of(self, *names: str) -> list[str]:
        return [text for name, text in self.steps if name in names]


def read_stages(text):
    lines = re.sub(r"\\\n", " ", "\n".join(line for line in text.splitlines() if not line.startswith("#"))).splitlines()
    stages = []
    for line in filter(str.strip, lines):
        name, _, rest = line.strip().partition(" ")
        if name == "FROM":
            image, _, alias = rest.partition(" AS ")
            stages.append(Stage(image, alias or str(len(stages))))
        else:
            stages[-1].steps.append((name, rest))
    return stages


STAGES = read_stages((HOME / "Dockerfile").read_text())
FINAL = STAGES[-1]


def copies(stage):
    """(stage that it comes from or empty, sources, target) of each COPY."""
    for text in stage.of("COPY"):
        words = shlex.split(text)
        options = dict(word[2:].split("=", 1) for word in words if word.startswith("--"))
        paths = [word for word in words if not word.startswith("--")]
        yield options.get("from", ""), paths[:-1], paths[-1]


def own_copies():
    return [(stage.name, source) for stage in STAGES for origin, sources, _ in copies(stage) if not origin
            for source in sources]


def commands(stage):
    """Each command of RUN, CMD and HEALTHCHECK as words; a health check's options are left out."""
    for name, text in stage.steps:
        if name not in ("RUN", "CMD", "HEALTHCHECK"):
            continue
        text = re.sub(r"^(--\S+ )*(CMD )?", "", text)
        if text.startswith("["):
            yield json.loads(text)
        else:
            yield from (shlex.split(part) for part in text.split("&&"))


def every_command():
    return [(stage.name, words) for stage in STAGES for words in commands(stage)]


def tracked():
    out = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=HOME,
                         capture_output=True, text=True, check=True).stdout
    return set(out.splitlines())


def is_ignored(path):
    """What .dockerignore keeps from the engine: a pattern meets a path or a folder above it."""
    above = [str(PurePosixPath(path)), *map(str, PurePosixPath(path).parents)]
    patterns = [line.removeprefix("**/") if line.startswith("**/") else line
                for line in (HOME / ".dockerignore").read_text().split()]
    deep = {line.removeprefix("**/") for line in (HOME / ".dockerignore").read_text().split() if line.startswith("**/")}
    return any(fnmatch(part, pattern) or (pattern in deep and fnmatch(PurePosixPath(part).name, pattern))
               for part in above for pattern in patterns)


@pytest.mark.parametrize(("stage", "source"), own_copies())
def test_what_is_copied_from_the_project_is_kept_there_and_sent(stage, source):
    assert (HOME / source).exists()
    assert any(name == source or name.startswith(f"{source}/") for name in tracked())
    assert not is_ignored(source)


def test_what_is_built_or_private_is_not_sent():
    for path in (".git/config", ".venv/bin/python", "node_modules/leaflet/package.json", "static/vendor/leaflet.js",
                 "var/caitu.sqlite3", "market/__pycache__/x.pyc"):
        assert is_ignored(path), path


def test_what_is_copied_from_a_stage_was_made_in_it():
    seen = {}
    for stage in STAGES:
        for origin, sources, _ in copies(stage):
            if origin:
                for source in sources:
                    command, says, words = MADE[source]
                    assert command in [" ".join(each[:2]) for each in commands(seen[origin])]
                    assert words in (HOME / says).read_text()
        seen[stage.name] = stage


def test_the_image_holds_the_packages_the_data_and_the_static_files():
    packages = next(stage for stage in STAGES if stage.name == "packages")
    copied = {source for _, sources, _ in copies(packages) for source in sources}
    setup = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))
    named = {name.rstrip("*") for name in setup["tool"]["setuptools"]["packages"]["find"]["include"]}
    assert named <= copied
    assert setup["project"]["readme"] in copied
    assert {"data", "static"} <= {source for origin, sources, _ in copies(FINAL) if not origin for source in sources}
    settings = settings_from({})
    assert (settings.data_dir, settings.static_dir) == (HOME / "data", HOME / "static")


def test_vendor_files_come_after_the_static_folder_that_would_cover_them():
    targets = [target for _, _, target in copies(FINAL)]
    assert targets.index("static") < targets.index("static/vendor")


@pytest.mark.parametrize(("stage", "words"), every_command())
def test_every_command_is_one_that_exists(stage, words):
    assert words[0] in ASKED
    here = next(each for each in STAGES if each.name == stage)
    copied = {source for _, sources, _ in copies(here) for source in sources}
    if words[0] == "caitu":
        parser().parse_args(words[1:])
    elif words[0] == "make":
        targets = [word for word in words[1:] if "=" not in word]
        assert subprocess.run(["make", "-n", *targets], cwd=HOME, capture_output=True).returncode == 0
        assert "Makefile" in copied
        assert "make" in " ".join(here.of("RUN"))
    elif words[0] == "node":
        assert words[1] in copied
    elif words[0] == "npm":
        assert {"package.json", "package-lock.json", ".npmrc"} <= copied


def test_what_make_needs_for_the_packages_is_copied_before_it():
    packages = next(stage for stage in STAGES if stage.name == "packages")
    rules = dict(re.findall(r"^(\S+): (.+)$", (HOME / "Makefile").read_text(), re.M))
    needed, left = set(), [".venv/ready-caitu"]
    while left:
        target = left.pop()
        parts = rules.get(target, "").split()
        needed |= {part for part in parts if part not in rules}
        left += [part for part in parts if part in rules]
    order = [name for name, text in packages.steps if name == "COPY" or (name == "RUN" and text.startswith("make"))]
    copied = [source for _, sources, _ in copies(packages) for source in sources]
    assert needed
    assert all(any(name == source or name.startswith(f"{source}/") for source in copied) for name in needed)
    assert order[-1] == "RUN"


def test_build_arguments_are_settings_of_the_makefile():
    arguments = [text.split("=")[0] for stage in STAGES for text in stage.of("ARG")]
    assert arguments == ["TORCH_INDEX"]
    assert re.search(r"^TORCH_INDEX \?=", (HOME / "Makefile").read_text(), re.M)


def environment():
    return dict(pair.split("=", 1) for text in FINAL.of("ENV") for pair in shlex.split(text))


def test_every_variable_is_one_that_the_settings_read():
    reads = (HOME / "webapp/settings.py").read_text()
    assert [name for name in environment() if name != "PATH" and f'"{name}"' not in reads] == []
    assert environment()["PATH"].split(":")[0] == "/app/.venv/bin"


def test_everything_that_the_site_writes_lies_in_the_volume():
    volume = FINAL.of("VOLUME")
    settings = settings_from(environment())
    assert volume == [str(settings.var_dir)]
    assert settings.cache_dir.is_relative_to(settings.var_dir)
    assert f"chown caitu {volume[0]}" in " ".join(FINAL.of("RUN"))


def test_the_site_runs_as_an_ordinary_user_of_its_own():
    names = [name for name, _ in FINAL.steps]
    user = FINAL.of("USER")[-1]
    assert user not in ("root", "0")
    assert re.search(rf"useradd .*\b{user}\b", " ".join(FINAL.of("RUN")))
    assert names.index("USER") < names.index("CMD")
    assert "RUN" not in names[names.index("USER"):]


def test_the_site_listens_where_the_image_says_and_is_asked_there():
    command = json.loads(FINAL.of("CMD")[0])
    args = parser().parse_args(command[1:])
    assert (args.host, args.migrate) == ("0.0.0.0", True)
    assert FINAL.of("EXPOSE") == [environment()["PORT"]]
    assert any(words[:2] == ["caitu", "health"] for words in commands(FINAL))
    assert len(FINAL.of("HEALTHCHECK")) == 1


def test_both_python_stages_are_of_one_version_that_the_project_allows():
    images = {stage.image for stage in STAGES if stage.image.startswith("python:")}
    assert len(images) == 1
    version = re.fullmatch(r"python:(\d+)\.(\d+)-slim", images.pop())
    wanted = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert tuple(map(int, version.groups())) >= tuple(map(int, wanted.removeprefix(">=").split(".")))
