"""What every estimator does with the patterns it is given."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

from xrpdsim import (
    DeGelderSimilarity,
    EuclideanSimilarity,
    FormClusterer,
    PairwisePhaseClassifier,
    ReferenceMatcher,
)
from xrpdsim.embedding import SiameseXRPDEmbedder
from xrpdsim.patterns import GridWarning, default_two_theta, validate_patterns
from xrpdsim.patterns.validation import as_patterns, refuse_unmeasured
from xrpdsim.preprocessing import BaselineRemover, PatternNormalizer
from xrpdsim.sorting import MixtureExplainer

OTHER = 5 + 0.04 * np.arange(1950)


def campaign(n_points=1950, seed=0):
    rng = np.random.default_rng(seed)
    lines = np.repeat(
        (rng.random((6, n_points)) < 0.03) * rng.exponential(size=(6, n_points)), 3, 0
    )
    y = np.array([[f"compound {row // 6}", f"form {row // 3}"] for row in range(18)], dtype=object)
    return lines * rng.uniform(0.8, 1.2, lines.shape) + 0.05 * rng.random(lines.shape), y


def test_masked_points_are_not_measured():
    X = np.array([[1, 2], [3, 4]])
    masked = np.ma.masked_array(X, mask=[[0, 1], [0, 0]])
    found = validate_patterns(EuclideanSimilarity(), masked, reset=True)
    np.testing.assert_array_equal(found, [[1, np.nan], [3, 4]])
    assert masked.mask.tolist() == [[False, True], [False, False]]
    single = validate_patterns(EuclideanSimilarity(), masked.astype(np.float32), reset=True)
    assert single.dtype == np.float32


def test_mask_reaches_every_kind_of_estimator():
    X, y = campaign()
    missing = np.zeros(X.shape, dtype=bool)
    missing[:, 700:750] = True
    masked, with_nan = np.ma.masked_array(X, mask=missing), np.where(missing, np.nan, X)
    step = BaselineRemover().fit(masked)
    np.testing.assert_array_equal(step.transform(masked), step.transform(with_nan))
    embedder = SiameseXRPDEmbedder.from_pretrained(device="cpu")
    np.testing.assert_array_equal(embedder.transform(masked), embedder.transform(with_nan))
    with pytest.raises(ValueError, match="NaN"):  # and so where nothing may be missing
        PairwisePhaseClassifier(PCA(2)).fit(masked, y)


def test_shipped_weights_refuse_columns_of_other_angles():
    X, y = campaign()
    shipped = PairwisePhaseClassifier.from_pretrained(device="cpu")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        expected = shipped.pairwise(X)
        for names in (default_two_theta(), [f"{angle:.2f}" for angle in default_two_theta()]):
            np.testing.assert_array_equal(
                shipped.pairwise(pd.DataFrame(X, columns=names)), expected
            )
    other = pd.DataFrame(X, columns=OTHER)
    for refused in (
        lambda: shipped.pairwise(other),
        lambda: shipped.predict(other),
        lambda: shipped.embedder_.transform(other),
        lambda: clone(shipped).set_params(two_theta=OTHER).fit(X, y),
        lambda: shipped.fit(other, y),
    ):
        with pytest.raises(ValueError, match=r"are 5 to 82.96 .* the grid in force is 3 to 41.98"):
            refused()


def test_embedder_in_a_classifier_learns_the_grid_from_the_columns():
    X, y = campaign(300)
    small = SiameseXRPDEmbedder(
        module_params={"hidden": 8, "channels": 2, "embedding_dim": 4},
        max_epochs=1,
        n_validation_groups=0,
        device="cpu",
        random_state=0,
    )
    embedder = make_pipeline(BaselineRemover(), PatternNormalizer(), small)
    with warnings.catch_warnings():
        warnings.simplefilter("error", GridWarning)
        for fitted in (
            PairwisePhaseClassifier(embedder).fit(pd.DataFrame(X, columns=OTHER[:300]), y),
            PairwisePhaseClassifier(embedder, two_theta=OTHER[:300]).fit(X, y),
        ):
            for grid in (
                fitted.two_theta_,
                fitted.embedder_[0].two_theta_,
                fitted.embedder_[-1].two_theta_,
            ):
                np.testing.assert_allclose(grid, OTHER[:300])
    assert embedder[-1].two_theta is None
    with pytest.warns(GridWarning, match="SiameseXRPDEmbedder takes the 300 points"):
        small.fit(X, y)


def test_pandas_output_carries_angles_through_a_pipeline():
    X, _ = campaign(300)
    frame = pd.DataFrame(X, columns=OTHER[:300])
    pipeline = make_pipeline(PatternNormalizer(), BaselineRemover(), DeGelderSimilarity())
    with pytest.warns(GridWarning, match="BaselineRemover takes the 300 points"):
        clone(pipeline).fit(frame)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pipeline.set_output(transform="pandas").fit(frame)
    np.testing.assert_array_equal(pipeline[-1].two_theta_, OTHER[:300])
    np.testing.assert_array_equal(pipeline[1].two_theta_, OTHER[:300])


def test_step_that_drops_angles_off_the_common_grid_says_so():
    X, _ = campaign()
    with pytest.warns(GridWarning, match=r"5 to 82.96 .*PatternNormalizer returns an array"):
        PatternNormalizer().fit(pd.DataFrame(X, columns=OTHER))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        PatternNormalizer().fit(pd.DataFrame(X, columns=default_two_theta()))
        PatternNormalizer().fit(X)
        PatternNormalizer().set_output(transform="pandas").fit(pd.DataFrame(X, columns=OTHER))


def test_sorting_takes_columns_and_masks_as_measures_do():
    X, y = campaign(600)
    grid = 5 + 0.04 * np.arange(600)
    frame, other = pd.DataFrame(X, columns=grid), pd.DataFrame(X, columns=grid + 1)
    forms = [" ".join(label) for label in y]
    with warnings.catch_warnings():
        warnings.simplefilter("error", GridWarning)
        clusterer = FormClusterer("screening").fit(frame)
        matcher = ReferenceMatcher("screening").fit(frame, forms)
        explainer = MixtureExplainer().fit(frame, forms)
    with_grid = FormClusterer("screening", two_theta=grid).fit(X)
    np.testing.assert_array_equal(clusterer.labels_, with_grid.labels_)
    for fitted in (matcher, explainer, matcher.similarity_):
        np.testing.assert_array_equal(fitted.two_theta_, grid)
    with pytest.raises(ValueError, match=r"are 6 to .* the grid in force is 5 to"):
        matcher.predict(other)
    with pytest.raises(ValueError, match=r"are 6 to .* the grid in force is 5 to"):
        explainer.explain(other)
    with pytest.raises(ValueError, match=r"patterns are 6 to .* the grid in force is 5 to"):
        FormClusterer(matcher.similarity_).fit(other)
    missing = np.zeros(X.shape, dtype=bool)
    missing[:3, :100] = True
    masked, with_nan = np.ma.masked_array(X, mask=missing), np.where(missing, np.nan, X)
    np.testing.assert_array_equal(matcher.predict(masked), matcher.predict(with_nan))


def test_columns_of_a_pairwise_matrix_are_samples_whatever_they_are_called():
    probability = np.full((6, 6), 0.1)
    probability[:3, :3] = probability[3:, 3:] = 0.9
    names = ["12.1", "3.2", "3.1", "200.5", "7.1", "7.2"]
    frame = pd.DataFrame(probability, columns=names)
    clusterer = FormClusterer("screening").fit(campaign()[0])
    clusterer.set_params(similarity="precomputed").fit(frame)
    assert clusterer.labels_.tolist() == [0, 0, 0, 1, 1, 1]
    assert clusterer.predict(frame[:1]).tolist() == [0]
    assert not hasattr(clusterer, "two_theta_")


def test_patterns_that_no_estimator_sees_are_checked_by_the_same_rules():
    X, _ = campaign(300)
    masked = np.ma.masked_less(X, 0.01)
    np.testing.assert_array_equal(as_patterns(masked), np.where(X < 0.01, np.nan, X))
    frame = pd.DataFrame(X, columns=OTHER[:300])
    np.testing.assert_array_equal(as_patterns(frame, OTHER[:300]), X)
    np.testing.assert_array_equal(as_patterns(frame), X)
    with pytest.raises(ValueError, match=r"are 5 to 16.96 .* the grid in force is 3 to 8.98"):
        as_patterns(frame, default_two_theta(300))
    with pytest.raises(TypeError, match="read the files first"):
        as_patterns("patterns.csv")


def test_a_clusterer_keeps_its_grid_and_refuses_patterns_and_references_on_another():
    X, y = campaign(600)
    grid, other = 10 + 0.04 * np.arange(600), 30 + 0.04 * np.arange(600)
    frame, later = pd.DataFrame(X, columns=grid), pd.DataFrame(X, columns=other)
    measure = DeGelderSimilarity(two_theta=grid).fit(X, y)
    for clusterer, given in (
        (FormClusterer("screening"), frame),
        (FormClusterer("screening", two_theta=grid), X),
        (FormClusterer(measure), X),  # which knows it
    ):
        np.testing.assert_array_equal(clusterer.fit(given).two_theta_, grid)
        np.testing.assert_array_equal(clusterer.predict(frame), clusterer.predict(X))
        with pytest.raises(ValueError, match=r"are 30 to .* the grid in force is 10 to"):
            clusterer.predict(later)
        forms = [" ".join(label) for label in y[::3]]
        with pytest.raises(ValueError, match=r"columns of references are 30 to"):
            clusterer.fit(given, references=later[::3], reference_forms=forms)
        clusterer.fit(given, references=frame[::3], reference_forms=forms)


def test_a_pattern_that_was_not_measured_is_named_by_its_row_and_argument():
    X = np.array([[1.0, np.nan], [np.nan, np.nan]])
    refuse_unmeasured(X[:1])
    with pytest.raises(ValueError, match="the pattern in row 1 of references is all NaN"):
        refuse_unmeasured(X, "references")
    with pytest.raises(ValueError, match="the pattern in row 1 of X is all NaN"):
        validate_patterns(EuclideanSimilarity(), X, reset=True)
