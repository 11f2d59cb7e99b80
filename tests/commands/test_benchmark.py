import json
import subprocess
import sys

import numpy as np
import pytest

from xrpdsim.commands import main


@pytest.fixture
def folder(tmp_path):
    """A campaign of three compounds with two forms each, as text files."""
    rng = np.random.default_rng(0)
    angles = np.arange(5.0, 35.0, 0.02)
    lines = ["file,compound,form,wavelength"]
    folder = tmp_path / "campaign"
    folder.mkdir()
    for compound in ("a", "b", "c"):
        for form in ("I", "II"):
            profile = (rng.random(angles.size) < 0.05) * rng.exponential(size=angles.size)
            for repeat in range(2):
                name = f"{compound}_{form}_{repeat}.xy"
                counts = rng.poisson(200 * profile + 5)
                np.savetxt(folder / name, np.column_stack([angles, counts]), fmt="%.2f %d")
                lines.append(f"{name},{compound},{form},1.5406")
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    return folder


def benchmark(folder, out, *options):
    return main(["benchmark", str(folder), "--out", str(out), "--jobs", "1", *options])


def test_benchmark_on_a_folder(folder, tmp_path, capsys):
    out = tmp_path / "out"
    assert benchmark(folder, out, "--methods", "naive,degelder", "--folds", "all") == 0
    assert {path.name for path in out.iterdir() if not path.name.startswith(".")} == {
        "folds",
        "folds.csv",
        "table.md",
        "figure.png",
        "run.json",
    }
    shown = capsys.readouterr().out
    assert "[6/6, nothing left]" in shown
    assert "naive: AUROC" in shown
    assert "| De Gelder |" in shown
    assert json.loads((out / "run.json").read_text())["settings"]["data"]["n_patterns"] == 12


def test_simulated_campaign_is_named_as_such(tmp_path, capsys):
    arguments = ["benchmark", "--patterns", "120", "--methods", "naive", "--folds", "2"]
    arguments += ["--compounds", "5", "--forms", "8", "--preset", "well-plate"]
    assert main([*arguments, "--jobs", "1", "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr().out
    assert "120 powder patterns of 5 virtual organic compounds" in shown
    assert "naive: AUROC" in shown
    assert "simulated" in shown.lower()


def test_a_packed_run_goes_on_in_another_folder(folder, tmp_path, capsys):
    options = ["--packed", str(tmp_path / "folds.xz"), "--methods", "naive"]
    assert benchmark(folder, tmp_path / "here", *options, "--folds", "1") == 0
    capsys.readouterr()
    assert benchmark(folder, tmp_path / "there", *options, "--folds", "all") == 0
    shown = capsys.readouterr().out
    assert f"1 finished folds taken over from {tmp_path / 'folds.xz'}" in shown
    assert "1 of 3 folds are there already" in shown
    assert benchmark(folder, tmp_path / "third", *options, "--folds", "all") == 0
    assert "3 of 3 folds are there already" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--methods", "nonsense"], "unknown method"),
        (["--methods", "smolnet-siglip", "--device", "cuda:7"], "cuda:7"),
    ],
)
def test_bad_options(folder, tmp_path, capsys, options, message):
    assert benchmark(folder, tmp_path / "out", *options) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value", "wanted"),
    [
        *(("--folds", number, "from 1 on, or all") for number in ("0", "-3", "many")),
        ("--jobs", "two", "from 1 on"),
        ("--seed", "-1", "from 0 to 4294967295"),
        ("--seed", "4294967296", "from 0 to 4294967295"),
    ],
)
def test_bad_numbers(folder, tmp_path, capsys, option, value, wanted):
    with pytest.raises(SystemExit, match="2"):
        benchmark(folder, tmp_path / "out", option, value)
    message = f"argument {option}: must be a whole number {wanted}, got '{value}'"
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_place_for_packed_folds_is_looked_for_first(folder, tmp_path, capsys):
    out, packed = tmp_path / "out", tmp_path / "nofolder" / "p.xz"
    assert benchmark(folder, out, "--methods", "naive", "--packed", str(packed)) == 2
    assert "make it first (mkdir), or give --packed in one" in capsys.readouterr().err
    assert not out.exists()


def test_folds_that_cannot_be_packed_are_reported_all_the_same(
    folder, tmp_path, capsys, monkeypatch
):
    def full(out, path):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("xrpdsim.evaluation.benchmark.pack", full)
    out = tmp_path / "out"
    assert benchmark(folder, out, "--methods", "naive,", "--packed", str(tmp_path / "p.xz")) == 2
    assert "p.xz: No space left" in capsys.readouterr().err
    assert (out / "table.md").is_file()


def test_bad_folders(folder, tmp_path, capsys):
    assert benchmark(tmp_path / "nowhere", tmp_path / "out") == 2
    assert "there is no folder" in capsys.readouterr().err
    (folder / "a_I_0.xy").write_text("5.0 12\n5.02 oops\n5.04 11\n")
    assert benchmark(folder, tmp_path / "out") == 2
    assert "a_I_0.xy" in capsys.readouterr().err
    (folder / "a_I_0.xy").unlink()
    assert benchmark(folder, tmp_path / "out") == 2
    assert "a_I_0.xy" in capsys.readouterr().err
    (folder / "labels.csv").write_text("file,form\n")
    assert benchmark(folder, tmp_path / "out") == 2
    assert "compound" in capsys.readouterr().err


def test_runs_as_a_module():
    result = subprocess.run(
        [sys.executable, "-m", "xrpdsim.commands", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.startswith("xrpdsim ")


@pytest.mark.parametrize(
    "option", ["--patterns 20", "--compounds 20", "--forms 20", "--preset film", "--paper"]
)
def test_what_describes_a_simulated_campaign_is_refused_beside_a_folder(
    folder, tmp_path, capsys, option
):
    assert benchmark(folder, tmp_path / "out", *option.split()) == 2
    named = option.split()[0]
    assert f"{named}: for a campaign that is simulated only" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


class Asked(Exception):
    """Instead of a campaign, what it was asked for with."""


@pytest.fixture
def asked(monkeypatch):
    def ask(**asked):
        raise Asked(asked)

    monkeypatch.setattr("xrpdsim.datasets.make_screening_campaign", ask)

    def campaign_of(*options):
        with pytest.raises(Asked) as raised:
            main(["benchmark", *options])
        return raised.value.args[0]

    return campaign_of


def test_the_campaign_of_the_paper(asked, tmp_path, capsys):
    sizes = {"n_patterns": 3750, "n_compounds": 16, "n_forms": 24}
    assert asked("--paper", "--preset", "film").items() >= (sizes | {"preset": "film"}).items()
    assert asked("--paper")["preset"] == "transmission"
    assert asked()["n_patterns"] == 800
    assert asked("--patterns", "50", "--forms", "17").items() >= {
        ("n_patterns", 50),
        ("n_compounds", 16),
        ("n_forms", 17),
    }
    assert main(["benchmark", "--paper", "--patterns", "50", "--out", str(tmp_path / "o")]) == 2
    assert "leave it out, or --patterns" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--patterns 20", "--patterns 20 is too few for --forms 24, which need two patterns each"),
        ("--forms 3", "--forms 3 must be at least --compounds 16"),
    ],
)
def test_sizes_that_do_not_go_together(tmp_path, capsys, options, message):
    assert main(["benchmark", *options.split(), "--out", str(tmp_path / "out")]) == 2
    assert message in capsys.readouterr().err


def test_a_wavelength_without_a_folder(tmp_path, capsys):
    assert main(["benchmark", "--wavelength", "CuKa1", "--out", str(tmp_path / "out")]) == 2
    assert "--wavelength is for files of a folder" in capsys.readouterr().err


def test_the_defaults_have_a_row_of_shipped_weights(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["benchmark", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert "naive,degelder,pretrained,smolnet-siglip" in shown
    assert "default: 800" in shown
    assert "3750 patterns" in shown
