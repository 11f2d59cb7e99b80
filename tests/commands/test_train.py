import json

import pytest

from xrpdsim import PairwisePhaseClassifier
from xrpdsim.commands import main


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """An archive, and the file that was learnt from it."""
    base = tmp_path_factory.mktemp("trained")
    options = ["--preset", "film", "--compounds", "3", "--forms", "6", "--patterns", "24"]
    assert main(["simulate", str(base / "archive"), *options]) == 0
    model = base / "model.safetensors"
    assert main(["train", str(base / "archive"), "--out", str(model), "--no-check"]) == 0
    assert main(["simulate", str(base / "new"), "--compounds", "1", "--forms", "2",
                 "--patterns", "8", "--seed", "7"]) == 0  # fmt: skip
    return base


def test_a_folder_becomes_a_classifier(trained):
    found = PairwisePhaseClassifier.load(trained / "model.safetensors")
    assert found.second_look_ is not None
    assert found.prior_ != PairwisePhaseClassifier.from_pretrained().prior_


def test_the_gain_on_compounds_left_out_is_printed(trained, capsys):
    out = trained / "again.safetensors"
    assert main(["train", str(trained / "archive"), "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "24 patterns of 3 compounds in 6 forms" in printed
    assert "pairs answered wrongly, %" in printed
    assert "means over 3 compounds, each left out once" in printed
    assert out.read_bytes() == (trained / "model.safetensors").read_bytes()


def test_sort_compare_and_verify_take_the_file(trained, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(trained)
    report = tmp_path / "report.html"
    sorting = ["sort", "new", "--method", "model.safetensors", "--out", str(report)]
    assert main(sorting) == 0
    assert "sorted by the similarity model.safetensors" in capsys.readouterr().out
    run = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert run["weights"]["files"].keys() == {"model.safetensors"}
    assert run["settings"]["similarity"] == "model.safetensors"
    named = run["command"][run["command"].index("--method") + 1]
    assert (tmp_path / named).resolve() == trained / "model.safetensors"
    assert str(trained) not in json.dumps(run["settings"])
    assert main(["verify", str(tmp_path)]) == 0
    assert "weights model.safetensors" in capsys.readouterr().out

    files = sorted(path.name for path in (trained / "new").glob("*.xy"))[:2]
    first, second = (str(trained / "new" / name) for name in files)
    assert main(["compare", first, second, "--method", "model.safetensors"]) == 0
    assert "model.safetensors" in capsys.readouterr().out

    contents = (trained / "model.safetensors").read_bytes()
    try:
        (trained / "model.safetensors").write_bytes(contents[:-1])
        assert main(["verify", str(tmp_path)]) == 1
        assert "weights changed: " in capsys.readouterr().out
        assert main(sorting) == 2
        assert "model.safetensors: not a file of" in capsys.readouterr().err
    finally:
        (trained / "model.safetensors").write_bytes(contents)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{archive}", "--out", "model.pkl"], "must end in .safetensors"),
        (["{archive}", "--out", "nowhere/model.safetensors"], "make it first (mkdir)"),
        (["missing", "--out", "model.safetensors"], "there is no folder 'missing'"),
        (["{archive}", "--out", "m.safetensors", "--start", "other.safetensors"], "no such file"),
        (["{archive}", "--out", "m.safetensors", "--start", "magic"], "magic"),
        (
            ["{archive}", "--out", "m.safetensors", "--how", "scratch", "--start", "organic-1"],
            "--start organic-1: --how scratch begins from random weights; leave it out",
        ),
    ],
)
def test_what_is_missing_is_said(trained, tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    named = [each.format(archive=trained / "archive") for each in arguments]
    assert main(["train", *named]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_forms_that_cannot_be_told_apart_within_compounds_measure_no_gain(tmp_path, capsys):
    archive, model = tmp_path / "archive", tmp_path / "model.safetensors"
    options = ["--compounds", "3", "--forms", "3", "--patterns", "9", "--preset", "film"]
    assert main(["simulate", str(archive), *options]) == 0
    assert main(["train", str(archive), "--out", str(model)]) == 0
    said = "what was gained cannot be measured: no compound has pairs of one form and pairs of two"
    assert said in capsys.readouterr().out
    assert model.is_file()


@pytest.mark.parametrize("seed", ["-1", "4294967296", "x"])
def test_a_seed_that_is_none_is_refused_before_anything_is_read(tmp_path, capsys, seed):
    with pytest.raises(SystemExit, match="2"):
        main(["train", "nowhere", "--out", "model.safetensors", "--seed", seed])
    message = f"argument --seed: must be a whole number from 0 to 4294967295, got '{seed}'"
    assert message in capsys.readouterr().err


def test_one_compound_cannot_be_left_out(trained, tmp_path, capsys):
    out = str(tmp_path / "model.safetensors")
    assert main(["train", str(trained / "new"), "--out", out]) == 0
    assert "one compound only" in capsys.readouterr().out
