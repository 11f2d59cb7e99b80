import numpy as np
import pandas as pd
import pytest

from xrpdsim import PairwisePhaseClassifier
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.similarity import learn_from_archive
from xrpdsim.similarity.archive_learning import score_pairs
from xrpdsim.similarity.probability import JudgedPairs, recalibrate


@pytest.fixture(scope="module")
def archive():
    return make_screening_campaign(4, 8, 32, preset="film", random_state=1)


@pytest.fixture(scope="module")
def calibrated(archive):
    return learn_from_archive(archive.X, archive.y)


def test_calibrating_moves_probabilities_by_the_pairs_within_compounds(archive, calibrated):
    shipped = PairwisePhaseClassifier.from_pretrained()
    np.testing.assert_array_equal(
        calibrated.decision_function(archive.X[:8]), shipped.decision_function(archive.X[:8])
    )
    compound, form = archive.y.T
    first, second = np.triu_indices(32, k=1)
    within = compound[first] == compound[second]
    pairs = np.column_stack([first[within], second[within]])
    same = form[pairs[:, 0]] == form[pairs[:, 1]]
    weight = [
        min(1, (compound == of).sum() / 2 / (same[compound[pairs[:, 0]] == of] == kind).sum())
        for of, kind in zip(compound[pairs[:, 0]], same, strict=True)
    ]
    judged = JudgedPairs(pairs, same, np.array(weight))
    expected = recalibrate(shipped.calibrator_, shipped.decision_function(archive.X, pairs), judged)
    scores = np.linspace(-8, 8, 50)
    np.testing.assert_allclose(
        calibrated.proba_of_scores(scores), expected.predict(scores), atol=1e-5
    )
    assert calibrated.prior_ == pytest.approx(expected.prior, abs=1e-5)
    assert abs(calibrated.proba_of_scores(calibrated.threshold_) - 0.5) < 1e-6


def test_groups_say_what_a_compound_is(archive, calibrated):
    labels = [f"{compound} {form}" for compound, form in archive.y]
    found = learn_from_archive(archive.X, labels, archive.compound)
    assert found.prior_ == calibrated.prior_
    # without compounds all pairs count
    assert learn_from_archive(archive.X, labels).prior_ < calibrated.prior_


def test_compounds_of_one_form_each_leave_all_pairs(archive):
    one = np.isin(archive.form, "I")
    y = archive.y[one]
    shipped = PairwisePhaseClassifier.from_pretrained()
    codes = np.unique(y[:, 0].astype(str), return_inverse=True)[1]
    pairs = score_pairs(shipped, archive.X[one], codes, codes)
    assert not pairs.within_compounds
    assert len(pairs.pairs) == one.sum() * (one.sum() - 1) // 2


def test_pairs_that_cannot_be_compared_are_left_out(archive):
    X = archive.X.copy()
    X[0, 200:] = np.nan
    X[1, :1800] = np.nan
    with pytest.warns(UserWarning, match="in common"):
        found = learn_from_archive(X, archive.y)
    assert 0 < found.prior_ < 1
    assert found.overlap == "raise"


def test_a_file_is_a_start(archive, calibrated, tmp_path):
    path = str(tmp_path / "model.safetensors")
    calibrated.save(path)
    again = learn_from_archive(archive.X, archive.y, start=path)
    scores = np.linspace(-8, 8, 50)
    # it has learnt from the same patterns already, and goes on a little in the same direction
    np.testing.assert_allclose(
        again.proba_of_scores(scores), calibrated.proba_of_scores(scores), atol=0.2
    )


def test_what_cannot_be_learnt_is_refused(archive):
    with pytest.raises(ValueError, match="how='guess' must be one of calibrate"):
        learn_from_archive(archive.X, archive.y, how="guess")
    with pytest.raises(ValueError, match="all of one kind"):
        learn_from_archive(archive.X[:2], [["a", "I"], ["a", "I"]])


@pytest.mark.slow
@pytest.mark.parametrize("how", ["finetune", "scratch"])
def test_a_network_is_trained_and_saved(archive, tmp_path, how):
    found = learn_from_archive(
        archive.X, archive.y, how=how, random_state=0, n_threads=1, device="cpu"
    )
    found.save(tmp_path / "model.safetensors")
    loaded = PairwisePhaseClassifier.load(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(loaded.predict_proba(archive.X), found.predict_proba(archive.X))


def test_columns_of_other_angles_are_refused_and_a_mask_is_heeded(archive, calibrated):
    other = pd.DataFrame(archive.X, columns=20 + 0.02 * np.arange(1950))
    for how in ("calibrate", "finetune"):
        with pytest.raises(ValueError, match=r"3 to 41\.98"):
            learn_from_archive(other, archive.y, how=how)
    masked = np.ma.masked_array(archive.X, mask=np.tile(np.arange(1950) < 100, (32, 1)))
    with_nan = np.where(masked.mask, np.nan, archive.X)
    found, expected = (learn_from_archive(given, archive.y).prior_ for given in (masked, with_nan))
    assert found == expected != calibrated.prior_


def test_a_network_from_scratch_lies_on_the_grid_of_the_columns(archive, monkeypatch):
    class Told(Exception):
        pass

    def fit(self, *given, **groups):
        raise Told(self.two_theta)

    monkeypatch.setattr(PairwisePhaseClassifier, "fit", fit)
    grid = 20 + 0.02 * np.arange(1950)
    with pytest.raises(Told) as told:
        learn_from_archive(pd.DataFrame(archive.X, columns=grid), archive.y, how="scratch")
    np.testing.assert_array_equal(told.value.args[0], grid)
