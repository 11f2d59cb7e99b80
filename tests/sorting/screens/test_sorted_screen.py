import csv
import dataclasses
import io

from xrpdsim.sorting import Explanation


def test_the_table_says_what_was_found(found):
    table = found.table()
    assert [row for row, yes in enumerate(table["typical"]) if yes] == sorted(found.typical_rows)
    for row, reasons in enumerate(table["review"]):
        assert reasons == "; ".join(found.review.get(row, []))
    assert table["group"] == [found.group_of(row) for row in range(len(table["file"]))]


def test_the_summary_counts_what_the_table_lists(found):
    table, summary = found.table(), found.summary()
    for row in summary.rows():
        members = [k for k, name in enumerate(table["group"]) if name == row["group"]]
        assert row["patterns"] == len(members)
        assert row["review"] == sum(bool(table["review"][k]) for k in members)


def test_the_summary_names_groups_of_mixtures(found):
    assert not any("mixtures" in remark for remark in found.summary()["remark"])
    members = [row for row, group in enumerate(found.clusterer.labels_) if group == 1]
    mixed = Explanation(tuple(found.group_names[:2]), (0.6, 0.4), 0.1, 0.5)
    for n_mixed, said in ((len(members), True), (len(members) // 2 - 1, False)):
        explanations = found.explanations | dict.fromkeys(members[:n_mixed], mixed)
        of_group = dataclasses.replace(found, explanations=explanations).summary()["remark"][1]
        assert (f"likely mixtures ({n_mixed} of {len(members)})" in of_group) == said


def test_names_that_hold_anything_are_read_back_from_the_table(found):
    names = [f'(a), "{k}"\nb; c' for k in range(len(found.group_names))]
    mixed = next(row for row, each in found.explanations.items() if each.mixed)
    explanations = {mixed: Explanation(tuple(names[:2]), (0.6, 0.4), 0.1, 0.5)}
    renamed = dataclasses.replace(found, group_names=names, explanations=explanations)
    rows = list(csv.DictReader(io.StringIO(renamed.table().to_csv())))
    assert [row["group"] for row in rows] == [renamed.group_of(row) for row in range(len(rows))]
    assert rows[mixed]["mixture"] == f"60% {names[0]} + 40% {names[1]}"
