import json
import lzma

import pytest

from xrpdsim.evaluation.benchmark import Benchmark, pack, unpack

SILENT = {"report": lambda line: None}


@pytest.fixture
def packed(campaign, tmp_path):
    """A packed run of two rows, and its folder."""
    here = Benchmark(campaign, tmp_path / "here", ["naive", "pearson"], max_folds=3, n_jobs=1)
    here.run(**SILENT)
    pack(here.out, tmp_path / "folds.xz")
    return tmp_path / "folds.xz", here


def test_a_run_goes_on_elsewhere(campaign, tmp_path, packed):
    path, here = packed
    there = Benchmark(campaign, tmp_path / "there", ["naive", "degelder"], n_jobs=1)
    assert unpack(path, there.out) == 6
    assert there.results() == here.results()
    lines = []
    there.run(lines.append)
    assert lines[0] == "3 of 12 folds are there already"
    assert unpack(path, there.out) == 0
    pack(there.out, path)
    found = Benchmark(campaign, tmp_path / "third", ["naive"])
    assert unpack(path, found.out) == 15
    assert found.results() == there.results()


def test_it_is_small_and_the_same_for_the_same_folds(packed, tmp_path):
    path, here = packed
    loose = sum(file.stat().st_size for file in (here.out / "folds").iterdir())
    assert path.stat().st_size < loose / 4
    pack(here.out, tmp_path / "again.xz")
    assert (tmp_path / "again.xz").read_bytes() == path.read_bytes()


def test_folds_of_another_run_are_refused(campaign, tmp_path, packed):
    path, _ = packed
    other = Benchmark(campaign, tmp_path / "other", ["naive"], seed=1)
    with pytest.raises(ValueError, match=r"folds\.xz holds folds of another run .* seed was 0"):
        unpack(path, other.out)
    assert not list((other.out / "folds").iterdir())


def test_a_fold_that_was_edited_is_left_out(campaign, tmp_path, packed):
    path, _ = packed
    lines = lzma.decompress(path.read_bytes()).decode().splitlines()
    content = json.loads(lines[1])
    content["fold"]["auroc"] = 0.123
    path.write_bytes(lzma.compress("\n".join([lines[0], json.dumps(content), *lines[2:]]).encode()))
    there = Benchmark(campaign, tmp_path / "there", ["naive"], max_folds=3)
    unpack(path, there.out)
    with pytest.warns(UserWarning, match="was changed after it was written"):
        assert [fold["fold"] for fold in there.results()["naive"]] == [1, 2]


def outside(lines):
    content = json.loads(lines[1])
    content["fold"]["method"] = "../../elsewhere"
    return "\n".join([lines[0], json.dumps(content)])


@pytest.mark.parametrize(
    "damage",
    [
        lambda lines: "",
        lambda lines: "{}",
        lambda lines: "\n".join(lines[1:]),
        lambda lines: "\n".join(lines)[:-20],
        outside,
    ],
)
def test_other_files_are_refused(tmp_path, packed, damage):
    path, _ = packed
    lines = lzma.decompress(path.read_bytes()).decode().splitlines()
    path.write_bytes(lzma.compress(damage(lines).encode()))
    with pytest.raises(ValueError, match=r"folds\.xz holds no packed folds, or was cut off"):
        unpack(path, tmp_path / "there")
    assert not list(tmp_path.glob("else*"))


def test_half_a_file_is_refused(tmp_path, packed):
    path, _ = packed
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ValueError, match="was cut off"):
        unpack(path, tmp_path / "there")
