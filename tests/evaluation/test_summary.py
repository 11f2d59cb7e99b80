import warnings
from itertools import combinations

import numpy as np
import pytest

from xrpdsim._support._table import Table
from xrpdsim.evaluation import compare_cv, resample_compounds, summarize_cv
from xrpdsim.evaluation.scorers import METRICS
from xrpdsim.patterns.splitting import LeaveTwoGroupsOut


def run(n_compounds=6, seed=0, max_splits=None):
    """What cross_validate returns, with figures that depend on the compounds, and its groups."""
    rng = np.random.default_rng(seed)
    groups = np.repeat([f"c{number}" for number in range(n_compounds)], 2)
    cv = LeaveTwoGroupsOut(max_splits=max_splits)
    splits = list(cv.split(groups, groups=groups))
    results = {
        "fit_time": np.ones(len(splits)),
        "test_auroc": rng.random(len(splits)),
        "test_f1": rng.random(len(splits)),
        "indices": {"train": [s[0] for s in splits], "test": [s[1] for s in splits]},
    }
    return results, groups


def as_columns(results, groups):
    """The same as a table of folds."""
    tested = [sorted(set(groups[rows])) for rows in results["indices"]["test"]]
    return Table(
        {
            "method": ["naive"] * len(tested),
            "fold": range(len(tested)),
            "compound_1": [first for first, _ in tested],
            "compound_2": [second for _, second in tested],
            "auroc": results["test_auroc"],
            "f1": results["test_f1"],
            "fit_seconds": results["fit_time"],
        }
    )


def one_resampled_mean(values, tested, drawn):
    """Brute force: every ordered draw of two positions that hold a fold's two compounds."""
    by_fold = {frozenset(pair): value for pair, value in zip(tested, values, strict=True)}
    picked = [
        by_fold[frozenset(pair)] for pair in combinations(drawn, 2) if frozenset(pair) in by_fold
    ]
    return np.mean(picked) if picked else None


def test_mean_and_spread():
    results, groups = run()
    table = summarize_cv(results, groups)
    assert table["metric"] == ["auroc", "f1"]
    for row in table.rows():
        values = results[f"test_{row['metric']}"]
        assert row["mean"] == pytest.approx(values.mean(), abs=1e-15)
        assert row["fold_spread"] == pytest.approx(1.96 * np.std(values, ddof=1), abs=1e-15)
        assert row["low"] < row["mean"] < row["high"]


@pytest.mark.parametrize("max_splits", [None, 3])
def test_interval_is_that_of_resampled_compounds(max_splits):
    results, groups = run(max_splits=max_splits)
    tested = [set(groups[rows]) for rows in results["indices"]["test"]]
    rng = np.random.default_rng(1)
    means = []
    while len(means) < 20_000:
        mean = one_resampled_mean(
            results["test_auroc"], tested, rng.choice(np.unique(groups), size=6)
        )
        if mean is not None:
            means.append(mean)
    row = summarize_cv(results, groups, n_resamples=20_000).rows()[0]
    np.testing.assert_allclose(
        [row["low"], row["high"]], np.quantile(means, [0.025, 0.975]), atol=0.01
    )


def test_columns_of_folds_give_the_same():
    results, groups = run()
    assert summarize_cv(as_columns(results, groups)) == summarize_cv(results, groups)


def test_columns_read_back_from_csv_give_the_same():
    results, groups = run()
    columns = as_columns(results, groups)
    as_text = {name: [str(value) for value in values] for name, values in columns.items()}
    assert summarize_cv(as_text) == summarize_cv(columns)


def test_data_frame_gives_the_same():
    results, groups = run()
    columns = as_columns(results, groups)
    assert summarize_cv(columns.to_frame()) == summarize_cv(columns)


def test_repeatable_and_seeded():
    results, groups = run()
    assert summarize_cv(results, groups) == summarize_cv(results, groups)
    other = summarize_cv(results, groups, random_state=1)
    assert other["mean"] == summarize_cv(results, groups)["mean"]
    assert other["low"] != summarize_cv(results, groups)["low"]


def test_confidence():
    results, groups = run()
    wide = summarize_cv(results, groups, confidence=0.99).rows()[0]
    narrow = summarize_cv(results, groups, confidence=0.5).rows()[0]
    assert wide["low"] < narrow["low"] < narrow["high"] < wide["high"]
    with pytest.raises(ValueError, match="confidence=95"):
        summarize_cv(results, groups, confidence=95)
    for number in (0, 10.5, "10"):
        with pytest.raises(ValueError, match=f"n_resamples={number!r} must be a whole number"):
            summarize_cv(results, groups, n_resamples=number)


def test_nothing_can_be_resampled_from_no_fold():
    with pytest.raises(ValueError, match="tested is empty"):
        resample_compounds([])


def test_resampling_leaves_the_global_generator_alone():
    position = np.random.get_state()[2]  # noqa: NPY002
    first, second = (resample_compounds([("a", "b"), ("b", "c")], 50) for _ in range(2))
    assert np.random.get_state()[2] == position  # noqa: NPY002
    assert (first != second).any()


def test_a_metric_may_be_given_bare():
    results, groups = run()
    found = summarize_cv(results, groups, metrics="auroc")
    assert found == summarize_cv(results, groups, metrics=["auroc"])
    assert compare_cv(results, results, groups, metrics="auroc")["metric"] == ["auroc"]


def test_metrics_can_be_chosen():
    results, groups = run()
    assert summarize_cv(results, groups, metrics=["f1"])["metric"] == ["f1"]
    columns = as_columns(results, groups)
    assert summarize_cv(columns, metrics=["fit_seconds"])["mean"] == [1.0]
    assert set(summarize_cv(columns)["metric"]) <= set(METRICS)
    with pytest.raises(ValueError, match="no metric recall"):
        summarize_cv(results, groups, metrics=["recall"])


def test_resamples_without_any_fold_are_drawn_again():
    # Two disjoint folds of four compounds: 23 % of all draws hold neither.
    columns = {"compound_1": ["a", "c"], "compound_2": ["b", "d"], "auroc": [0.2, 0.6]}
    row = summarize_cv(columns).rows()[0]
    assert (row["low"], row["high"]) == (0.2, 0.6)


@pytest.mark.parametrize("drop", ["indices", "groups"])
def test_without_compounds_no_interval(drop):
    results, groups = run()
    if drop == "indices":
        del results["indices"]
    with pytest.warns(UserWarning, match="return_indices=True"):
        table = summarize_cv(results, None if drop == "groups" else groups)
    assert list(table) == ["metric", "mean", "fold_spread"]


def test_one_fold_has_no_interval():
    results, groups = run(max_splits=1)
    with pytest.warns(UserWarning, match="one fold says nothing"):
        table = summarize_cv(results, groups)
    assert "low" not in table
    assert np.isnan(table["fold_spread"]).all()


def test_nan_names_the_fold():
    results, groups = run()
    results["test_f1"][4] = np.nan
    with pytest.raises(ValueError, match=r"f1 of fold 4 \(c\d and c\d\) is NaN"):
        summarize_cv(results, groups)
    with pytest.raises(ValueError, match=r"f1 of fold 4 is NaN"):
        summarize_cv(results)


def test_other_bad_input():
    results, groups = run()
    with pytest.raises(ValueError, match=r"groups has shape \(5,\)"):
        summarize_cv(results, groups[:5])
    with pytest.raises(ValueError, match=r"fold 0 tests the compounds \['all'\]"):
        summarize_cv(results, ["all"] * 12)
    with pytest.raises(ValueError, match="no metric at all"):
        summarize_cv({"fit_time": [1.0]})
    with pytest.raises(ValueError, match="no folds"):
        summarize_cv({"test_auroc": []})
    columns = as_columns(results, groups)
    columns["method"][3] = "degelder"
    with pytest.raises(ValueError, match=r"several methods, \['degelder', 'naive'\]"):
        summarize_cv(columns)


def test_compare():
    a, groups = run(seed=0)
    b, _ = run(seed=1)
    b["test_f1"] = a["test_f1"].copy()
    b["test_f1"][:4] -= 0.1
    b["test_f1"][4:6] += 0.2
    table = compare_cv(a, b, groups)
    auroc, f1 = table.rows()
    assert (f1["won"], f1["lost"], f1["tied"]) == (4, 2, 9)
    assert f1["difference"] == pytest.approx(0)
    assert auroc["difference"] == pytest.approx((a["test_auroc"] - b["test_auroc"]).mean())
    assert auroc["low"] < auroc["difference"] < auroc["high"]
    turned = compare_cv(b, a, groups).rows()[0]
    assert turned["low"] == pytest.approx(-auroc["high"], abs=1e-3)
    assert compare_cv(as_columns(a, groups), b, groups) == table


def test_compare_uses_the_folds_in_pairs():
    # A constant difference is certain, however much folds differ.
    a, groups = run()
    b = a | {"test_auroc": a["test_auroc"] - 0.05}
    row = compare_cv(a, b, groups, metrics=["auroc"]).rows()[0]
    assert (row["low"], row["high"]) == (pytest.approx(0.05), pytest.approx(0.05))


def test_compare_refuses_other_folds():
    a, groups = run()
    fewer, _ = run(max_splits=5)
    with pytest.raises(ValueError, match="15 of the first method, 5 of the second"):
        compare_cv(a, fewer, groups)
    turned, _ = run()
    turned["indices"]["test"] = turned["indices"]["test"][::-1]
    with pytest.raises(ValueError, match="differ at fold 0 in their test rows"):
        compare_cv(a, turned, groups)
    with pytest.raises(ValueError, match=r"differ at fold 0: \('c0', 'c1'\)"):
        compare_cv(as_columns(a, groups), as_columns(turned, groups))
    only_f1 = {name: values for name, values in a.items() if name != "test_auroc"}
    only_auroc = {name: values for name, values in a.items() if name != "test_f1"}
    with pytest.raises(ValueError, match="no metric in common"):
        compare_cv(only_f1, only_auroc, groups)


def test_compare_warns_where_folds_cannot_be_told():
    with (
        pytest.warns(UserWarning, match="taken for granted"),
        pytest.warns(UserWarning, match="return_indices=True"),
    ):
        table = compare_cv({"test_f1": [0.5, 1.0]}, {"test_f1": [0.5, 0.5]})
    assert table["difference"] == [0.25]


def test_nothing_is_warned_of_where_all_is_known():
    results, groups = run()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compare_cv(results, results, groups)
