import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from xrpdsim import FormClusterer, PairwisePhaseClassifier
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.evaluation import ArchiveGain, archive_gain
from xrpdsim.similarity import learn_from_archive

COMPOUNDS = ["compound 1", "compound 2", "compound 3"]


@pytest.fixture(scope="module")
def archive():
    return make_screening_campaign(4, 8, 32, preset="film", random_state=1)


@pytest.fixture(scope="module")
def gain(archive):
    return archive_gain(archive.X, archive.y, n_folds=4, random_state=0)


def test_each_compound_is_judged_by_what_the_others_taught(archive, gain):
    assert sorted(gain["compound"]) == sorted(set(archive.compound))
    for row in gain.rows():
        tested = archive.compound == row["compound"]
        trained = learn_from_archive(archive.X[~tested], archive.y[~tested])
        form = archive.form[tested]
        first, second = np.triu_indices(tested.sum(), k=1)
        same = form[first] == form[second]
        assert (row["n_pairs"], row["n_same"]) == (len(same), same.sum())
        probability = trained.predict_proba(archive.X[tested])[:, 1]
        expected = np.square(probability - same).mean()
        assert row["brier_after"] == pytest.approx(expected, abs=1e-5)
        answers = trained.predict(archive.X[tested]) == 1
        assert row["wrong_after"] == pytest.approx(100 * (answers != same).mean(), abs=1e-6)
        assert row["auroc_after"] == pytest.approx(row["auroc_before"], nan_ok=True)


def test_groups_are_those_that_the_clusterer_makes(archive):
    clusterer = FormClusterer("degelder", set_amorphous_aside=False)
    found = archive_gain(archive.X, archive.y, clusterer=clusterer, n_folds=4, random_state=0)
    assert clusterer.similarity == "degelder"
    for row in found.rows():
        tested = archive.compound == row["compound"]
        trained = learn_from_archive(archive.X[~tested], archive.y[~tested])
        for when, similarity in (
            ("before", PairwisePhaseClassifier.from_pretrained()),
            ("after", trained),
        ):
            sorter = FormClusterer(similarity, set_amorphous_aside=False)
            groups = sorter.fit_predict(archive.X[tested])
            expected = adjusted_rand_score(archive.form[tested], groups)
            assert row[f"groups_{when}"] == pytest.approx(expected)
    assert found.summary()["figure"][-1] == "groups, adjusted Rand index"


def table(before, after, groups=None):
    n = len(before)
    columns = {"compound": [str(k) for k in range(n)], "n_pairs": [10] * n, "n_same": [4] * n}
    for figure in ("wrong", "brier", "auroc"):
        columns |= {f"{figure}_before": before, f"{figure}_after": after}
    if groups:
        columns |= {"groups_before": groups[0], "groups_after": groups[1]}
    return ArchiveGain(columns)


def test_the_summary_says_whether_anything_is_gained():
    better = table([0.2, 0.3, 0.25, 0.22], [0.1, 0.2, 0.15, 0.1])
    row = better.summary().rows()[1]
    assert row["difference"] == pytest.approx(-0.105)
    assert row["low"] <= row["difference"] <= row["high"] < 0
    assert "became better" in str(better)
    assert "became worse" in table(better["brier_after"], better["brier_before"]).verdict()
    mixed = table([0.2, 0.2, 0.2, 0.2], [0.1, 0.3, 0.1, 0.3])
    assert "no gain of probabilities is certain" in mixed.verdict()
    assert "means over 4 compounds" in mixed._repr_html_()


def test_the_verdict_speaks_of_groups_where_they_were_made():
    before, after = [0.2, 0.3, 0.25, 0.22], [0.1, 0.2, 0.15, 0.1]
    worse = table(before, after, ([1.0, 0.9, 1.0, 0.8], [0.7, 0.6, 0.8, 0.7]))
    assert "probabilities became better; groups became worse." in worse.verdict()
    assert "no gain of groups is certain" in table(before, after, (before, before)).verdict()
    assert "groups became better" in table(before, after, (after, before)).verdict()
    assert "groups" not in table(before, after).verdict()


def test_a_compound_of_one_kind_of_pairs_has_no_auroc(archive):
    form = np.where(archive.compound == "compound 1", "I", archive.form)
    y = np.column_stack([archive.compound, form])
    found = archive_gain(archive.X, y, n_folds=2, random_state=0)
    auroc = dict(zip(found["compound"], found["auroc_before"], strict=True))
    assert np.isnan(auroc["compound 1"])
    assert np.isfinite(auroc["compound 2"])
    assert np.isfinite(found.summary()["difference"]).all()


def test_what_cannot_be_left_out(archive):
    with pytest.raises(ValueError, match="compound of each pattern is not known"):
        archive_gain(archive.X, archive.form)
    with pytest.raises(ValueError, match=r"1 compound\(s\)"):
        archive_gain(archive.X[:4], [["a", "I"], ["a", "I"], ["a", "II"], ["a", "II"]])
    with pytest.raises(ValueError, match="no compound has pairs of one form and pairs of two"):
        archive_gain(archive.X[:4], [["a", "I"], ["a", "I"], ["b", "I"], ["b", "I"]])


def test_where_other_compounds_hold_one_kind_of_pairs_all_their_pairs_teach(archive):
    # one compound of two forms, two of one form each
    rows = np.concatenate([np.flatnonzero(archive.compound == name)[:6] for name in COMPOUNDS])
    X, compound = archive.X[rows], archive.compound[rows]
    form = np.where(compound == COMPOUNDS[0], archive.form[rows], "I")
    y = np.column_stack([compound, form]).astype(object)
    found = archive_gain(X, y, n_folds=3)
    row = found.rows()[found["compound"].index(COMPOUNDS[0])]
    trained = learn_from_archive(X[6:], y[6:])
    first, second = np.triu_indices(6, k=1)
    probability = trained.predict_proba(X[:6])[:, 1]
    expected = np.square(probability - (form[first] == form[second])).mean()
    assert row["brier_after"] == pytest.approx(expected, abs=1e-5)
    with pytest.raises(ValueError, match=f"with {COMPOUNDS[0]} left out, .* all of one form"):
        archive_gain(X[:12], y[:12], n_folds=2)


def test_lengths_that_differ_are_refused(archive):
    for X, y, groups in (
        (archive.X[:-1], archive.y, None),
        (archive.X, archive.y[:-1], None),
        (archive.X, archive.y[:, 1], archive.compound[:-1]),
    ):
        with pytest.raises(ValueError, match=r"inconsistent numbers|groups has shape"):
            archive_gain(X, y, groups)


@pytest.mark.parametrize("how", ["calibrate", "scratch"])
def test_another_grid_than_that_of_the_start_is_refused_by_name(archive, how):
    with pytest.raises(
        ValueError, match=r"have 1000 points, but start='organic-2', .* 1950 from 3"
    ):
        archive_gain(archive.X[:, :1000], archive.y, how=how)


def test_the_global_generator_is_left_alone(archive):
    position = np.random.get_state()[2]  # noqa: NPY002
    archive_gain(archive.X, archive.y, n_folds=2, random_state=None)
    assert np.random.get_state()[2] == position  # noqa: NPY002


def test_columns_of_other_angles_are_refused(archive):
    other = pd.DataFrame(archive.X, columns=20 + 0.02 * np.arange(1950))
    with pytest.raises(ValueError, match=r"are 20 to .* the grid in force is 3 to 41.98"):
        archive_gain(other, archive.y)
