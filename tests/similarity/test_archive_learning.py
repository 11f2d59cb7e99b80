import os
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline

from xrpdsim import PairwisePhaseClassifier
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.embedding import SiameseXRPDEmbedder
from xrpdsim.preprocessing import BaselineRemover, PatternNormalizer
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


class Told(Exception):
    """Instead of a training, the classifier that was to be trained."""


@pytest.fixture
def to_be_trained(monkeypatch):
    def fit(self, *given, **groups):
        raise Told(self)

    def ask(*given, **options):
        with monkeypatch.context() as patched:
            patched.setattr(PairwisePhaseClassifier, "fit", fit)
            with pytest.raises(Told) as told:
                learn_from_archive(*given, **options)
        return told.value.args[0]

    return ask


def test_a_network_from_scratch_lies_on_the_grid_of_the_columns(archive, to_be_trained):
    grid = 20 + 0.02 * np.arange(1950)
    frame = pd.DataFrame(archive.X, columns=grid)
    np.testing.assert_array_equal(to_be_trained(frame, archive.y, how="scratch").two_theta, grid)


def test_the_steps_of_a_file_stand_before_the_network_that_is_fine_tuned(
    archive, tmp_path, to_be_trained
):
    y = archive.y[:, 0]
    network = SiameseXRPDEmbedder(
        module_params={"hidden": 4}, max_epochs=1, n_validation_groups=0, random_state=0
    )
    steps = make_pipeline(PatternNormalizer(), BaselineRemover(half_width=0.9), network)
    path = str(tmp_path / "own.safetensors")
    PairwisePhaseClassifier(steps).fit(archive.X, y).save(path)
    found = to_be_trained(archive.X, archive.y, how="finetune", start=path).embedder
    assert [type(step) for _, step in found.steps] == [type(step) for _, step in steps.steps]
    assert found[1].half_width == 0.9
    assert os.fspath(found[-1].init) == path
    with warnings.catch_warnings():  # of steps that are left out
        warnings.simplefilter("error", UserWarning)
        trained = learn_from_archive(archive.X, archive.y, how="finetune", start=path)
    scaled = trained.decision_function(1000 * archive.X)
    np.testing.assert_allclose(scaled, trained.decision_function(archive.X), atol=1e-4)


@pytest.mark.parametrize(("n_compounds", "n_held_out"), [(4, 3), (3, 2), (2, 1)])
def test_small_archives_hold_out_what_they_can_spare(
    archive, to_be_trained, n_compounds, n_held_out
):
    # two forms of each compound, so that any of them may be held out
    compound = np.repeat(np.arange(n_compounds), 4)
    form = np.tile([0, 0, 1, 1], n_compounds)
    X, y = archive.X[: len(form)], np.column_stack([compound, form])
    found = to_be_trained(X, y, how="finetune").embedder
    assert found.n_validation_groups == n_held_out


def test_where_nothing_can_be_held_out_it_is_said(archive, to_be_trained):
    y = np.repeat(["a", "b"], 4)
    with pytest.warns(UserWarning, match="no compound can be held out .* too sure"):
        found = to_be_trained(archive.X[:8], y, how="scratch").embedder
    assert found[-1].n_validation_groups == 0


@pytest.mark.parametrize("how", ["calibrate", "finetune"])
def test_lengths_that_differ_are_refused(archive, how):
    for X, y in ((archive.X[:-1], archive.y), (archive.X, archive.y[:-1])):
        with pytest.raises(ValueError, match="inconsistent numbers of samples"):
            learn_from_archive(X, y, how=how)
