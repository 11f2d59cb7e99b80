import numpy as np
import pytest

from xrpdsim.evaluation.benchmark._fold_curves import draw


def folds(auroc, precision=0.5):
    curve = np.linspace(0, 1, 201).tolist()
    return [
        {
            "auroc": value,
            "average_precision": value * precision,
            "true_positive_rate": curve,
            "precision": curve[::-1],
        }
        for value in auroc
    ]


@pytest.fixture
def figure():
    figure = draw({"naive": folds([0.5, 0.9, 0.99, 1.0]), "degelder": folds([1.0, 1.0, 0.999])})
    figure.canvas.draw()
    return figure


def test_every_fold_is_a_point_of_both_figures_of_merit(figure):
    for axes, factor in zip(figure.axes[:2], (1, 0.5), strict=True):
        naive, degelder = axes.collections
        expected = 1 - factor * np.array([0.5, 0.9, 0.99, 1.0])
        found = naive.get_offsets()[:, 0]
        np.testing.assert_allclose(found[:3], expected[:3])
        assert found[3] > 0  # an axis with a logarithm has no 0
        np.testing.assert_allclose(naive.get_offsets()[:, 1], 0, atol=0.3)
        np.testing.assert_allclose(degelder.get_offsets()[:, 1], 1, atol=0.3)


def test_folds_at_1_stand_at_the_end_and_are_counted(figure):
    auroc, precision = figure.axes[:2]
    end = auroc.get_xlim()[1]
    assert auroc.get_xlim()[0] > 0.5 > end > 0  # read as AUROC, it rises to the right
    assert auroc.collections[0].get_offsets()[3, 0] == pytest.approx(end)
    assert [text.get_text() for text in auroc.texts] == ["1", "2"]
    assert [text.get_text() for text in precision.texts] == ["0", "0"]
    labels = [label.get_text() for label in auroc.get_xticklabels()]
    assert labels[0] == "0.5"
    assert labels[-1] == "1"
    assert [float(label) for label in labels] == sorted(map(float, labels))


def test_curves_are_means_over_folds():
    two = folds([0.9, 0.8])
    two[1]["precision"] = [1.0] * 201
    roc, precision = draw({"naive": two}).axes[2:]
    np.testing.assert_allclose(precision.lines[0].get_ydata(), 1 - np.linspace(0, 1, 201) / 2)
    x, y = roc.lines[0].get_data()
    np.testing.assert_allclose(x, y)
    assert roc.get_xscale() == "log"


def test_many_rows_are_told_apart():
    figure = draw({f"row {number}": folds([0.9, 0.95]) for number in range(16)})
    lines = figure.axes[2].lines
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == 16
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()][15] == "row 15"
