import json

import pytest

from xrpdsim.evaluation.benchmark._fold_files import FoldFiles

SETTINGS = {"seed": 0, "methods": {"naive": {"device": "cpu"}, "degelder-wide": {"device": "cpu"}}}


def fold(method, number, auroc=0.9):
    return {"method": method, "fold": number, "auroc": auroc, "precision": [1.0, 0.5]}


@pytest.fixture
def files(tmp_path):
    files = FoldFiles(tmp_path / "folds", SETTINGS)
    for number in (1000, 0, 999, 12_345, 7):
        files.write(fold("naive", number))
    files.write(fold("degelder-wide", 3))
    return files


def test_any_number_of_folds_is_read_in_order(files):
    results, refused = files.read()
    assert [row["fold"] for row in results["naive"]] == [0, 7, 999, 1000, 12_345]
    assert results["degelder-wide"] == [fold("degelder-wide", 3)]
    assert refused == {}


def test_an_empty_folder_has_no_folds(tmp_path):
    assert FoldFiles(tmp_path / "none", SETTINGS).read() == ({}, {})


def edited(text):
    assert "0.9" in text
    return text.replace("0.9", "0.99")


def without_digest(text):
    return json.dumps(json.loads(text)["fold"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (edited, "was changed after it was written"),
        (without_digest, "is no fold as a run writes it"),
        (lambda text: text[: len(text) // 2], "is not complete JSON"),
        (lambda text: "", "is not complete JSON"),
        (lambda text: "[]", "is no fold as a run writes it"),
        (lambda text: text.replace('"fold": 7', '"fold": 8'), "was changed"),
    ],
)
def test_a_fold_that_the_run_did_not_write_is_named(files, change, reason):
    path = files.path("naive", 7)
    path.write_text(change(path.read_text()))
    results, refused = files.read()
    assert [row["fold"] for row in results["naive"]] == [0, 999, 1000, 12_345]
    assert list(refused) == [path]
    assert refused[path].startswith(str(path))
    assert reason in refused[path]


def test_a_fold_under_the_name_of_another_is_named(files):
    files.path("naive", 7).rename(files.path("naive", 8))
    assert "is another fold under this name" in files.read()[1][files.path("naive", 8)]


@pytest.mark.parametrize(
    "settings",
    [
        {**SETTINGS, "seed": 1},
        {**SETTINGS, "methods": {**SETTINGS["methods"], "naive": {"device": "cuda"}}},
        {**SETTINGS, "methods": {"degelder-wide": {"device": "cpu"}}},
    ],
)
def test_a_fold_of_another_run_is_named(files, settings):
    results, refused = FoldFiles(files.folder, settings).read()
    assert "naive" not in results
    assert all("belongs to another run" in reason for reason in refused.values())


def test_other_files_are_no_folds(files):
    for name in ("naive-07.json", "naive-x.json", "other-007.json", "naive-007.json.bak"):
        (files.folder / name).write_text("{}")
    assert files.read()[1] == {}
