import copy
from dataclasses import replace

import numpy as np
import pytest

from xrpdsim.inspection import PageLimits
from xrpdsim.inspection.page._shown_screen import ShownScreen
from xrpdsim.inspection.page.questions import (
    likely_mixtures,
    misfits,
    near_groups,
    other_references,
    pairs_in_doubt,
    questions_of,
    two_forms,
    unknown_forms,
)
from xrpdsim.sorting import DifferingLine, Explanation, PossibleNewForm, ReferenceMatches, TwoParts
from xrpdsim.sorting import Screen as References


def shown_with(found, limits=None, **changes):
    return ShownScreen(replace(found, **changes), limits or PageLimits(), {})


@pytest.fixture
def members(found):
    return np.flatnonzero(found.clusterer.labels_ == 0)


@pytest.fixture
def two_parts(members):
    rows = (members[2:], members[:2])
    lines = [DifferingLine(12.34, (80.0, 3.0)), DifferingLine(20.5, (0.0, 41.0))]
    return {0: TwoParts(rows, (int(rows[0][0]), int(rows[1][1])), 12.0, lines)}


def with_references(found, form_of_group, nearest, probability):
    """Two references, I and II, one of which every pattern matches in the same way."""
    n = len(found.screen.files)
    references = References(
        found.screen.X[:2], found.screen.two_theta, ["i.xy", "ii.xy"], forms=["I", "II"]
    )
    matches = ReferenceMatches(
        np.tile([0.0, 0.0, 1.0], (n, 1)),
        np.full(n, nearest),
        np.full(n, probability),
        np.full((n, 2), probability),
    )
    return {
        "references": references,
        "matches": matches,
        "group_forms": [form_of_group] * len(found.group_names),
    }


def test_a_group_of_two_parts_is_asked_about_with_what_differs(found, two_parts, members):
    (question,) = two_forms(shown_with(found, two_parts=two_parts))
    assert (question.row, question.other) == (members[1], members[2])
    assert question.rows == tuple(members[:2])
    assert "12.34° (3 and 80 %), 20.50° (41 and 0 %)" in question.reason
    assert found.group_names[0] in question.text


def test_a_new_group_is_compared_with_the_nearest_reference(found, members):
    new = [PossibleNewForm(0, int(members[0]), len(members), 0.875)]
    shown = shown_with(found, new_forms=new, **with_references(found, None, 1, 0.1))
    (question,) = unknown_forms(shown)
    assert (question.reference, question.form, question.other) == (1, "II", -1)
    assert question.rows == tuple(members)
    assert "0.88" in question.reason


def test_a_single_pattern_is_compared_with_the_group_that_comes_nearest(found):
    row = int(np.flatnonzero(found.clusterer.next_groups_ >= 0)[0])
    (question,) = unknown_forms(shown_with(found, new_forms=[PossibleNewForm(-1, row, 1, 0.9)]))
    group = found.clusterer.next_groups_[row]
    assert (question.rows, question.other) == ((row,), found.typical_rows[group])


def test_one_question_is_asked_of_all_patterns_that_match_another_form(found):
    shown = shown_with(found, **with_references(found, "I", 1, 0.9))
    questions = list(other_references(shown))
    assert sorted(question.rows for question in questions) == sorted(
        shown.members(group) for group in range(len(found.group_names))
    )
    # the whole group matches: only the reference can be compared with
    assert {(each.other, each.form) for each in questions} == {(-1, "II")}
    for form, probability in (("II", 0.9), ("I", 0.4)):
        assert not list(
            other_references(shown_with(found, **with_references(found, form, 1, probability)))
        )


def test_a_few_that_match_another_form_are_compared_with_the_typical_pattern(found, members):
    given = with_references(found, "I", 0, 0.9)
    some = [row for row in members.tolist() if row != found.typical_rows[0]][:2]
    given["matches"].nearest[some] = 1
    (question,) = other_references(shown_with(found, **given))
    assert set(question.rows) == set(some)
    assert (question.other, question.form) == (found.typical_rows[0], "")


def test_a_pattern_in_no_group_is_compared_with_the_reference_that_it_matches(found, members):
    alone = copy.copy(found.clusterer)
    alone.labels_ = alone.labels_.copy()
    alone.labels_[members[0]] = -1
    names = [f"form {k}" for k in range(len(found.group_names))]
    given = with_references(found, None, 1, 0.4) | {"group_forms": names, "clusterer": alone}
    assert not list(other_references(shown_with(found, **given)))
    given["matches"].nearest_probabilities[members[0]] = 0.97
    (question,) = other_references(shown_with(found, **given))
    assert (question.row, question.rows) == (members[0], (members[0],))
    assert (question.other, question.reference, question.form) == (-1, 1, "II")
    assert question.text == f"Is {found.screen.files[members[0]]} II?"
    assert "(II, probability 0.97)" in question.reason


def test_a_likely_mixture_is_compared_with_its_group(found, members):
    typical = int(found.typical_rows[0])
    row = next(member for member in members.tolist() if member != typical)
    mixed = Explanation(("a", "b"), (0.7, 0.3), 0.1, 0.5, 0.8, 0.05)
    (question,) = likely_mixtures(shown_with(found, explanations={row: mixed}))
    assert (question.row, question.other, question.chance) == (row, typical, 0.8)
    (question,) = likely_mixtures(shown_with(found, explanations={typical: mixed}))
    assert question.other in set(members.tolist()) - {typical}


def test_misfits_are_those_below_a_mean_probability_of_0_8(found):
    clusterer = found.clusterer
    expected = {
        int(row)
        for row in np.flatnonzero((clusterer.labels_ >= 0) & (clusterer.probabilities_ < 0.8))
        if clusterer.copy_of_[row] < 0 and row not in found.typical_rows
    }
    assert {question.row for question in misfits(shown_with(found))} == expected


def test_groups_that_two_references_name_are_not_asked_about(found):
    names = [f"form {k}" for k in range(len(found.group_names))]
    assert not list(near_groups(shown_with(found, group_forms=names)))


def test_those_come_first_whose_answers_are_expected_to_change_most(found, two_parts, members):
    new = [PossibleNewForm(0, int(members[0]), len(members), 0.875)]
    given = with_references(found, None, 1, 0.1)
    shown = shown_with(found, new_forms=new, two_parts=two_parts, **given)
    questions = questions_of(shown)
    weights = [question.weight for question in questions]
    assert weights == sorted(weights, reverse=True)
    assert questions[0].kind == "new form"
    assert weights[0] == len(members)
    rows = [question.row for question in questions]
    assert len(set(rows)) == len(rows)
    at_most = shown_with(
        found, PageLimits(questions=1), new_forms=new, two_parts=two_parts, **given
    )
    assert questions_of(at_most) == questions[:1]


def test_scan_range_and_counts_and_copies_are_no_questions(found):
    assert any(
        "of the range" in why or "copy" in why for each in found.review.values() for why in each
    )
    plain = shown_with(found, two_parts={}, new_forms=(), explanations={})
    assert {question.kind for question in questions_of(plain)} <= {
        "misfit",
        "near groups",
        "doubtful pair",
    }


def test_the_pairs_that_the_clusterer_suggests_are_asked_about(found):
    clusterer = found.clusterer
    questions = list(pairs_in_doubt(shown_with(found)))
    suggested = {frozenset(pair) for pair in clusterer.suggest_pairs(found.screen.X).tolist()}
    assert {frozenset((each.row, each.other)) for each in questions} <= suggested
    place = {int(row): number for number, row in enumerate(clusterer.mapped_indices_)}
    for question in questions:
        same = clusterer.pair_probabilities_[place[question.row], place[question.other]]
        assert f"{same:.2f}" in question.reason
        assert question.rows == (question.row,)


def test_a_pattern_is_in_question_rather_than_the_typical_one(found):
    unsure = copy.copy(found.clusterer)
    typical = int(found.typical_rows[0])
    row = next(r for r in np.flatnonzero(unsure.labels_ == 0).tolist() if r != typical)
    unsure.pair_probabilities_ = np.where(np.eye(len(unsure.labels_)), 1.0, 0.9)
    unsure.pair_probabilities_[row] = unsure.pair_probabilities_[:, row] = 0.1
    asked = {each.row: each.other for each in pairs_in_doubt(shown_with(found, clusterer=unsure))}
    assert asked[row] == typical


def test_where_nothing_is_in_doubt_no_pair_is_asked_about(found):
    sure = copy.copy(found.clusterer)
    same = sure.labels_[:, None] == sure.labels_
    sure.pair_probabilities_ = np.where(same, 1.0, 0.0)
    assert not list(pairs_in_doubt(shown_with(found, clusterer=sure)))
