"""What a generation of workers is loaded from is a private copy that nothing outside changes."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service_kit.problems import Problem, RefusedError
from service_kit.serving import snapshot as snapshots
from service_kit.serving.definition import ServiceDefinition
from service_kit.serving.settings import load_settings
from service_kit.serving.snapshot import Snapshot, sweep

DEFINITION = ServiceDefinition("toy", "toy:add", "toy", 0, {}, {"TOY_FOLDER": "data", "TOY_FILES": ""})
LEFT_BEHIND = """
import os, pathlib, sys
from service_kit.serving import snapshot
from service_kit.serving.settings import load_settings
from tests.service_kit.test_snapshot import DEFINITION
snapshot._MEMORY = pathlib.Path(sys.argv[1])
taken = snapshot.Snapshot(DEFINITION, load_settings())
print(taken.environment["TOY_FOLDER"], flush=True)
sys.stdin.read()
os._exit(9)
"""


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the copies of this test are, and no others."""
    memory = tmp_path / "memory"
    memory.mkdir()
    monkeypatch.setattr(snapshots, "_MEMORY", memory)
    return memory


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data"
    (folder / "law").mkdir(parents=True)
    (folder / "law" / "a.yaml").write_text("a: 1\n")
    return folder


@pytest.fixture
def take() -> Iterator[Callable[[], Snapshot]]:
    taken: list[Snapshot] = []

    def take() -> Snapshot:
        taken.append(Snapshot(DEFINITION, load_settings()))
        return taken[-1]

    yield take
    for snapshot in taken:
        snapshot.remove()


def copy_of(snapshot: Snapshot) -> Path:
    return Path(snapshot.environment["TOY_FOLDER"])


def test_the_copy_stays_as_the_files_were(take, folder):
    copy = copy_of(take())
    shutil.rmtree(folder)
    assert [path.relative_to(copy) for path in copy.rglob("*.yaml")] == [Path("law/a.yaml")]
    assert (copy / "law" / "a.yaml").read_text() == "a: 1\n"
    assert {stat.S_IMODE(above.stat().st_mode) for above in list(copy.parents)[1:3]} == {0o700}


def test_files_that_the_environment_names_are_copied_each(take, tmp_path, monkeypatch):
    named = [tmp_path / "one" / "x.yaml", tmp_path / "two" / "x.yaml"]
    for path in named:
        path.parent.mkdir()
        path.write_text(path.parent.name)
    monkeypatch.setenv("TOY_FILES", os.pathsep.join(map(str, named)))
    copies = take().environment["TOY_FILES"].split(os.pathsep)
    assert [Path(copy).read_text() for copy in copies] == ["one", "two"]


def test_a_name_with_a_colon_is_one_name(take, tmp_path, monkeypatch):
    (tmp_path / "a:b").mkdir()
    monkeypatch.setenv("TOY_FOLDER", "a:b")
    assert copy_of(take()).is_dir()


def test_tokens_and_certificates_are_copied_too(tmp_path, monkeypatch):
    for name in ("tokens", "key"):
        (tmp_path / name).write_text(name)
    settings = load_settings(tokens_file=tmp_path / "tokens")
    snapshot = Snapshot(DEFINITION, settings)
    (tmp_path / "tokens").write_text("others")
    assert snapshot.settings.tokens_file.read_text() == "tokens"
    assert snapshot.settings.tls_key_file is None
    snapshot.remove()
    assert not snapshot.settings.tokens_file.exists()


def test_a_problem_names_the_file_that_the_operator_knows(take):
    snapshot = take()
    problem = snapshot.as_named(Problem("X", f"{copy_of(snapshot)}/law/a.yaml 第 1 行", "错了。", "改正。"))
    assert problem.place == "data/law/a.yaml 第 1 行"


@pytest.mark.parametrize("there", ["nowhere", "a-pipe"])
def test_what_cannot_be_copied_is_left_to_the_worker(take, tmp_path, monkeypatch, there):
    os.mkfifo(tmp_path / "a-pipe")
    monkeypatch.setenv("TOY_FOLDER", there)
    assert copy_of(take()).readlink() == tmp_path / there


def test_a_folder_that_is_linked_to_is_seen_as_before(take, folder, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "b.yaml").write_text("b: 1\n")
    (folder / "linked").symlink_to("../elsewhere")
    (folder / "loop").symlink_to(".")
    copy = copy_of(take())
    assert {path.name for path in copy.rglob("*.yaml")} == {path.name for path in folder.rglob("*.yaml")}
    assert (copy / "linked" / "b.yaml").exists()


def test_a_folder_that_can_be_no_data_is_refused_and_nothing_left(folder, memory, monkeypatch):
    monkeypatch.setattr(snapshots, "_MOST_FILES", 2)
    for name in "xyz":
        (folder / name).touch()
    with pytest.raises(RefusedError) as refused:
        Snapshot(DEFINITION, load_settings())
    assert [(it.code, it.place) for it in refused.value.problems] == [("K014", "data")]
    assert not list(memory.glob("*/*"))


def test_a_file_that_no_memory_holds_is_refused_before_it_is_read(folder):
    with (folder / "backup.dump").open("wb") as huge:
        huge.truncate(2**40)
    with pytest.raises(RefusedError) as refused:
        Snapshot(DEFINITION, load_settings())
    assert [it.code for it in refused.value.problems] == ["K014"]


@pytest.mark.parametrize("named", ["..", "../data/../data", "data/"])
def test_a_folder_may_be_named_in_any_way(take, tmp_path, monkeypatch, named):
    (tmp_path / "data" / "below").mkdir()
    monkeypatch.chdir(tmp_path / "data" / "below" if named == ".." else tmp_path / "data")
    monkeypatch.setenv("TOY_FOLDER", named if named != "data/" else f"{tmp_path}/data/")
    assert (copy_of(take()) / "law" / "a.yaml").exists()


def test_a_sweep_touches_nothing_but_snapshots(take, memory, monkeypatch):
    monkeypatch.setattr(snapshots, "_YOUNG_SECONDS", 0)
    (memory / "huiyin-rulesets").mkdir()
    (memory / "huiyin-rulesets" / "a.yaml").touch()
    living = copy_of(take())
    sweep()
    assert (memory / "huiyin-rulesets" / "a.yaml").exists()
    assert living.exists()


def test_copies_of_the_dead_are_swept_away_and_those_of_the_living_stay(take, memory, monkeypatch):
    monkeypatch.setattr(snapshots, "_YOUNG_SECONDS", 0)
    living = copy_of(take())
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", LEFT_BEHIND, str(memory)],
        env=os.environ | {"PYTHONPATH": str(root)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        left = Path(other.stdout.readline().strip())
        sweep()
        assert left.exists()
        other.kill()
    sweep()
    assert not left.exists()
    assert living.exists()
