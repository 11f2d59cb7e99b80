"""Sorting again beside an earlier result: names, added files, chosen patterns."""

import csv
import json
import shutil

import numpy as np
import pytest

from xrpdsim.commands import main
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.io import write_pattern
from xrpdsim.patterns import Pattern


@pytest.fixture(scope="module")
def plates(tmp_path_factory):
    """Two plates: the second holds forms I and II of the first, and form III."""
    folder = tmp_path_factory.mktemp("plates")
    campaign = make_screening_campaign(1, 3, 36, preset="bragg-brentano", random_state=7)
    seen = {}
    for counts, form in zip(campaign.X, campaign.form, strict=True):
        seen[form] = seen.get(form, 0) + 1
        plate = "first" if form != "III" and seen[form] <= 5 else "second"
        (folder / plate).mkdir(exist_ok=True)
        measured = ~np.isnan(counts)
        pattern = Pattern(campaign.two_theta[measured], counts[measured], wavelength=1.5406)
        write_pattern(pattern, folder / plate / f"{form}_{seen[form]:02d}.xy")
    return folder


@pytest.fixture
def sorted_plate(plates, tmp_path):
    """The first plate sorted into `results`; both plates lie beside it."""
    for plate in ("first", "second"):
        shutil.copytree(plates / plate, tmp_path / plate)
    (tmp_path / "results").mkdir()
    arguments = ["--method", "screening", "--min-probability", "0.45"]
    assert main(["sort", str(tmp_path / "first"), *arguments, *out(tmp_path)]) == 0
    return tmp_path


def out(folder):
    return ["--out", str(folder / "results" / "report.html")]


def groups(folder):
    with (folder / "results" / "forms.csv").open(encoding="utf-8") as file:
        return {row["file"]: row["group"] for row in csv.DictReader(file)}


def changes(folder):
    with (folder / "results" / "changes.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_added_files_join_groups_that_keep_their_names(sorted_plate, capsys):
    before = groups(sorted_plate)
    capsys.readouterr()
    assert main(["sort", "--add", str(sorted_plate / "second"), *out(sorted_plate)]) == 0
    printed = capsys.readouterr().out
    now = groups(sorted_plate)
    assert {name: now[name] for name in before} == before
    third = {group for name, group in now.items() if "III_" in name}
    assert len(third) == 1
    assert third.isdisjoint(before.values())
    assert f"new group '{third.pop()}' of new files: second/III_01.xy" in printed
    for form in ("I", "II"):
        own = {group for name, group in now.items() if f"/{form}_" in f"/{name}"}
        assert len(own) == 1
    assert {row["change"] for row in changes(sorted_plate)} == {"new"}
    assert len(changes(sorted_plate)) == 26
    run = json.loads((sorted_plate / "results" / "run.json").read_text("utf-8"))
    assert run["settings"]["similarity"] == "screening"
    assert run["settings"]["min_probability"] == 0.45
    assert main(["verify", str(sorted_plate / "results")]) == 0
    assert "10 input files of ../first, 26 input files of ../second" in capsys.readouterr().out
    page = (sorted_plate / "results" / "report.html").read_text("utf-8")
    assert "new group" in page


def test_files_may_be_added_one_by_one_and_are_sorted_as_all_at_once(sorted_plate, capsys):
    for name in ("I_06.xy", "II_06.xy"):
        path = sorted_plate / "second" / name
        assert main(["sort", "--add", str(path), *out(sorted_plate)]) == 0
    in_steps = groups(sorted_plate)
    assert len(in_steps) == 12
    run = json.loads((sorted_plate / "results" / "run.json").read_text("utf-8"))
    again = [str(sorted_plate / "first") if word == "../first" else word for word in run["command"]]
    again = [word.replace("../", f"{sorted_plate}/") for word in again[1:]]
    again[again.index("--out") + 1] = str(sorted_plate / "report.html")
    assert main(again) == 0
    with (sorted_plate / "forms.csv").open(encoding="utf-8") as file:
        assert {row["file"]: row["group"] for row in csv.DictReader(file)} == in_steps
    assert main(["verify", str(sorted_plate / "results")]) == 0


def test_files_are_added_as_it_was_sorted_though_the_folder_is_given_too(sorted_plate, capsys):
    first, second = sorted_plate / "first", sorted_plate / "second"
    corrections = sorted_plate / "corrections.csv"
    corrections.write_text("file,relation,other\nI_01.xy,form,beta\n", encoding="utf-8")
    how = ["--corrections", str(corrections), "--references", str(first / "II_01.xy")]
    assert main(["sort", "--add", str(second / "I_06.xy"), *how, *out(sorted_plate)]) == 0
    # once more with what was added before
    more = [str(second / name) for name in ("I_06.xy", "II_06.xy")]
    assert main(["sort", str(first), "--add", *more, *out(sorted_plate)]) == 0
    command = json.loads((sorted_plate / "results" / "run.json").read_text("utf-8"))["command"]
    assert command[command.index("--add") + 1 :] == [
        "../second/I_06.xy", "../second/II_06.xy", "--references", "../first/II_01.xy",
        "--corrections", "../corrections.csv", "--method", "screening",
        "--min-probability", "0.45",
    ]  # fmt: skip
    capsys.readouterr()
    assert main(["sort", str(second), "--add", str(first), *out(sorted_plate)]) == 2
    assert "leave the folder out, or give --out another place" in capsys.readouterr().err
    # beside no result, it is a first sorting
    arguments = [str(first), "--add", more[0], "--method", "screening"]
    assert main(["sort", *arguments, "--out", str(sorted_plate / "report.html")]) == 0


def test_files_that_are_gone_or_changed_are_named(sorted_plate, capsys):
    first = sorted_plate / "first"
    (first / "I_01.xy").unlink()
    (first / "II_01.xy").write_bytes((first / "II_02.xy").read_bytes() + b"\n")
    (first / "I_02.xy").rename(first / "I_99.xy")
    new = str(sorted_plate / "second" / "I_06.xy")
    assert main(["sort", "--add", new, *out(sorted_plate)]) == 0
    found = {row["file"]: row["change"] for row in changes(sorted_plate)}
    assert found["I_01.xy"] == "missing"
    assert found["II_01.xy"] == "other content"
    assert found["I_99.xy"] == "renamed"
    assert "missing (was in group" in capsys.readouterr().out


def test_sorting_the_same_folder_again_says_that_nothing_changed(sorted_plate, capsys):
    record = sorted_plate / "results" / "run.json"
    before = json.loads(record.read_text("utf-8"))["run"]
    arguments = ["--method", "screening", "--min-probability", "0.45"]
    assert main(["sort", str(sorted_plate / "first"), *arguments, *out(sorted_plate)]) == 0
    assert "no file is new, missing or in another group" in capsys.readouterr().out
    assert json.loads(record.read_text("utf-8"))["run"] == before
    assert changes(sorted_plate) == []


def test_a_result_that_was_changed_gives_no_names(sorted_plate, capsys):
    (sorted_plate / "results" / "forms.json").write_text("{}")
    assert main(["sort", "--add", str(sorted_plate / "second"), *out(sorted_plate)]) == 2
    assert "forms.json is not as xrpdsim sort wrote it" in capsys.readouterr().err
    arguments = ["--method", "screening"]
    assert main(["sort", str(sorted_plate / "first"), *arguments, *out(sorted_plate)]) == 0
    assert "groups are numbered from 1 again" in capsys.readouterr().err


def test_a_page_of_chosen_patterns_leaves_the_result_as_it_is(sorted_plate, capsys):
    results = sorted_plate / "results"
    before = {path.name: path.read_bytes() for path in results.iterdir() if path.is_file()}
    chosen = [str(sorted_plate / "first" / "I_02.xy"), "II_03"]
    assert main(["sort", "--show", *chosen, *out(sorted_plate)]) == 0
    assert "report_chosen.html with 2 chosen pattern(s)" in capsys.readouterr().out
    page = results / "report_chosen.html"
    assert json.loads(before["run.json"])["run"] in page.read_text("utf-8")
    page.unlink()
    assert {path.name: path.read_bytes() for path in results.iterdir() if path.is_file()} == before
    assert main(["sort", "--show", "IV_01.xy", *out(sorted_plate)]) == 2
    assert "the screen has no file 'IV_01.xy'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sort"], "give the folder of the screen: xrpdsim sort FOLDER"),
        (["sort", "--references", "known", "screen"], "before --references, which takes all"),
        (
            ["sort", "--add", "a", "--out", "{folder}/report.html"],
            "there is no earlier result",
        ),
    ],
)
def test_what_is_missing_is_named(arguments, message, tmp_path, capsys):
    assert main([argument.format(folder=tmp_path) for argument in arguments]) == 2
    assert message in capsys.readouterr().err
