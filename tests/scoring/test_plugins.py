"""Plug-ins add scoring modules; a broken one is named and skipped, whatever is wrong with it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from scoring import ModuleUnknown
from scoring.plugins import Plugin, found, in_folder, installed
from scoring.registry import Registry, modules, register

ROOT = Path(__file__).parents[2]

GOOD = """
from scoring.registry import register

@register("{id}", "{version}")
def first(given):
    return given.answers[:, 0]
"""

DEFINITION = """
id = "tiny"
version = "1.0"
licence = "own"
confirmed = true
sources = ["made for this test"]

[[items]]
id = "a"
type = "one_of"
codes = [0, 1, 2]
options = "levels"

[[scales]]
code = "A"
items = ["a"]
module = "first"
direction = "worse"
low = 0
high = 2
"""


def good(path: Path, id: str = "first", version: str = "1.2.3") -> Path:
    path.write_text(GOOD.format(id=id, version=version), encoding="utf-8")
    return path


def loaded(folder: Path) -> Registry:
    """A registry of its own that has one built-in module and the folder's plug-ins."""
    registry = Registry(lambda: in_folder(folder))
    registry.register("built", "1.0.0")(modules()[0].function)
    return registry


def python(code: str, **environment: str) -> str:
    """The output of a fresh interpreter."""
    given = {key: value for key, value in os.environ.items() if not key.startswith("QOL_")}
    path = os.pathsep.join([str(ROOT), environment.pop("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**given, **environment, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


SHOW = """
import json, scoring
print(json.dumps([[[m.id, m.version, m.origin] for m in scoring.modules()], scoring.problems()]))
"""


def test_a_file_in_the_folder_joins_with_version_and_origin(tmp_path: Path) -> None:
    path = good(tmp_path / "first.py")
    registry = loaded(tmp_path)
    module = registry.find("first")
    assert (module.version, module.origin) == ("1.2.3", f"file {path}")
    assert [each.id for each in registry.modules()] == ["built", "first"]
    assert registry.find("built").origin == "built in"
    assert registry.problems() == []


def test_the_folder_never_joins_the_search_path(tmp_path: Path) -> None:
    good(tmp_path / "first.py")
    loaded(tmp_path).modules()
    assert str(tmp_path) not in sys.path
    assert "first" not in sys.modules


def test_files_are_loaded_by_name_and_nothing_else_is(tmp_path: Path) -> None:
    good(tmp_path / "b.py", id="taken", version="2.0.0")
    good(tmp_path / "a.py", id="taken", version="1.0.0")
    (tmp_path / "notes.txt").write_text("not python", encoding="utf-8")
    (tmp_path / "folder.py").mkdir()
    registry = loaded(tmp_path)
    assert registry.find("taken").version == "1.0.0"
    assert registry.problems() == [
        (
            f"file {tmp_path / 'b.py'}",
            f"there is a scoring module taken already (file {tmp_path / 'a.py'})",
        )
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("def broken(:\n", "SyntaxError: invalid syntax", id="no python"),
        pytest.param("1 / 0\n", "ZeroDivisionError: division by zero", id="fails at import"),
        pytest.param("import sys\nsys.exit(3)\n", "SystemExit: 3", id="ends the process"),
        pytest.param("import nothing_like_it\n", "ModuleNotFoundError: No module", id="needs more"),
        pytest.param("x = 1\n", "it registers no scoring module", id="registers nothing"),
        pytest.param(
            GOOD.format(id="built", version="9.0.0"),
            "there is a scoring module built already (built in)",
            id="a built-in's id",
        ),
        pytest.param(GOOD.format(id="v", version="1.0"), "version '1.0' is not", id="two numbers"),
        pytest.param(GOOD.format(id="v", version="1.0.0b1"), "is not MAJOR", id="a beta"),
        pytest.param(GOOD.format(id="v", version="01.0.0"), "is not MAJOR", id="leading zero"),
        pytest.param(GOOD.format(id="Odd Id", version="1.0.0"), "is no module id", id="odd id"),
        pytest.param(
            'from scoring.registry import register\nregister("three", "1.0.0")(3)\n',
            "three: what it registers is not callable",
            id="not callable",
        ),
        pytest.param("raise ValueError('one\\n\\ntwo')\n", "ValueError: one two", id="two lines"),
    ],
)
def test_a_broken_plug_in_is_named_and_skipped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: str, message: str
) -> None:
    broken = tmp_path / "a_broken.py"
    broken.write_text(content, encoding="utf-8")
    good(tmp_path / "b_good.py")
    registry = loaded(tmp_path)
    with caplog.at_level(logging.WARNING):
        assert [module.id for module in registry.modules()] == ["built", "first"]
    assert registry.find("built").version == "1.0.0"
    ((origin, why),) = registry.problems()
    assert origin == f"file {broken}"
    assert message in why
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert record.getMessage() == f"scoring plug-in skipped: {origin}: {why}"
    assert "\n" not in record.getMessage()


def test_of_a_plug_in_that_breaks_half_way_nothing_is_kept(tmp_path: Path) -> None:
    half = tmp_path / "half.py"
    half.write_text(GOOD.format(id="half", version="1.0.0") + "\n1 / 0\n", encoding="utf-8")
    registry = loaded(tmp_path)
    with pytest.raises(ModuleUnknown, match=r"no scoring module half; there are built \(1 broken"):
        registry.find("half")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "none"
    registry = Registry(lambda: found({"QOL_SCORING_FOLDER": str(missing)}))
    registry.register("built", "1.0.0")(modules()[0].function)
    assert [module.id for module in registry.modules()] == ["built"]
    assert registry.problems() == [(f"folder {missing}", "No such file or directory")]


def test_without_a_folder_there_are_only_installed_plug_ins() -> None:
    for environment in ({}, {"QOL_SCORING_FOLDER": ""}):
        assert [each.origin for each in found(environment)] == [e.origin for e in installed()]


def test_a_plug_in_may_build_on_modules_that_are_there(tmp_path: Path) -> None:
    good(tmp_path / "a.py", id="first")
    (tmp_path / "b.py").write_text(
        "from scoring.registry import find, register\n"
        'register("again", "1.0.0")(find("linear").function)\n',
        encoding="utf-8",
    )
    registry = loaded(tmp_path)
    assert registry.problems() == []
    assert [module.id for module in registry.modules()] == ["again", "built", "first"]


def test_plug_ins_are_loaded_once_however_many_threads_ask() -> None:
    runs = []

    def run(taking: object) -> None:
        runs.append(taking)
        time.sleep(0.05)
        registry.register("slow", "1.0.0")(modules()[0].function)

    registry = Registry(lambda: [Plugin(origin="file slow.py", run=run)])
    start = threading.Barrier(8)
    seen: list[str] = []

    def ask() -> None:
        start.wait()
        seen.append(registry.find("slow").origin)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runs) == 1
    assert seen == ["file slow.py"] * 8


def test_nothing_is_loaded_before_a_module_is_asked_for() -> None:
    runs = []
    registry = Registry(lambda: [Plugin(origin="file x.py", run=runs.append)])
    registry.register("built", "1.0.0")(modules()[0].function)
    assert runs == []
    registry.modules()
    assert len(runs) == 1


def test_a_module_registered_from_elsewhere_says_so() -> None:
    def mine(given: object) -> object:
        return given

    registry = Registry()
    registry.register("mine", "1.0.0")(mine)
    assert registry.find("mine").origin == f"python module {__name__}"
    with pytest.raises(ValueError, match=r"there is a scoring module linear already \(built in\)"):
        register("linear", "9.0.0")(mine)


def package(folder: Path, name: str, entry: str, content: str) -> None:
    """Install a package as a package installer does: its module and its metadata."""
    (folder / f"{name}.py").write_text(content, encoding="utf-8")
    info = folder / f"{name}-2.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.1\n")
    (info / "entry_points.txt").write_text(f"[qol.scoring]\n{entry}\n", encoding="utf-8")


def test_installed_packages_join_by_module_or_by_function(tmp_path: Path) -> None:
    package(tmp_path, "one", "mod = one", GOOD.format(id="one", version="1.0.0"))
    by_function = 'def add(register):\n    register("two", "2.0.0")(lambda given: given.answers)\n'
    package(tmp_path, "two", "fun = two:add", by_function)
    package(tmp_path, "bad", "three = bad:three", "three = 3\n")
    package(tmp_path, "gone", "away = gone.away", "")
    own, broken = json.loads(python(SHOW, PYTHONPATH=str(tmp_path)))
    assert ["one", "1.0.0", "package one 2.1, entry point mod"] in own
    assert ["two", "2.0.0", "package two 2.1, entry point fun"] in own
    assert ("linear", "built in") in [(id, origin) for id, _, origin in own]
    assert broken == [
        ["package gone 2.1, entry point away", broken[0][1]],
        ["package bad 2.1, entry point three", "bad:three is neither a python module nor callable"],
    ]
    assert broken[0][1].startswith("ModuleNotFoundError: No module named 'gone.away'")


def test_an_installed_package_that_was_imported_before_is_no_problem(tmp_path: Path) -> None:
    package(tmp_path, "one", "mod = one", GOOD.format(id="one", version="1.0.0"))
    own, broken = json.loads(python("import one\n" + SHOW, PYTHONPATH=str(tmp_path)))
    assert ["one", "1.0.0", "python module one"] in own
    assert broken == []


def scored(folder: Path, plugin: str) -> str:
    """What comes of scoring the answers 2, 0 and none with one plug-in file."""
    (folder / "plugin.py").write_text(plugin, encoding="utf-8")
    definition = folder / "tiny" / "1.0" / "definition.toml"
    definition.parent.mkdir(parents=True)
    definition.write_text(DEFINITION, encoding="utf-8")
    code = f"""
import pandas as pd
from pathlib import Path
from questionnaires.files import read
from scoring import ModuleFailed, score
tiny = read(Path({str(definition.parent)!r}))
try:
    print(score(tiny, pd.DataFrame({{"a": [2, 0, None]}}))["A"].tolist())
except ModuleFailed as error:
    print(error)
"""
    return python(code, QOL_SCORING_FOLDER=str(folder)).strip()


def test_a_plug_in_scores_a_questionnaire(tmp_path: Path) -> None:
    assert scored(tmp_path, GOOD.format(id="first", version="1.0.0")) == "[2.0, 0.0, nan]"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param("return 1 / 0", "failed: ZeroDivisionError: division by zero", id="breaks"),
        pytest.param("return given.answers", "gave shape (3, 1) for 3 forms", id="wrong shape"),
        pytest.param("return None", "gave shape () for 3 forms", id="nothing"),
        pytest.param(
            "given.answers[:] = 0; return given.answers[:, 0]",
            "failed: ValueError: assignment destination is read-only",
            id="changes the answers",
        ),
        pytest.param("return list('abc')", "failed: ValueError: could not convert", id="words"),
    ],
)
def test_a_plug_in_that_breaks_while_scoring_is_named(
    tmp_path: Path, body: str, message: str
) -> None:
    plugin = GOOD.format(id="first", version="1.2.3").replace("return given.answers[:, 0]", body)
    expected = f"A: scoring module first 1.2.3 (file {tmp_path / 'plugin.py'}) {message}"
    assert scored(tmp_path, plugin).startswith(expected)
