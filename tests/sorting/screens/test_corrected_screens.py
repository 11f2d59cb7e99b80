"""Sorting again with what a person said gives what was said."""

import numpy as np
import pytest

from xrpdsim.sorting import read_corrections, sort_screen


@pytest.fixture(scope="module")
def corrected(screen, found, tmp_path_factory):
    """The screen sorted with one row of each kind; by name what the rows say."""
    labels = found.clusterer.labels_
    first, second = (np.flatnonzero(labels == group) for group in (0, 1))
    pure = [row for row in first.tolist() if not found.mixture_of(row)]
    said = {
        "amorphous": found.screen.files[pure[0]],
        "mixture": found.screen.files[pure[1]],
        "exclude": found.screen.files[pure[2]],
    }
    others = {"amorphous": "", "mixture": "I + II", "exclude": "slipped"}
    lines = [f"{file},{relation},{others[relation]}" for relation, file in said.items()]
    said["confirmed"] = [found.screen.files[row] for row in second.tolist()]
    lines += [f"{file},confirmed,{found.group_names[1]}" for file in said["confirmed"]]
    path = tmp_path_factory.mktemp("corrections") / "corrections.csv"
    path.write_text("\n".join(["file,relation,other", *lines]), encoding="utf-8")
    return sort_screen(screen, corrections=read_corrections(path, screen.files)), said


def test_files_are_left_out_and_listed(screen, corrected):
    found, said = corrected
    assert said["exclude"] not in found.screen.files
    assert (said["exclude"], "excluded by a correction: slipped") in found.screen.skipped
    assert found.screen.excluded() == [(said["exclude"], "slipped")]
    assert len(found.screen.files) == len(screen.files) - 1
    assert len(found.screen.hashes) == len(found.screen.wavelengths) == len(found.screen.files)


def test_amorphous_patterns_and_mixtures_are_in_no_group(corrected):
    found, said = corrected
    table = found.table()
    for relation, group in (("amorphous", "amorphous"), ("mixture", "mixture")):
        row = table["file"].index(said[relation])
        assert found.clusterer.labels_[row] == -1
        assert table["group"][row] == group
        assert table["review"][row] == ""
        assert row not in [form.row for form in found.new_forms]
    assert table["mixture"][table["file"].index(said["mixture"])] == "I + II"
    summary = dict(zip(found.summary()["group"], found.summary()["patterns"], strict=True))
    assert summary["mixture"] == 1
    assert sum(summary.values()) == len(found.screen.files)


def test_confirmed_groups_keep_members_and_name_and_are_not_asked_about(found, corrected):
    again, said = corrected
    name = found.group_names[1]
    group = again.group_names.index(name)
    rows = [again.screen.files.index(file) for file in said["confirmed"]]
    assert set(again.clusterer.labels_[rows]) == {group}
    assert again.confirmed_groups() == {group}
    assert len(set(again.group_names)) == len(again.group_names)
    assert "confirmed" in again.summary()["remark"][group]
    for row in rows:
        assert all(reason.startswith("copy of") for reason in again.review.get(row, []))
    joined = set(np.flatnonzero(again.clusterer.labels_ == group)) - set(rows)
    for row in joined:
        assert "joined a group that was confirmed without it" in again.review[row]


def test_a_mark_holds_for_copies_of_the_measurement(screen, found, tmp_path):
    original = next(row for row in found.clusterer.copy_of_.tolist() if row >= 0)
    path = tmp_path / "corrections.csv"
    path.write_text(f"file,relation,other\n{screen.files[original]},mixture,\n")
    corrections = read_corrections(path, screen.files)
    again = sort_screen(screen, corrections=corrections, similarity="organic-1")
    copies = np.flatnonzero(again.clusterer.copy_of_ == original).tolist()
    assert copies
    assert {again.group_of(row) for row in [original, *copies]} == {"mixture"}
