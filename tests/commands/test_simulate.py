import csv

import numpy as np
import pytest

from xrpdsim import load_campaign
from xrpdsim.commands import main
from xrpdsim.datasets import make_screening_campaign

UREA = """data_urea
_chemical_formula_sum 'C H4 N2 O'
_cell_length_a 5.565
_cell_length_b 5.565
_cell_length_c 4.684
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_space_group_name_H-M_alt 'P -4 21 m'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
C C 0 0.5 0.326
O O 0 0.5 0.5953
N N 0.1459 0.6459 0.1766
"""


def test_campaign_comes_back_as_it_was_simulated(tmp_path, capsys):
    out = tmp_path / "out"
    options = ["--patterns", "30", "--compounds", "3", "--forms", "4", "--seed", "5"]
    assert main(["simulate", str(out), *options, "--mixture-share", "0.1"]) == 0
    assert "wrote 30 patterns" in capsys.readouterr().out
    expected = make_screening_campaign(3, 4, 30, mixture_share=0.1, random_state=5)
    found = load_campaign(out)
    np.testing.assert_allclose(found.X, expected.X, rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(found.y, expected.y)
    with (out / "labels.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["true_form"] for row in rows] == expected.parameters["true_form"].tolist()


@pytest.mark.parametrize("file_format", ["csv", "cif"])
def test_other_formats_and_cut_scans(tmp_path, file_format):
    out = tmp_path / "out"
    options = ["--patterns", "6", "--compounds", "1", "--forms", "1", "--preset", "well-plate"]
    assert main(["simulate", str(out), *options, "--format", file_format]) == 0
    expected = make_screening_campaign(1, 1, 6, preset="well-plate", random_state=0)
    assert np.isnan(expected.X).any()
    found = load_campaign(out).X
    np.testing.assert_allclose(found, expected.X, rtol=1e-6, atol=1e-6)


def test_patterns_of_given_crystals(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.cif").write_text(UREA)
    paths = [str(tmp_path / "one.cif"), str(tmp_path / "two.cif")]
    out = tmp_path / "out"
    with pytest.warns(UserWarning, match="lacks 4 H") as given:
        assert main(["simulate", str(out), *paths, "--patterns", "3", "--preset", "ideal"]) == 0
    assert len(given) == 2  # one a file
    campaign = load_campaign(out)
    assert campaign.compound.tolist() == ["C H4 N2 O"] * 6
    assert campaign.form.tolist() == ["one"] * 3 + ["two"] * 3
    # the 110 line of urea, d = 5.565 / sqrt(2) angstrom, is its strongest
    strongest = campaign.two_theta[np.nanargmax(campaign.X[0])]
    expected = 2 * np.degrees(np.arcsin(1.5406 / (2 * 5.565 / np.sqrt(2))))
    assert strongest == pytest.approx(expected, abs=0.02)


def test_refusals(tmp_path, capsys):
    (tmp_path / "there.txt").write_text("")
    assert main(["simulate", str(tmp_path), "--patterns", "60"]) == 2
    assert "is not empty" in capsys.readouterr().err
    (tmp_path / "bad.cif").write_text("data_x\n")
    out = str(tmp_path / "out")
    assert main(["simulate", out, str(tmp_path / "bad.cif")]) == 2
    assert "bad.cif" in capsys.readouterr().err
    assert main(["simulate", out, "--forms", "1"]) == 2
    assert "n_forms=1" in capsys.readouterr().err


def test_two_crystals_that_would_be_one_form(tmp_path, capsys):
    paths = [tmp_path / name / "I.cif" for name in ("a", "b")]
    for path in paths:
        path.parent.mkdir()
        path.write_text(UREA)
    assert main(["simulate", str(tmp_path / "out"), *map(str, paths)]) == 2
    message = capsys.readouterr().err
    assert all(str(path) in message for path in paths)
    assert "form 'I'" in message


def test_a_folder_that_is_not_empty_is_refused_before_the_work(tmp_path, capsys):
    (tmp_path / "a.xy").touch()
    # a preset that is not known would be found out next
    assert main(["simulate", str(tmp_path), "--preset", "none"]) == 2
    assert "is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.xy"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{cif}", "--compounds", "16"], "--compounds: for a campaign of virtual crystals only"),
        (["{cif}", "--mixture-share", "0"], "--mixture-share: for a campaign of virtual"),
        (["--temperature", "300"], "--temperature is for the cells of CIFs, and none is given"),
        (["--amorphous-share", "1.5"], "--amorphous-share: must be between 0 and 1, got 1.5"),
        (["--mislabelled-share", "nan"], "--mislabelled-share: must be between 0 and 1"),
        (["--seed", "-1"], "--seed: must be a whole number from 0 to 4294967295, got '-1'"),
    ],
)
def test_what_would_be_left_out_of_account_is_refused(arguments, message, tmp_path, capsys):
    (tmp_path / "one.cif").write_text(UREA)
    arguments = [argument.format(cif=tmp_path / "one.cif") for argument in arguments]
    try:
        status = main(["simulate", str(tmp_path / "out"), *arguments])
    except SystemExit as stopped:  # as argparse does
        status = stopped.code
    assert status == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_what_is_missing_is_the_folder_alone(capsys):
    with pytest.raises(SystemExit):
        main(["simulate"])
    message = "the following arguments are required: FOLDER; see xrpdsim simulate --help"
    assert message in capsys.readouterr().err


def test_a_place_where_no_folder_can_be_made_is_named(monkeypatch, capsys):
    def refuse(folder, **_):
        raise FileNotFoundError(2, "No such file or directory", str(folder))

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)  # as /proc does
    assert main(["simulate", "/proc/new"]) == 2
    assert capsys.readouterr().err == (
        "xrpdsim: the folder '/proc/new' cannot be made there; give another place\n"
    )
