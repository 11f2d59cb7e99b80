from pathlib import Path

import numpy as np
import pytest
from sklearn.utils import Bunch

from xrpdsim.datasets import make_screening_campaign
from xrpdsim.datasets.campaign_folder import load_campaign, save_campaign
from xrpdsim.io import PatternFileError
from xrpdsim.patterns import Pattern, to_grid

DATA = Path(__file__).parents[2] / "../shared/data"
ROWS = "".join(f"{5 + 0.02 * k:.2f} {100 + k}\n" for k in range(500))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.xy").write_text(ROWS)
    (tmp_path / "b.csv").write_text("1.789\n" + ROWS)
    (tmp_path / "labels.csv").write_text(
        "file,compound,form,wavelength,specimen\na.xy,aspirin,I,CuKa1,7\nb.csv,aspirin,II,,8\n"
    )
    return tmp_path


def write_labels(folder, text, **options):
    (folder / "labels.csv").write_text(text, **options)


def test_what_comes_back(folder):
    (folder / "notes.docx").write_bytes(b"PK")
    (folder / ".hidden").write_text("")
    campaign = load_campaign(folder)
    assert campaign.X.shape == (2, 1950)
    assert campaign.X.dtype == np.float64
    assert campaign.y.dtype == object
    assert campaign.y.tolist() == [["aspirin", "I"], ["aspirin", "II"]]
    assert campaign.compound.tolist() == ["aspirin", "aspirin"]
    assert campaign.form.tolist() == ["I", "II"]
    assert campaign.files == ["a.xy", "b.csv"]
    assert campaign.skipped == ["notes.docx"]
    assert campaign.labels["specimen"] == ["7", "8"]
    np.testing.assert_allclose(campaign.wavelengths, [1.5406, 1.789])
    assert "2 patterns of 1 compounds in 2 forms" in campaign.DESCR


def test_patterns_lie_on_one_grid_and_what_was_not_measured_is_nan(folder):
    campaign = load_campaign(folder)
    angles = 5 + 0.02 * np.arange(500)
    for row, wavelength in zip(campaign.X, (1.5406, 1.789), strict=True):
        pattern = Pattern(angles, 100.0 + np.arange(500), wavelength=wavelength)
        np.testing.assert_allclose(row, to_grid(pattern), atol=1e-8)
        assert np.isnan(row[:40]).all()


def test_raw_counts_are_kept(folder):
    X, y = load_campaign(folder, two_theta=[6.0, 6.02, 6.04], return_X_y=True)
    np.testing.assert_allclose(X[0], [150, 151, 152], atol=0.01)
    assert len(y) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_encodings_quotes_and_blank_lines(folder, encoding):
    write_labels(
        folder, 'file,compound,form,wavelength\n\na.xy,"Koffein, Säure",δ,1.5406\n\n',
        encoding=encoding,
    )  # fmt: skip
    assert load_campaign(folder).y.tolist() == [["Koffein, Säure", "δ"]]


def test_one_wavelength_for_all_that_name_none(folder):
    write_labels(folder, "file,compound,form\na.xy,x,I\nb.csv,x,II\n")
    assert load_campaign(folder, wavelength="CuKa1").wavelengths.tolist() == [1.5406, 1.789]
    campaign = load_campaign(folder, wavelength=1.5, override_wavelength=True)
    assert campaign.wavelengths.tolist() == [1.5, 1.5]


@pytest.mark.parametrize("heading", ["Wavelength", "WAVELENGTH"])
def test_a_stated_wavelength_holds_whatever_the_capitals_of_its_heading(folder, heading):
    write_labels(folder, f"file,compound,form,{heading}\na.xy,x,I,0.7093\n")
    campaign = load_campaign(folder, wavelength="CuKa1")
    assert campaign.wavelengths.tolist() == [0.7093]
    assert campaign.labels["wavelength"] == ["0.7093"]


@pytest.mark.parametrize("heading", ["Wavelength (A)", "lambda", "scans"])
def test_a_heading_that_is_nearly_known_is_refused(folder, heading):
    write_labels(folder, f"file,compound,form,{heading}\na.xy,x,I,0.7093\n")
    with pytest.raises(ValueError, match="is not known; if it is meant, call it"):
        load_campaign(folder, wavelength="CuKa1")


def test_labels_that_contradict_a_file(folder):
    write_labels(folder, "file,compound,form,wavelength\nb.csv,x,II,CuKa1\n")
    with pytest.raises(PatternFileError, match=r"b\.csv.*1\.789 angstrom, but 1\.5406"):
        load_campaign(folder)
    campaign = load_campaign(folder, override_wavelength=True)
    assert campaign.wavelengths.tolist() == [1.5406]


def test_no_wavelength_at_all_says_how_to_give_it(folder):
    write_labels(folder, "file,compound,form\na.xy,x,I\n")
    with pytest.raises(
        ValueError, match=r"a\.xy.*wavelength=.*'wavelength' of .*labels\.csv \(row 2\)"
    ):
        load_campaign(folder)
    (folder / "a.xy").write_text('\'Anode: "Cu"\n' + ROWS)
    with pytest.raises(ValueError, match="CuKa1 or CuKa"):
        load_campaign(folder)


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        ("", ValueError, "lacks the columns file, compound, form; it has none"),
        ("file,form\na.xy,I\n", ValueError, "lacks the column compound; it has file, form"),
        ("file:compound:form\na.xy:x:I\n", ValueError, "lacks the columns"),
        ("file,compound,form\n", ValueError, "lists no files"),
        ("file,compound,form\na.xy,x,I\nz.xy,x,I\n", FileNotFoundError, "row 3: there is no file"),
        ("file,compound,form\na.xy,x,I\na.xy,x,I\n", ValueError, "row 3: .* listed in row 2"),
        ("file,compound,form\na.xy,,I\n", ValueError, "row 2: the column 'compound' is empty"),
        ("file,compound,form\na.xy,x\n", ValueError, "row 2 has 2 values for 3 columns"),
        ("file,file,compound,form\na.xy,a,x,I\n", ValueError, "appears twice"),
        ("file,compound,form,wavelength\na.xy,x,I,Cu\n", ValueError, "row 2: wavelength='Cu'"),
        ('file,compound,form\n"a.xy,x,I\n', ValueError, r"labels\.csv"),
    ],
)  # fmt: skip
def test_labels_with_errors(folder, labels, error, message):
    write_labels(folder, labels)
    with pytest.raises(error, match=message):
        load_campaign(folder)


def test_rows_are_counted_as_a_spreadsheet_shows_them(folder):
    write_labels(folder, "file,compound,form\n\n,,\na.xy,x,\n")
    with pytest.raises(ValueError, match="row 4: the column 'form' is empty"):
        load_campaign(folder)


def test_labels_of_a_spreadsheet_that_writes_semicolons(folder):
    write_labels(folder, "file;compound;form;wavelength\na.xy;x, y;I;CuKa1\n")
    assert load_campaign(folder).y.tolist() == [["x, y", "I"]]


def test_labels_come_back_whatever_they_hold(tmp_path):
    names = ['=HYPERLINK("http://x","y")', "+1", "-1", "@a", "\t", "a\rb", "a\nb,c", "'=1", " I "]
    campaign = Bunch(
        X=np.tile(np.arange(5.0), (len(names), 1)),
        compound=np.array(names, dtype=object),
        form=np.array(names[::-1], dtype=object),
        two_theta=np.linspace(5, 6, 5),
    )
    save_campaign(campaign, tmp_path)
    y = load_campaign(tmp_path, return_X_y=True)[1]
    assert y.tolist() == [list(row) for row in zip(names, names[::-1], strict=True)]


def two_patterns(**changes):
    whole = {
        "X": np.tile(np.arange(5.0), (2, 1)),
        "compound": np.array(["a", "a"], dtype=object),
        "form": np.array(["I", "II"], dtype=object),
        "two_theta": np.linspace(5, 6, 5),
    }
    return Bunch(**{**whole, **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"form": np.array(["I", None], dtype=object)}, "row 1 has no form; label it"),
        ({"compound": np.array(["", "a"], dtype=object)}, "row 0 has no compound"),
        ({"form": np.array(["I"], dtype=object)}, "2 patterns, 2 compounds and 1 forms"),
        ({"X": np.array([[1.0] * 5, [np.nan] * 4 + [1.0]])}, "row 1 has fewer than two measured"),
        ({"X": np.array([[1.0] * 5, [np.inf] * 5])}, "row 1 is infinite somewhere"),
        ({"X": np.ones((2, 4))}, "give one angle a point"),
        ({"parameters": {"counts": [1.0]}}, "equally long"),
    ],
)
def test_what_could_not_be_read_again_is_refused_before_anything_is_written(
    tmp_path, changes, message
):
    with pytest.raises(ValueError, match=message):
        save_campaign(two_patterns(**changes), tmp_path)
    assert not list(tmp_path.iterdir())


def test_formats_that_are_not_written(tmp_path):
    with pytest.raises(ValueError, match="file_format='xls' is not one of xy, csv, cif"):
        save_campaign(two_patterns(), tmp_path, file_format="xls")


def test_frames_are_saved_as_arrays_are(tmp_path):
    pytest.importorskip("pandas")
    campaign = make_screening_campaign(1, 1, 3, as_frame=True, random_state=0)
    save_campaign(campaign, tmp_path)
    np.testing.assert_allclose(load_campaign(tmp_path).X, campaign.X.to_numpy(), rtol=1e-6)


def test_labels_in_the_code_page_of_windows_are_read_with_a_warning(folder):
    table = "file,compound,form,wavelength\na.xy,Säure,I,1.54\n"
    (folder / "labels.csv").write_bytes(table.encode("cp1252"))
    with pytest.warns(UserWarning, match="not UTF-8"):
        assert load_campaign(folder).compound.tolist() == ["Säure"]


def test_a_scan_can_be_picked(folder):
    (folder / "a.xy").write_text(ROWS + "".join(f"{6 + 0.02 * k:.2f} 7\n" for k in range(500)))
    write_labels(folder, "file,compound,form,wavelength\na.xy,x,I,CuKa1\n")
    with pytest.raises(PatternFileError, match="2 scans that overlap"):
        load_campaign(folder)
    write_labels(folder, "file,compound,form,wavelength,Scan\na.xy,x,I,CuKa1,1\nb.csv,x,I,,\n")
    assert set(load_campaign(folder).X[0, 160:600]) == {7.0}
    write_labels(folder, "file,compound,form,wavelength,scan\na.xy,x,I,CuKa1,last\n")
    with pytest.raises(ValueError, match="row 2: scan='last'"):
        load_campaign(folder)


def test_missing_folder_and_labels(folder):
    with pytest.raises(FileNotFoundError, match="no folder"):
        load_campaign(folder / "none")
    (folder / "labels.csv").unlink()
    with pytest.raises(FileNotFoundError, match=r"no labels\.csv; write one"):
        load_campaign(folder)


def test_a_file_with_text_in_it_and_a_cut_one(folder):
    (folder / "a.xy").write_text(ROWS.replace("5.10 105", "5.10 oops"))
    with pytest.raises(PatternFileError, match=r"a\.xy.*line 6 has text .*'oops'"):
        load_campaign(folder)
    (folder / "a.xy").write_text(ROWS[: len(ROWS) // 2 - 3])
    with pytest.raises(PatternFileError, match=r"a\.xy.*cut off"):
        load_campaign(folder)


@pytest.mark.parametrize("grid", [[5.0, 5.0, 6.0], [6.0, 5.0], [5.0, np.nan]])
def test_bad_grids(folder, grid):
    with pytest.raises(ValueError, match="two_theta"):
        load_campaign(folder, two_theta=grid)


@pytest.mark.parametrize(
    ("name", "n_patterns", "n_compounds", "n_forms"),
    [("minerals", 75, 16, 42), ("organics", 12, 10, 10), ("counting_time_xrdml", 40, 20, 20)],
)
def test_measured_campaigns(name, n_patterns, n_compounds, n_forms):
    if not (DATA / name).is_dir():
        pytest.skip("the measured patterns are not here")
    campaign = load_campaign(DATA / name)
    assert campaign.X.shape == (n_patterns, 1950)
    assert len(set(campaign.compound)) == n_compounds
    assert len({tuple(row) for row in campaign.y}) == n_forms
    assert campaign.skipped == []
    assert (~np.isnan(campaign.X)).sum(axis=1).min() > 800
