import csv
import json
import os
import shutil
import sys

import numpy as np
import pytest

from xrpdsim.commands import main
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.io import read_pattern, write_pattern
from xrpdsim.patterns import Pattern


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two forms, ten patterns each, and a file that is none."""
    folder = tmp_path_factory.mktemp("screen")
    campaign = make_screening_campaign(1, 2, 20, preset="bragg-brentano", random_state=0)
    for row, counts in enumerate(campaign.X):
        measured = ~np.isnan(counts)
        pattern = Pattern(campaign.two_theta[measured], counts[measured], wavelength=1.5406)
        write_pattern(pattern, folder / f"{row:02d}_{campaign.form[row]}.xy")
    (folder / "notes.txt").write_text("measured on Friday\n")
    return folder


def test_sorting_a_folder_writes_table_and_report(folder, tmp_path, capsys):
    assert main(["sort", str(folder), "--out", str(tmp_path / "report.html")]) == 0
    with (tmp_path / "forms.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    groups = {row["group"] for row in rows if row["file"].endswith("_I.xy")}
    assert len(rows) == 20
    assert groups.isdisjoint({"none", "amorphous"})
    assert groups.isdisjoint(row["group"] for row in rows if row["file"].endswith("_II.xy"))
    assert "notes.txt" in (tmp_path / "report.html").read_text(encoding="utf-8")
    printed = capsys.readouterr()
    assert "group 1" in printed.out
    assert "sorted by the similarity organic-2" in printed.out
    assert {row["similarity"] for row in rows} == {"organic-2"}
    assert "1 file(s) skipped" in printed.err


def test_a_run_is_recorded_and_verified(folder, tmp_path, capsys):
    arguments = ["sort", str(folder), "--method", "screening", "--out"]
    assert main([*arguments, str(tmp_path / "report.html")]) == 0
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {
        "report.html", "forms.csv", "forms.json", "forms.svg", "peaks.csv", "peaks.txt",
        "typical", "run.json",
    }  # fmt: skip
    run = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert run["command"][:2] == ["xrpdsim", "sort"]
    assert (tmp_path / run["command"][2]).resolve() == folder.resolve()
    assert run["run"] in (tmp_path / "report.html").read_text("utf-8")
    assert run["run"] in capsys.readouterr().out
    assert main(["verify", str(tmp_path)]) == 0
    assert "all as recorded" in capsys.readouterr().out
    # the same again is the same run
    (tmp_path / "again").mkdir()
    assert main([*arguments, str(tmp_path / "again" / "report.html")]) == 0
    assert run["run"] in capsys.readouterr().out
    with (tmp_path / "forms.csv").open("a") as table:
        table.write("edited\n")
    assert main(["verify", str(tmp_path / "run.json")]) == 1
    assert "result changed: forms.csv" in capsys.readouterr().out
    assert main(["verify", str(tmp_path / "none.json")]) == 2
    assert "xrpdsim sort writes run.json beside its report" in capsys.readouterr().err


def test_a_screen_sorted_where_it_lies_is_sorted_again_without_its_results(
    folder, tmp_path, capsys
):
    screen = shutil.copytree(folder, tmp_path / "screen")
    arguments = ["sort", str(screen), "--method", "screening", "--out", str(screen / "r.html")]
    assert main(arguments) == 0
    first = (screen / "forms.csv").read_text("utf-8")
    run = json.loads((screen / "run.json").read_text("utf-8"))["run"]
    assert main(arguments) == 0
    assert (screen / "forms.csv").read_text("utf-8") == first
    assert json.loads((screen / "run.json").read_text("utf-8"))["run"] == run
    assert main(["verify", str(screen)]) == 0
    printed = capsys.readouterr().out
    assert "21 input files" in printed
    assert "all as recorded" in printed


def test_all_scans_of_a_file_are_sorted(folder, tmp_path, capsys):
    screen = tmp_path / "screen"
    screen.mkdir()
    first, *others = (read_pattern(path) for path in sorted(folder.glob("*.xy"))[:6])
    columns = [first.intensity] + [
        np.interp(first.two_theta, each.two_theta, each.intensity) for each in others
    ]
    names = ",".join(f"sample {k}" for k in range(6))
    table = np.column_stack([first.two_theta.round(4), *columns])
    np.savetxt(screen / "plate.csv", table, delimiter=",", header=f"2theta,{names}", comments="")
    arguments = ["sort", str(screen), "--method", "screening", "--wavelength", "CuKa1"]
    out = ["--out", str(tmp_path / "report.html")]
    assert main([*arguments, *out]) == 2
    assert "--scan all" in capsys.readouterr().err
    assert main([*arguments, *out, "--scan", "all"]) == 0
    with (tmp_path / "forms.csv").open(encoding="utf-8") as file:
        assert [row["file"] for row in csv.DictReader(file)] == [f"plate.csv#{k}" for k in range(6)]
    assert "byte-identical" not in capsys.readouterr().out
    assert main(["verify", str(tmp_path)]) == 0
    assert "1 input file of" in capsys.readouterr().out
    scans = [f"{screen}/plate.csv#{k}" for k in (0, 1)]
    assert main(["compare", *scans, *arguments[2:]]) == 0


def test_a_workbook_needs_its_library(folder, tmp_path, capsys, monkeypatch):
    arguments = ["sort", str(folder), "--method", "screening", "--excel", "--out"]
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    assert main([*arguments, str(tmp_path / "report.html")]) == 2
    assert "pip install xrpdsim[excel]" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_corrections_and_references_name_groups(folder, tmp_path, capsys):
    names = sorted(path.name for path in folder.glob("*_I.xy"))
    references = tmp_path / "references"
    references.mkdir()
    (references / "alpha.xy").write_bytes((folder / names[0]).read_bytes())
    other = sorted(path.name for path in folder.glob("*_II.xy"))[0]
    corrections = tmp_path / "corrections.csv"
    corrections.write_text(f"file,relation,other\n{other},form,beta\n")
    out = tmp_path / "report.html"
    assert (
        main(
            ["sort", str(folder), "--out", str(out), "--references", str(references),
             "--corrections", str(corrections), "--method", "pearson"]
        )
        == 0
    )  # fmt: skip
    printed = capsys.readouterr().out
    assert "beta" in printed
    assert "alpha" in printed


def test_references_of_several_places_are_accounted_for_and_recorded(
    folder, structure_file, structure_text, tmp_path, capsys
):
    screen = shutil.copytree(folder, tmp_path / "screen")
    known = screen / "known"
    known.mkdir()
    shutil.move(sorted(screen.glob("*_I.xy"))[-1], known / "Form I (dry).xy")
    shutil.copy(structure_file, known / "other.cif")
    (known / "empty.cif").write_text(structure_text(atoms=False))
    second = tmp_path / "II [wet].xy"
    shutil.copy(sorted(folder.glob("*_II.xy"))[0], second)
    arguments = [str(screen), "--references", str(known), str(second), "--method", "screening"]
    assert main(["sort", *arguments, "--out", str(tmp_path / "report.html")]) == 0
    printed = capsys.readouterr().out
    assert "CIF at 100 K, expanded by " in printed
    assert "no atoms with fractional coordinates" in printed
    with (tmp_path / "references_found.csv").open(encoding="utf-8") as file:
        rows = {row["reference"]: row for row in csv.DictReader(file)}
    found = {name: row["found"] for name, row in rows.items()}
    assert found == {
        "Form I (dry).xy": "yes", "other.cif": "not found", "II [wet].xy": "yes",
        "empty.cif": "refused",
    }  # fmt: skip
    with (tmp_path / "forms.csv").open(encoding="utf-8") as file:
        groups = {row["file"]: row["group"] for row in csv.DictReader(file)}
    assert not any(name.startswith("known") for name in groups)
    assert {"Form I (dry)", "II [wet]"} <= set(groups.values())
    record = json.loads((tmp_path / "run.json").read_text("utf-8"))
    places = record["inputs"]["references"]
    assert [place["all_files"] for place in places] == [True, False]
    assert [file.get("cell", "")[:12] for file in places[0]["files"]] == ["", "CIF at 100 K"]
    assert main(["verify", str(tmp_path)]) == 0
    capsys.readouterr()
    (known / "other.cif").write_text(structure_text(seed=3))
    (tmp_path / "new.xy").write_text("beside a reference, but none\n")
    assert main(["verify", str(tmp_path)]) == 1
    changes = capsys.readouterr().out
    assert "reference changed: other.cif" in changes
    assert "new.xy" not in changes


def test_what_was_corrected_is_recorded_and_excluded_files_are_named(folder, tmp_path, capsys):
    screen = shutil.copytree(folder, tmp_path / "screen")
    first, second, *_ = sorted(path.name for path in screen.glob("*_I.xy"))
    lines = ["sep=;", "file;relation;other;who", f"{first[:-3]};exclude;slipped;AB"]
    lines.append(f"screen/{second};mixture;;AB")
    (screen / "corrections.csv").write_bytes("\r\n".join(lines).encode("utf-16"))
    arguments = ["--method", "screening", "--corrections", str(screen / "corrections.csv")]
    assert main(["sort", str(screen), *arguments, "--out", str(tmp_path / "report.html")]) == 0
    assert f"excluded: {first} (slipped)" in capsys.readouterr().out
    run = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert run["inputs"]["corrections"]["excluded"] == {first: "slipped"}
    assert run["inputs"]["corrections"]["mixtures"] == {second: ""}
    with (tmp_path / "forms.csv").open(encoding="utf-8") as file:
        group_of = {row["file"]: row["group"] for row in csv.DictReader(file)}
    assert first not in group_of
    assert group_of[second] == "mixture"
    assert "excluded by a correction: slipped" in (tmp_path / "report.html").read_text("utf-8")
    assert main(["verify", str(tmp_path)]) == 0


def test_a_file_in_the_place_of_the_typical_patterns_is_noticed_first(folder, tmp_path, capsys):
    (tmp_path / "typical").touch()
    assert main(["sort", str(folder), "--out", str(tmp_path / "report.html")]) == 2
    assert "is a file, in the place of the folder of typical patterns" in capsys.readouterr().err


def test_names_that_begin_with_a_dash_are_no_options_when_it_is_sorted_again(
    folder, tmp_path, capsys, monkeypatch
):
    shutil.copytree(folder, tmp_path / "-screen")
    monkeypatch.chdir(tmp_path)
    assert main(["sort", "./-screen", "--method", "screening", "--out", "./-r.html"]) == 0
    command = json.loads((tmp_path / "run.json").read_text("utf-8"))["command"]
    capsys.readouterr()
    assert main(command[1:]) == 0
    assert main(["sort", "--show", "0_I", "--out", "./-r.html"]) in (0, 2)
    assert "unrecognized" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sort", "missing"], "there is no folder 'missing'"),
        (["sort", "{folder}", "--out", "missing/report.html"], "make it first (mkdir)"),
        (["sort", "{folder}", "--out", "{folder}"], "is a folder; give the name of a file in it"),
        (["sort", "{folder}", "--out", "forms.csv"], "give the report another"),
        (["sort", "{folder}", "--method", "magic"], "no measure is named 'magic'"),
        (["sort", "{folder}", "--references", "missing"], "no folder or file 'missing'"),
        (["sort", "{folder}", "--corrections", "none.csv"], "no file 'none.csv' of corrections"),
        (["sort", "{folder}/notes.txt"], "is a file; give the folder"),
    ],
)
def test_bad_input_is_named(folder, arguments, message, capsys):
    assert main([argument.format(folder=folder) for argument in arguments]) == 2
    assert message in capsys.readouterr().err


def test_table_and_report_are_written_both_or_neither(folder, tmp_path, capsys):
    resource = pytest.importorskip("resource")
    out = tmp_path / "report.html"
    (tmp_path / "forms.csv").write_text("the table of yesterday")
    out.write_text("the report of yesterday")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # as a full disk does: all but the report still fit
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        assert main(["sort", str(folder), "--out", str(out), "--method", "screening"]) == 2
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert f"{out}: File too large" in capsys.readouterr().err
    assert (tmp_path / "forms.csv").read_text() == "the table of yesterday"
    assert out.read_text() == "the report of yesterday"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["forms.csv", "report.html"]


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux")
def test_a_file_name_that_is_not_utf8_is_sorted_and_written_readably(folder, tmp_path, capsys):
    screen = tmp_path / "screen"
    screen.mkdir()
    for path in sorted(folder.glob("*.xy"))[:6]:
        (screen / path.name).write_bytes(path.read_bytes())
    odd = os.path.join(os.fsencode(screen), b"caf\xe9.xy")  # noqa: PTH118
    os.link(screen / path.name, odd)
    out = tmp_path / "report.html"
    assert main(["sort", str(screen), "--out", str(out), "--method", "screening"]) == 0
    with (tmp_path / "forms.csv").open(encoding="utf-8") as file:
        assert "caf\\xe9.xy" in [row["file"] for row in csv.DictReader(file)]
    assert "caf\\xe9.xy" in out.read_text(encoding="utf-8")
    assert "caf\\xe9.xy" in capsys.readouterr().out


def test_two_files_are_compared(folder, tmp_path, capsys):
    ones, twos = sorted(folder.glob("*_I.xy")), sorted(folder.glob("*_II.xy"))
    out = tmp_path / "pair.svg"
    assert main(["compare", str(ones[0]), str(ones[1]), "--out", str(out)]) == 0
    same = _probability(capsys.readouterr().out)
    assert main(["compare", str(ones[0]), str(twos[0])]) == 0
    assert same > 0.5 > _probability(capsys.readouterr().out)
    assert out.read_text(encoding="utf-8").startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert main(["compare", str(ones[0]), str(ones[1]), "--out", str(tmp_path / "a.png")]) == 2
    assert "neither .svg nor .html" in capsys.readouterr().err


def _probability(printed):
    line = next(line for line in printed.splitlines() if line.startswith("probability"))
    return float(line.split()[-1])


def test_a_name_that_is_not_utf8_is_sorted_like_any_other(folder, tmp_path):
    screen = tmp_path / "screen"
    screen.mkdir()
    for row, source in enumerate(sorted(folder.glob("*.xy"))[:6]):
        (screen / f"caf\udce9_{row}.xy").write_bytes(source.read_bytes())
    out = tmp_path / "report.html"
    assert main(["sort", str(screen), "--method", "pearson", "--out", str(out)]) == 0
    assert "caf\\xe9_0.xy" in (tmp_path / "forms.csv").read_text(encoding="utf-8")
