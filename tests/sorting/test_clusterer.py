from dataclasses import fields, replace

import numpy as np
import pytest
from scipy.cluster.hierarchy import cophenet, fcluster
from scipy.spatial.distance import squareform
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import make_pipeline

from xrpdsim import DeGelderSimilarity, PairwisePhaseClassifier
from xrpdsim.preprocessing import BaselineRemover, PatternNormalizer, SquareRootScaler
from xrpdsim.similarity import ScreeningSimilarity, default_similarity
from xrpdsim.sorting import FormClusterer, ReferenceMatcher, flag_patterns


def test_pure_forms_are_found_among_amorphous_and_mixed_patterns(mixed_screen, mixed_clusterer):
    form, clusterer = mixed_screen.form.astype(str), mixed_clusterer
    pure = np.array([name != "amorphous" and "+" not in name for name in form])
    assert adjusted_rand_score(form[pure], clusterer.labels_[pure]) > 0.95
    assert (clusterer.amorphous_ == (form == "amorphous")).all()
    assert (clusterer.labels_[clusterer.amorphous_] == -1).all()


def test_what_describes_groups_follows_from_the_pair_probabilities(pure_clusterer):
    clusterer = pure_clusterer
    probability, labels = clusterer.pair_probabilities_, clusterer.labels_
    for group, typical in enumerate(clusterer.typical_indices_):
        members = np.flatnonzero(labels == group)
        means = [
            np.mean([probability[i, j] for j in members if j != i], dtype=float) for i in members
        ]
        np.testing.assert_allclose(clusterer.probabilities_[members], means, rtol=1e-6)
        assert typical == members[np.argmax(means)]
    assert (clusterer.probabilities_[labels < 0] == 0).all()


def test_order_and_scale_of_patterns_do_not_matter(pure_screen, pure_clusterer):
    X = pure_screen.X
    order = np.random.RandomState(0).permutation(len(X))
    labels = pure_clusterer.labels_
    scaled = FormClusterer().fit_predict(X[order] * 7)
    assert adjusted_rand_score(labels[order], scaled) == 1


def test_precomputed_probabilities_give_the_same_groups(pure_screen):
    first = FormClusterer("organic-1", set_amorphous_aside=False).fit(pure_screen.X)
    second = FormClusterer("precomputed").fit(first.pair_probabilities_)
    assert (first.labels_ == second.labels_).all()


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (np.zeros((3, 2)), "must be square"),
        (np.full((3, 3), 1.5), "between 0 and 1"),
        (np.full((3, 3), np.nan), "NaN"),
        (1 - np.eye(3), "as distances have; give probabilities .* such as 1 - D"),
        (np.eye(3) + np.eye(3, k=1) / 2, r"must be symmetric, but has 0\.5 in row 0, column 1"),
    ],
)
def test_a_matrix_that_holds_no_probabilities_is_refused(matrix, message):
    with pytest.raises(ValueError, match=message):
        FormClusterer("precomputed").fit(matrix)


def test_any_fitted_pair_estimator_or_pipeline_will_do(pure_screen):
    X, form = pure_screen.X, pure_screen.form.astype(str)
    filled = np.nan_to_num(X)
    pipeline = make_pipeline(
        PatternNormalizer(), BaselineRemover(), SquareRootScaler(), DeGelderSimilarity(0.2, 0.2)
    ).fit(filled, form)
    labels = FormClusterer(pipeline).fit_predict(filled)
    assert adjusted_rand_score(form, labels) > 0.9
    classifier = PairwisePhaseClassifier(PCA(5)).fit(filled, form)
    assert FormClusterer(classifier).fit(filled).similarity_ is classifier


def test_a_measure_without_probabilities_learns_them_from_simulated_screens(pure_screen):
    found = FormClusterer(DeGelderSimilarity(overlap="nan")).fit(pure_screen.X)
    assert adjusted_rand_score(pure_screen.form.astype(str), found.labels_) > 0.5


def test_corrections_move_patterns_and_survive(pure_screen, pure_clusterer):
    X = pure_screen.X
    inside = np.flatnonzero(pure_clusterer.labels_ == 0)
    across = np.flatnonzero(pure_clusterer.labels_ == 1)
    after = FormClusterer().fit(
        X, same=[[inside[0], across[0]]], different=[[inside[1], inside[2]]]
    )
    assert after.labels_[inside[0]] == after.labels_[across[0]]
    assert after.labels_[inside[1]] != after.labels_[inside[2]] or after.labels_[inside[1]] == -1


@pytest.mark.parametrize("similarity", ["organic-1", "screening"])
def test_a_large_screen_gets_all_that_a_small_one_gets(mixed_screen, similarity):
    X = mixed_screen.X
    whole = FormClusterer(similarity).fit(X)
    large = FormClusterer(similarity, portion=20).fit(X)
    assert set(vars(whole)) == set(vars(large))
    assert len(large.mapped_indices_) == len(large.pair_probabilities_) == 20
    assert len(large.linkage_) == 19
    assert set(large.typical_indices_) <= set(large.mapped_indices_)
    for group, typical in enumerate(large.typical_indices_):
        assert large.labels_[typical] == group
        assert large.probabilities_[typical] == large.probabilities_[large.labels_ == group].max()
    assert (large.next_groups_ != large.labels_)[large.labels_ >= 0].all()


def test_a_fit_forgets_the_one_before(pure_screen):
    halo = np.exp(-(((pure_screen.two_theta - 20) / 6) ** 2))
    noise = np.random.default_rng(0).normal(0, 0.01, (3, halo.size))
    amorphous = 1000 * (halo + noise + 0.1)
    some, first = pure_screen.X[:12], pure_screen.X[:2]
    clusterer = FormClusterer().fit(some, same=[[0, 1]]).fit(amorphous)
    fresh = clone(clusterer).fit(amorphous)
    assert clusterer.amorphous_.all()
    assert set(vars(clusterer)) == set(vars(fresh))
    for name in ("labels_", "linkage_", "linked_indices_", "known_same_", "pair_probabilities_"):
        np.testing.assert_array_equal(getattr(clusterer, name), getattr(fresh, name))
    assert clusterer.linkage_.shape == (0, 4)
    assert clusterer.fit(first).linkage_.shape == (1, 4)


def test_the_tree_is_the_one_that_made_the_groups(mixed_screen, mixed_clusterer):
    largest, second = (np.flatnonzero(mixed_clusterer.labels_ == group) for group in (0, 1))
    clusterer = FormClusterer().fit(
        mixed_screen.X, same=[[largest[0], second[0]]], different=[[largest[1], largest[2]]]
    )
    cut = fcluster(clusterer.linkage_, 0.5, criterion="distance")
    group_of = dict(zip(clusterer.linked_indices_.tolist(), cut.tolist(), strict=True))
    assert group_of[largest[0]] == group_of[second[0]]
    assert group_of[largest[1]] != group_of[largest[2]]
    # what the tree holds together is one group: single patterns and pairs may have joined others
    labels = clusterer.labels_[clusterer.linked_indices_]
    for group in np.unique(cut):
        assert len(np.unique(labels[cut == group])) == 1


@pytest.mark.parametrize("similarity", ["organic-1", "screening"])
def test_the_tree_of_a_sample_keeps_to_corrections_that_chain_outside_it(mixed_screen, similarity):
    X = mixed_screen.X
    before = FormClusterer(similarity).fit(X)
    members = np.flatnonzero(before.labels_ == 0)
    others = np.flatnonzero(before.labels_ == 1)
    # every second one is tied to a pattern of another group
    same = [[row, others[0]] for row in members[::2]]
    clusterer = FormClusterer(similarity, portion=20).fit(X, same=same)
    linked = clusterer.linked_indices_
    tied = np.flatnonzero(np.isin(linked, members[::2]))
    assert len(tied) > 1
    heights = squareform(cophenet(clusterer.linkage_))
    assert heights[np.ix_(tied, tied)].max() < 1e-8


def test_flags_are_kept_as_they_were_found(mixed_screen, mixed_clusterer):
    expected = flag_patterns(mixed_screen.X)
    for field in fields(expected):
        np.testing.assert_array_equal(
            getattr(mixed_clusterer.flags_, field.name), getattr(expected, field.name)
        )
    assert FormClusterer("organic-1", set_amorphous_aside=False).fit(mixed_screen.X).flags_ is None


def test_the_default_is_the_shipped_measure_on_its_grid_and_a_classical_one_elsewhere(
    pure_screen, pure_clusterer
):
    assert pure_clusterer.similarity_name_ == "organic-2"
    two_theta = pure_screen.two_theta
    for X, grid in ((pure_screen.X[:, :-50], None), (pure_screen.X, two_theta + 0.01)):
        clusterer = FormClusterer(two_theta=grid).fit(X)
        assert clusterer.similarity_name_ == "screening"
        assert isinstance(clusterer.similarity_, ScreeningSimilarity)
    assert default_similarity(two_theta).overlap == "nan"


def test_scans_with_nothing_in_common_are_no_evidence_of_one_form(pure_screen):
    X = pure_screen.X[:12].copy()
    X[0, 900:] = np.nan
    X[1, :1000] = np.nan
    for portion in (12, 5):
        clusterer = FormClusterer(portion=portion).fit(X)
        place = {row: k for k, row in enumerate(clusterer.mapped_indices_.tolist())}
        if {0, 1} <= set(place):
            assert clusterer.pair_probabilities_[place[0], place[1]] == 0


def test_the_default_measure_calibrates_itself_on_labels_where_there_are_any(pure_screen):
    without = ScreeningSimilarity().fit(pure_screen.X)
    learnt = ScreeningSimilarity().fit(pure_screen.X, pure_screen.y)
    assert without.threshold_ != learnt.threshold_
    at_threshold = without.calibrator_.predict([without.threshold_])
    np.testing.assert_allclose(at_threshold, 0.5)


class OnlyProbabilities:
    """Correlation as a probability, and nothing else that an estimator has."""

    def pairwise_proba(self, X, Y=None):
        first, second = np.nan_to_num(X), np.nan_to_num(X if Y is None else Y)
        correlation = np.corrcoef(first, second)[: len(first), len(first) :]
        return np.clip(correlation, 0, 1) ** 4


@pytest.mark.parametrize("portion", [2000, 10])
def test_an_estimator_with_nothing_but_pairwise_proba_sorts_and_matches(pure_screen, portion):
    X, forms = pure_screen.X, pure_screen.form.astype(str)
    found = FormClusterer(OnlyProbabilities(), portion=portion).fit(X)
    assert found.labels_.max() >= 0
    references = [(forms == form).argmax() for form in np.unique(forms)]
    matcher = ReferenceMatcher(OnlyProbabilities()).fit(X[references], forms[references])
    assert (matcher.predict(X[references]) == forms[references]).all()


@pytest.mark.parametrize("portion", [2000, 20])
def test_later_patterns_join_their_form_or_are_new(mixed_screen, portion):
    form = mixed_screen.form.astype(str)
    pure = np.isin(form, ["I", "II", "III"])
    later = np.zeros(len(form), dtype=bool)
    later[1::3] = True
    left_out = "III"
    first = ~later & (form != left_out)
    clusterer = FormClusterer(portion=portion).fit(mixed_screen.X[first])
    labels = clusterer.labels_
    found = clusterer.predict(mixed_screen.X)
    assert (found[form == "amorphous"] == -1).all()
    assert (found[form == left_out] == -1).mean() > 0.8
    again = found[first]
    assert (again == labels)[pure[first]].mean() > 0.9
    known = later & np.isin(form, ["I", "II"])
    majority = {
        name: np.bincount(again[(form[first] == name) & (again >= 0)]).argmax()
        for name in ("I", "II")
    }
    assert np.mean([found[row] == majority[form[row]] for row in np.flatnonzero(known)]) > 0.9


def test_rows_in_messages_are_those_of_all_later_patterns(mixed_screen):
    amorphous = mixed_screen.form.astype(str) == "amorphous"
    clusterer = FormClusterer("pearson").fit(mixed_screen.X)
    crystalline, halos = mixed_screen.X[~amorphous], mixed_screen.X[amorphous]
    X = np.concatenate([halos[:2], crystalline[:3], crystalline[:1]])
    X[5] = 7
    with pytest.warns(
        UserWarning, match=r"1 of 6 patterns \(row 5 of X first\) are flat"
    ) as warned:
        clusterer.predict(X)
    assert sum("flat" in str(each.message) for each in warned) == 1
    X[5] = np.nan
    for refuse in (clusterer.predict, clone(clusterer).fit):
        with pytest.raises(ValueError, match="in row 5 of X is all NaN"):
            refuse(X)


def test_first_looks_alone_decide_about_later_amorphous_patterns(mixed_screen):
    amorphous = mixed_screen.form.astype(str) == "amorphous"
    clusterer = FormClusterer().fit(mixed_screen.X)
    classifier = clusterer.similarity_
    classifier.second_look_ = replace(classifier.second_look_, network=None)
    assert (clusterer.predict(mixed_screen.X[amorphous]) == -1).all()
    with pytest.raises(AttributeError):
        clusterer.predict(mixed_screen.X[~amorphous])


def test_later_patterns_by_precomputed_probabilities(pure_screen):
    X = pure_screen.X
    plain = FormClusterer("organic-1", set_amorphous_aside=False).fit(X)
    matrix = plain.pair_probabilities_
    by_matrix = FormClusterer("precomputed").fit(matrix)
    np.testing.assert_array_equal(by_matrix.predict(matrix), plain.predict(X))
    with pytest.raises(ValueError, match="between 0 and 1"):
        by_matrix.predict(matrix + 1)


def test_nothing_fits_where_no_group_was_found():
    clusterer = FormClusterer("precomputed").fit(np.eye(3))
    assert clusterer.predict(np.eye(3)).tolist() == [-1, -1, -1]


@pytest.mark.parametrize("fit", [FormClusterer, ReferenceMatcher])
def test_an_estimator_without_pair_probabilities_is_refused_before_it_is_fitted(fit, pure_screen):
    class Untouched(PCA):
        def fit(self, X, y=None):
            raise AssertionError("fitted")

    X, y = pure_screen.X, pure_screen.form.astype(str)
    for similarity in (Untouched(), make_pipeline(PatternNormalizer(), Untouched())):
        with pytest.raises(TypeError, match=r"PairwisePhaseClassifier\(Untouched\(\)\)"):
            fit(similarity).fit(X, y)
    with pytest.raises(TypeError, match="give a pair estimator, or the name of one"):
        fit(LinearRegression()).fit(X, y)


@pytest.mark.parametrize("portion", [2000, 20])
def test_confirmed_groups_hold_without_moving_probabilities(pure_screen, portion):
    X = pure_screen.X
    free = FormClusterer("screening", portion=portion).fit(X)
    rows = np.flatnonzero(free.labels_ == 0)
    numbers = np.full(len(X), -1)
    numbers[rows], numbers[rows[0]] = 4, 9  # one member is confirmed for another group
    found = FormClusterer("screening", portion=portion).fit(X, confirmed=numbers)
    assert len(set(found.labels_[rows[1:]])) == 1
    assert found.labels_[rows[0]] != found.labels_[rows[1]]
    if portion > len(X):
        np.testing.assert_array_equal(found.pair_probabilities_, free.pair_probabilities_)


@pytest.mark.parametrize("portion", [2000, 20])
def test_patterns_set_aside_are_in_no_group(pure_screen, portion):
    X = pure_screen.X
    free = FormClusterer("screening", portion=portion).fit(X)
    rows = np.flatnonzero(free.labels_ == 0)[:3]
    found = FormClusterer("screening", portion=portion).fit(X, set_aside=rows)
    assert (found.labels_[rows] == -1).all()
    assert found.amorphous_[rows].all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"set_aside": [99]}, "set_aside has row 99, but X has rows 0 to 39"),
        ({"set_aside": [0.5]}, "must hold row numbers"),
        ({"set_aside": [3], "same": [[3, 4]]}, "pattern 3 is set aside, but a pair in same"),
        (
            {"set_aside": [3], "confirmed": [1] * 40, "same": [[4, 5]]},
            "pattern 3 is set aside, but confirmed puts it into a group",
        ),
        ({"confirmed": [1, 2]}, "a whole number for each of 40 patterns"),
        ({"confirmed": np.zeros(40)}, "a whole number for each of 40 patterns"),
        (
            {"confirmed": [1] * 40, "different": [[0, 1]]},
            "patterns 0 and 1 are said to be different",
        ),
    ],
)
def test_groups_that_cannot_be_are_refused(pure_screen, arguments, message):
    with pytest.raises(ValueError, match=message):
        FormClusterer("screening").fit(pure_screen.X, **arguments)


@pytest.mark.parametrize("make", [FormClusterer, ReferenceMatcher])
def test_a_saved_classifier_is_found_by_its_path(make, pure_screen, tmp_path):
    X, y = pure_screen.X[:12], pure_screen.form[:12].astype(str)
    path = tmp_path / "ours.safetensors"
    PairwisePhaseClassifier.from_pretrained("organic-1").save(path)
    by_path, by_name = make(path).fit(X, y).predict(X), make("organic-1").fit(X, y).predict(X)
    np.testing.assert_array_equal(by_path, by_name)
    other = path.rename(tmp_path / "ours.st")
    with pytest.raises(ValueError, match=r"must end in \.safetensors: rename it"):
        make(other).fit(X, y)
