import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from xrpdsim import DeGelderSimilarity, PairwisePhaseClassifier, SiameseXRPDEmbedder
from xrpdsim.inspection import TrainingCurveDisplay
from xrpdsim.preprocessing import PatternNormalizer


@pytest.fixture(scope="module")
def model():
    random = np.random.default_rng(0)
    phases = np.repeat(np.arange(8), 5)
    X = random.random((8, 60))[phases] + 0.05 * random.random((40, 60))
    embedder = SiameseXRPDEmbedder(
        module_params={"hidden": 8}, max_epochs=3, n_validation_groups=2, random_state=0,
        device="cpu", lr_patience=1,
    )  # fmt: skip
    pipe = make_pipeline(PatternNormalizer(), embedder)
    y = np.column_stack([phases // 2, phases])
    return make_pipeline(PatternNormalizer(), PairwisePhaseClassifier(pipe)).fit(X, y)


def test_it_shows_what_the_history_holds(model, pyplot):
    embedder = model[-1].embedder_[-1]
    for shown in (model, model[-1], model[-1].embedder_, embedder):
        display = TrainingCurveDisplay.from_estimator(shown)
        np.testing.assert_array_equal(display.valid_loss, embedder.history_["valid_loss"])
        assert embedder.history_["check"][display.best] == embedder.best_check_
    lines = {line.get_label(): line.get_xydata() for line in display.ax_.lines}
    history = embedder.history_
    np.testing.assert_array_equal(lines["training"].T, [history["epoch"], history["train_loss"]])
    assert lines["weights kept"][0][1] == min(history["valid_loss"])
    n_changes = int((np.diff(history["learning_rate"]) != 0).sum())
    assert sum("from here" in label for label in lines) == n_changes


def test_without_validation_there_is_one_loss(pyplot):
    history = {
        "check": [1, 2], "epoch": [1, 2], "train_loss": [2.0, 1.0],
        "valid_loss": [np.nan, np.nan], "learning_rate": [1e-3, 1e-3],
    }  # fmt: skip
    display = TrainingCurveDisplay.from_history(history, name="$x$")
    assert [line.get_label() for line in display.ax_.lines] == ["training"]
    assert display.ax_.get_title() == r"\$x\$"


def test_what_has_no_history_is_refused(model):
    for other in (DeGelderSimilarity(), PairwisePhaseClassifier(SiameseXRPDEmbedder())):
        with pytest.raises(NotFittedError, match="no embedder with a history_"):
            TrainingCurveDisplay.from_estimator(other)
    with pytest.raises(ValueError, match="best_check=99"):
        TrainingCurveDisplay.from_history(model[-1].embedder_[-1].history_, best_check=99)


def test_a_history_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="no check, epoch, train_loss, valid_loss, learning_rate,"):
        TrainingCurveDisplay.from_history({"a": [1]})
    shipped = SiameseXRPDEmbedder.from_pretrained("organic-1", device="cpu")
    with pytest.raises(ValueError, match=r"no check, .*, but rounds, loss, .*; give that"):
        TrainingCurveDisplay.from_estimator(shipped)
    history = {"check": [1, 2], "epoch": [1, 2], "train_loss": [2.0], "valid_loss": [1.0, 1.0]}
    with pytest.raises(ValueError, match=r"train_loss has shape \(1,\), but must be \(2,\)"):
        TrainingCurveDisplay.from_history(history | {"learning_rate": [1e-3, 1e-3]})
