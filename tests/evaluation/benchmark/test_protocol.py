import csv
import json

import numpy as np
import pytest
from sklearn.model_selection import cross_validate

from xrpdsim import LeaveTwoGroupsOut, pair_scoring
from xrpdsim.evaluation.benchmark import Benchmark, make_estimator, protocol

SILENT = {"report": lambda line: None}


def folds_csv(out):
    with (out / "folds.csv").open() as file:
        return list(csv.DictReader(file))


def test_folds_equal_cross_validate(campaign, tmp_path):
    benchmark = Benchmark(campaign, tmp_path, ["naive", "degelder"], max_folds=None, n_jobs=1)
    assert benchmark.run(**SILENT) == []
    for method, rows in benchmark.results().items():
        expected = cross_validate(
            make_estimator(method),
            benchmark.X,
            benchmark.y,
            groups=campaign.compound,
            cv=LeaveTwoGroupsOut(),
            scoring=pair_scoring,
            error_score="raise",
        )
        assert len(rows) == 6
        for metric in ("auroc", "average_precision", "f1", "accuracy", "best_f1"):
            found = [row[metric] for row in rows]
            np.testing.assert_allclose(found, expected[f"test_{metric}"], atol=1e-6)
        compounds = [(row["compound_1"], row["compound_2"]) for row in rows]
        assert len(set(compounds)) == 6


def test_table_of_folds(campaign, tmp_path):
    Benchmark(campaign, tmp_path, ["degelder", "naive"], max_folds=2, n_jobs=2).run(**SILENT)
    rows = folds_csv(tmp_path)
    assert [(row["method"], row["fold"]) for row in rows] == [
        ("naive", "0"),
        ("naive", "1"),
        ("degelder", "0"),
        ("degelder", "1"),
    ]
    assert float(rows[0]["fit_seconds"]) > 0
    assert {rows[0]["compound_1"], rows[0]["compound_2"]} <= set("abcd")


def test_goes_on_where_it_stopped(campaign, tmp_path, monkeypatch):
    Benchmark(campaign, tmp_path, ["naive"], max_folds=2, n_jobs=1).run(**SILENT)
    computed = []
    run_fold = protocol.run_fold

    def counting(method, fold, *arguments, **options):
        computed.append((method, fold))
        return run_fold(method, fold, *arguments, **options)

    monkeypatch.setattr(protocol, "run_fold", counting)
    lines = []
    longer = Benchmark(campaign, tmp_path, ["naive", "pearson"], max_folds=3, n_jobs=1)
    longer.run(report=lines.append)
    assert sorted(computed) == [("naive", 2), ("pearson", 0), ("pearson", 1), ("pearson", 2)]
    assert lines[0] == "2 of 6 folds are there already"
    assert len(folds_csv(tmp_path)) == 6
    assert set(json.loads((tmp_path / "run.json").read_text())["settings"]["methods"]) == {
        "naive",
        "pearson",
    }


def test_interruption_keeps_what_is_done(campaign, tmp_path, monkeypatch):
    run_fold = protocol.run_fold

    def interrupted(method, fold, *arguments, **options):
        if fold == 2:
            raise KeyboardInterrupt
        return run_fold(method, fold, *arguments, **options)

    monkeypatch.setattr(protocol, "run_fold", interrupted)
    benchmark = Benchmark(campaign, tmp_path, ["naive"], max_folds=None, n_jobs=1)
    with pytest.raises(KeyboardInterrupt):
        benchmark.run(**SILENT)
    assert len(benchmark.results()["naive"]) == 2
    assert len(folds_csv(tmp_path)) == 2


def test_failed_fold_names_itself_and_loses_no_other(campaign, tmp_path, capsys):
    campaign.X[campaign.compound == "d"] = 7.0  # flat: the fold has one score for all pairs
    campaign.X[campaign.compound == "d", 100:] = np.nan
    benchmark = Benchmark(campaign, tmp_path, ["naive"], max_folds=None, n_jobs=1)
    failures = benchmark.run(**SILENT)
    assert failures
    assert all("min_overlap" in failure for failure in failures)
    assert failures[0].startswith("naive, fold 0 (a and b): ValueError: pattern")
    assert "Traceback" in capsys.readouterr().err


def test_one_failure_among_folds(campaign, tmp_path, monkeypatch):
    run_fold = protocol.run_fold

    def failing(method, fold, compounds, X, *arguments, **options):
        return run_fold(
            method, fold, compounds, X * np.inf if fold == 1 else X, *arguments, **options
        )

    monkeypatch.setattr(protocol, "run_fold", failing)
    benchmark = Benchmark(campaign, tmp_path, ["naive"], max_folds=3, n_jobs=1)
    with np.errstate(invalid="ignore"):
        failures = benchmark.run(**SILENT)
    assert len(failures) == 1
    assert failures[0].startswith("naive, fold 1 (")
    assert [row["fold"] for row in benchmark.results()["naive"]] == [0, 2]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda campaign: {"seed": 1}, "seed was 0, is now 1"),
        (lambda campaign: campaign.X.__setitem__((0, 0), 3.0) or {}, "data digest was"),
        (lambda campaign: campaign.form.__setitem__(0, "9") or {}, "data digest was"),
    ],
)
def test_folder_of_another_run_is_refused(campaign, tmp_path, change, message):
    Benchmark(campaign, tmp_path, ["naive"])
    options = change(campaign)
    with pytest.raises(ValueError, match=f"holds another run: .*{message}"):
        Benchmark(campaign, tmp_path, ["naive"], **options)


def test_figures_do_not_depend_on_the_number_of_processes(campaign, tmp_path):
    results = []
    for n_jobs in (1, 2):
        benchmark = Benchmark(campaign, tmp_path / str(n_jobs), ["degelder"], n_jobs=n_jobs)
        benchmark.run(**SILENT)
        results.append(
            [
                {name: value for name, value in row.items() if not name.endswith("seconds")}
                for row in benchmark.results()["degelder"]
            ]
        )
    assert results[0] == results[1]
