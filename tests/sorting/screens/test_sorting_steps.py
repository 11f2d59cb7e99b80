import dataclasses
import shutil

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from xrpdsim.similarity import ScreeningSimilarity
from xrpdsim.sorting import Screen, read_corrections, read_screen, sort_screen

HOSTILE = ["Form I (anhydrous)", 'II, "wet"\nand cold', "group 1", "none", "new", "-1", "I (1)"]


def test_every_file_gets_a_row_and_a_reason_where_it_is_unsure(screen, found):
    table = found.table()
    assert table["file"] == screen.files
    amorphous = [row for row, flags in enumerate(table["flags"]) if "amorphous" in flags]
    assert amorphous
    assert all(table["group"][row] == "amorphous" for row in amorphous)
    assert "copy of copy.xy: byte for byte the same file" in table["review"][1]
    assert sum(found.summary()["patterns"]) == 61


def test_mixtures_are_explained_by_the_groups(found, mixed_screen):
    form = ["", *mixed_screen.form]
    majority = {}
    for group, name in enumerate(found.group_names):
        members = np.flatnonzero(found.clusterer.labels_ == group)
        names, counts = np.unique([form[row] for row in members], return_counts=True)
        majority[name] = names[counts.argmax()]
    mixed = [row for row, name in enumerate(form) if "+" in name]
    right = [
        {majority[name] for name in found.explanations[row].forms} == set(form[row].split(" + "))
        for row in mixed
        if row in found.explanations
    ]
    assert len(right) >= len(mixed) - 1
    assert np.mean(right) >= 0.8


def test_references_name_groups(screen, mixed_screen, tmp_path):
    form = mixed_screen.form.astype(str)
    for name in ("I", "II"):
        (tmp_path / name).mkdir()
        row = np.flatnonzero(form == name)[0]
        shutil.copy(f"{screen.folder}/{screen.files[row + 1]}", tmp_path / name / "reference.xy")
    found = sort_screen(screen, references=read_screen(tmp_path))
    assert {"I", "II"} <= set(found.group_names)
    named = np.array(found.table()["group"][1:])
    pure = np.isin(form, ["I", "II"])
    assert (named[pure] == form[pure]).mean() > 0.9
    assert found.table()["reference"][1].endswith("/reference.xy")


def test_corrections_name_groups_and_are_kept(screen, found, tmp_path):
    row = int(found.clusterer.typical_indices_[0])
    path = tmp_path / "corrections.csv"
    path.write_text(f"file,relation,other\n{screen.files[row]},form,alpha\n")
    named = sort_screen(screen, corrections=read_corrections(path, screen.files))
    assert named.group_of(row) == "alpha"
    assert named.group_forms.count("alpha") == 1


def test_a_form_that_is_nearly_written_as_a_reference_is_refused(known, tmp_path):
    screen, path = known[0], tmp_path / "corrections.csv"
    path.write_text("file,relation,other\n3.xy,form,form II\n4.xy,form,hydrate\n")
    corrections = read_corrections(path, screen.files)
    references = references_called(known, ["Form I", "Form II", "Form III"])
    with pytest.raises(ValueError, match=r"call '3\.xy' 'form II', but .* write 'Form II', which"):
        sort_screen(screen, references=references, corrections=corrections)


@pytest.fixture(scope="module")
def known(mixed_screen):
    """The screen, and two references of each form."""
    form = mixed_screen.form.astype(str)
    rows = np.concatenate([np.flatnonzero(form == name)[:2] for name in ("I", "II", "III")])
    files = [f"{row}.xy" for row in range(len(form))]
    return Screen(mixed_screen.X, mixed_screen.two_theta, files), rows, form[rows]


def references_called(known, names):
    screen, rows, form = known
    new_name = dict(zip(("I", "II", "III"), names, strict=True))
    forms = [new_name[each] for each in form]
    return Screen(screen.X[rows], screen.two_theta, [f"r{row}" for row in rows], forms=forms)


def sorted_by_names(known, names):
    # as the default, but each pair is looked at once: four times as quick
    references = references_called(known, names)
    return sort_screen(known[0], references=references, similarity="organic-1")


@pytest.fixture(scope="module")
def with_plain_names(known):
    return sorted_by_names(known, ["A", "B", "C"])


@pytest.mark.parametrize("first", range(len(HOSTILE)))
def test_forms_of_any_name_are_sorted_as_those_of_plain_ones(known, with_plain_names, first):
    names = [HOSTILE[(first + k) % len(HOSTILE)] for k in range(3)]
    found = sorted_by_names(known, names)
    plain = with_plain_names
    assert set(plain.group_forms) >= {"A", "B", "C"}
    renamed = dict(zip("ABC", names, strict=True))
    assert found.group_forms == [form and renamed[form] for form in plain.group_forms]
    assert len({*found.group_names, "none", "amorphous"}) == len(found.group_names) + 2
    np.testing.assert_array_equal(found.clusterer.labels_, plain.clusterer.labels_)
    assert found.review.keys() == plain.review.keys()
    for row in plain.review:
        assert len(found.review[row]) == len(plain.review[row])
    shown = dict(zip(plain.group_names, found.group_names, strict=True))
    for row, explanation in plain.explanations.items():
        assert found.explanations[row].forms == tuple(shown[form] for form in explanation.forms)


def test_a_form_without_a_group_keeps_its_name_from_groups(known):
    screen, rows, _ = known
    shifted = np.roll(screen.X[rows[:1]], 250, axis=1)
    references = Screen(shifted, screen.two_theta, ["r"], forms=["group 1"])
    found = sort_screen(screen, references=references, similarity="organic-1")
    assert "group 1" not in found.group_names
    assert "group 1 (1)" in found.group_names


def test_members_of_a_group_named_after_their_reference_are_not_reviewed_for_it(
    known, with_plain_names
):
    found = with_plain_names
    for row, reasons in found.review.items():
        if any("matches the reference" in reason for reason in reasons):
            label = found.clusterer.labels_[row]
            form = found.group_forms[label] if label >= 0 else None
            assert found.references.forms[found.matches.nearest[row]] != form


def test_flags_and_comparisons_with_references_are_made_once(known):
    compared = []

    class Counted(ScreeningSimilarity):
        def pairwise(self, X, Y=None):
            compared.append((len(X), None if Y is None else len(Y)))
            return super().pairwise(X, Y)

    screen, rows, _ = known
    references = references_called(known, "ABC")
    measure = Counted().fit(screen.X)
    found = sort_screen(screen, references=references, similarity=measure)
    n = len(screen.files)
    assert sorted(compared, key=str) == [(n, len(rows)), (n, None)]
    assert found.flags is found.clusterer.flags_


class ByHeight(BaseEstimator):
    """Patterns are alike whose heights are, more strictly beside one of the two references."""

    def pairwise_proba(self, X, Y=None):
        Y = X if Y is None else Y
        first, second = (np.nanmax(each, axis=1) / 1000 for each in (X, Y))
        strictness = np.where((second < 1) | (second > 1.4), 3.0, 1.0)
        return np.clip(1 - strictness * np.abs(first[:, None] - second), 0.001, 0.999)


def test_a_group_that_references_split_is_named_in_table_and_notes(pure_screen):
    X = pure_screen.X[pure_screen.form == "I"][:12]
    heights = np.concatenate([np.linspace(1.01, 1.03, 6), np.linspace(1.35, 1.37, 6)]) * 1000
    X = X * (heights / np.nanmax(X, axis=1))[: len(X), None]
    assert len(X) == 12
    grid = pure_screen.two_theta
    screen = Screen(X, grid, [f"{row}.xy" for row in range(12)])
    ends = X[[0, 11]] * np.array([[0.999 / 1.01], [1.401 / 1.37]])
    references = Screen(ends, grid, ["low.xy", "high.xy"], forms=["low", "high"])
    whole = sort_screen(screen, similarity=ByHeight())
    assert len(whole.group_names) == 1
    found = sort_screen(screen, references=references, similarity=ByHeight())
    assert sorted(found.group_names) == ["high", "low"]
    remarks = dict(zip(*(found.summary()[name] for name in ("group", "remark")), strict=True))
    assert "split from high by the references" in remarks["low"]
    assert "would be one group without references" in found.notes[0]


def test_a_sorted_screen_is_whole_and_does_not_change(found):
    for field in dataclasses.fields(found):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(found, field.name, None)


def test_references_without_forms_are_refused(known):
    screen, rows, _ = known
    references = Screen(screen.X[rows], screen.two_theta, [str(row) for row in rows])
    with pytest.raises(ValueError, match="references need their forms"):
        sort_screen(screen, references=references)


@pytest.mark.parametrize("grid", [slice(None), slice(1, None)])
def test_references_on_another_grid_are_refused(known, grid):
    screen, rows, _ = known
    files = [str(row) for row in rows]
    X, two_theta = screen.X[rows][:, grid], screen.two_theta[grid] + 2
    references = Screen(X, two_theta, files, forms=files)
    with pytest.raises(ValueError, match=r"on a grid of \d+ points from 5.* the screen on one of"):
        sort_screen(screen, references=references)


def test_one_pattern_is_no_screen(tmp_path):
    (tmp_path / "a.xy").write_text("2theta counts\n10.00 120\n10.02 118\n10.04 131\n")
    with pytest.raises(ValueError, match="one pattern cannot be sorted"):
        sort_screen(read_screen(tmp_path, wavelength=1.54))
