import copy
import csv
import dataclasses
import io
import json

import numpy as np
import pytest

from xrpdsim.io import read_pattern
from xrpdsim.sorting import PossibleNewForm
from xrpdsim.sorting.results import form_peaks, result_files
from xrpdsim.sorting.results.result_files import file_names


def test_all_files_say_the_same(found):
    files = result_files(found, run_id="abc")
    document = json.loads(files["forms.json"])
    assert document["run"] == "abc"
    assert [group["group"] for group in document["groups"]] == list(found.group_names)
    assert {"=beta/2", None} == {group["form"] for group in document["groups"]}
    members = [name for group in document["groups"] for name in group["patterns"]]
    assert len(members) == len(set(members))
    rows = list(csv.DictReader(io.StringIO(files["forms.csv"].decode())))
    assert len(rows) == len(document["patterns"]) == 20
    for peaks, group in zip(form_peaks(found), document["groups"], strict=True):
        assert group["peaks"] == peaks.table().rows()
        assert group["typical_pattern"] in files
    single = document["single_patterns_that_may_be_new_forms"]
    n_peaks = sum(len(form["peaks"]) for form in [*document["groups"], *single])
    assert len(list(csv.DictReader(io.StringIO(files["peaks.csv"].decode())))) == n_peaks
    lines = files["peaks.txt"].decode().splitlines()
    names = [line.partition(": XRPD (Cu Kα1")[0] for line in lines]
    assert names[: len(found.group_names)] == list(found.group_names)
    assert names[len(found.group_names) :] == [
        f"possible new form {form['file']}" for form in single
    ]


def test_a_single_pattern_that_may_be_a_new_form_has_its_peaks(found):
    alone = dataclasses.replace(found, new_forms=[PossibleNewForm(-1, 3, 1, 0.97)])
    files = result_files(alone)
    document = json.loads(files["forms.json"])
    (form,) = document["single_patterns_that_may_be_new_forms"]
    assert form["file"] == found.screen.files[3]
    assert form["probability"] == 0.97
    assert form["typical_pattern"] in files
    assert len(form["peaks"]) > 3


def test_typical_patterns_are_read_back(found, tmp_path):
    files = {n: c for n, c in result_files(found).items() if n.startswith("typical/")}
    assert len(files) >= len(found.group_names)
    for content, row in zip(files.values(), found.typical_rows, strict=False):
        path = tmp_path / "a.xy"
        path.write_bytes(content)
        pattern = read_pattern(path)
        measured = ~np.isnan(found.screen.X[row])
        np.testing.assert_allclose(pattern.intensity, found.screen.X[row][measured])
        assert pattern.wavelength == 1.5406


def test_json_holds_no_number_that_is_none(found):
    clusterer = copy.copy(found.clusterer)
    clusterer.probabilities_ = np.where(np.arange(20) == 0, np.nan, clusterer.probabilities_)
    other = dataclasses.replace(found, clusterer=clusterer)
    text = result_files(other)["forms.json"].decode()
    assert json.loads(text)["patterns"][0]["probability"] is None


@pytest.mark.parametrize(
    "name", ["../up", "a/b", "a\\b", "C:x", "tab\tb", "new\nline", "", ".", "é" * 200]
)
def test_names_of_groups_make_names_of_files(name):
    (plain,) = file_names([name])
    assert 0 < len(plain) <= 64
    assert not set(plain) & set('/\\:*?"<>|\n\t.')


def test_a_workbook_holds_text_as_text(found):
    openpyxl = pytest.importorskip("openpyxl")
    content = result_files(found, excel=True)["forms.xlsx"]
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["groups", "patterns", "peaks"]
    cells = [cell for row in book["groups"].iter_rows() for cell in row]
    (name,) = (cell for cell in cells if cell.value == "=beta/2")
    assert name.data_type == "s"
    assert book["patterns"].max_row == 21
    assert book["peaks"].max_row > sum(map(len, form_peaks(found)))
    assert isinstance(book["peaks"]["B2"].value, float)
