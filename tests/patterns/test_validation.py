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
