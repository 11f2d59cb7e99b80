import csv
import json
import os
import re
import signal
import subprocess
import sys
import warnings
from contextlib import suppress

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.utils import Bunch

from xrpdsim import DeGelderSimilarity, LeaveTwoGroupsOut, pair_scoring
from xrpdsim.evaluation.benchmark import Benchmark, make_estimator, protocol, write_report
from xrpdsim.patterns import default_two_theta
from xrpdsim.preprocessing import PatternNormalizer

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
    Benchmark(campaign, tmp_path, ["naive"], max_folds=1, n_jobs=1).run(**SILENT)
    options = change(campaign)
    with pytest.raises(ValueError, match=f"holds another run: .*{message}"):
        Benchmark(campaign, tmp_path, ["naive"], **options)


def test_a_run_without_any_fold_is_replaced(campaign, tmp_path):
    Benchmark(campaign, tmp_path, ["pearson"], seed=1)
    benchmark = Benchmark(campaign, tmp_path, ["naive"], max_folds=1, n_jobs=1, seed=2)
    assert benchmark.run(**SILENT) == []
    settings = json.loads((tmp_path / "run.json").read_text())["settings"]
    assert (settings["seed"], list(settings["methods"])) == (2, ["naive"])


def test_what_cannot_be_run_leaves_no_folder(campaign, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(ValueError, match="seed=-1 must be 0 or more"):
        Benchmark(campaign, out, ["naive"], seed=-1)
    campaign.form[5] = None
    with pytest.raises(ValueError, match="no label in row 5"):
        Benchmark(campaign, out, ["naive"])
    campaign.form[5] = float("nan")
    with pytest.raises(ValueError, match="no label in row 5"):
        Benchmark(campaign, out, ["naive"])
    assert not out.exists()


def test_a_mask_counts_as_not_measured(campaign, tmp_path):
    campaign.X = np.ma.masked_array(campaign.X, mask=np.zeros(campaign.X.shape, dtype=bool))
    campaign.X[:, :7] = np.ma.masked
    benchmark = Benchmark(campaign, tmp_path, "naive")
    assert np.isnan(benchmark.X[:, :7]).all()
    assert np.isfinite(benchmark.X[:, 7:]).all()
    assert benchmark.methods == ["naive"]


@pytest.mark.parametrize("n_jobs", [-1, None])
def test_folds_side_by_side_are_counted_as_joblib_counts_them(campaign, tmp_path, n_jobs):
    benchmark = Benchmark(campaign, tmp_path, "naive", n_jobs=n_jobs)
    assert benchmark.n_jobs == joblib.cpu_count()


def on_grid(campaign, two_theta):
    return Bunch(**campaign, two_theta=two_theta)


def test_the_grid_of_the_campaign_is_that_of_the_measures(campaign, tmp_path):
    grid = 5 + 0.05 * np.arange(400)
    benchmark = Benchmark(on_grid(campaign, grid), tmp_path, ["degelder-wide"], n_jobs=1)
    benchmark.run(**SILENT)
    row = benchmark.results()["degelder-wide"][0]
    train, test = benchmark.folds[0]
    measure = DeGelderSimilarity(two_theta=grid)
    expected = make_pipeline(PatternNormalizer(), measure).fit(
        benchmark.X[train], benchmark.y[train]
    )
    assert row["threshold"] == pytest.approx(expected[-1].threshold_)
    assert row["auroc"] == expected.score(benchmark.X[test], benchmark.y[test])
    assert "warnings" not in row  # of a grid that nobody stated
    # columns that are angles say it, too
    frame = Bunch(**campaign | {"X": pd.DataFrame(campaign.X, columns=grid)})
    assert Benchmark(frame, tmp_path, ["degelder-wide"]).results()
    with pytest.raises(ValueError, match=r"another run: data grid was '5 to 24\.95 degrees"):
        Benchmark(campaign, tmp_path, ["degelder-wide"])


def test_the_common_grid_changes_no_settings(campaign, tmp_path):
    for name, two_theta in (("stated", default_two_theta()), ("not", None)):
        campaign.X = np.tile(campaign.X[:, :390], 5)
        Benchmark(on_grid(campaign, two_theta), tmp_path / name, ["degelder", "pretrained"])
    stated, not_stated = (
        json.loads((tmp_path / name / "run.json").read_text())["settings"]
        for name in ("stated", "not")
    )
    assert stated == not_stated
    assert stated["data"].keys() == {
        "description",
        "n_patterns",
        "n_points",
        "n_compounds",
        "digest",
    }
    assert "two_theta=None" in stated["methods"]["degelder"]["estimator"]


@pytest.mark.parametrize("method", ["pretrained", "organic-1+finetune"])
def test_shipped_rows_are_refused_on_another_grid(campaign, tmp_path, method):
    campaign.X = np.tile(campaign.X, 5)[:, :1950]
    wrong = on_grid(campaign, 5 + 0.02 * np.arange(1950))
    with pytest.raises(ValueError, match=f"{re.escape(method)}: shipped weights are for 1950"):
        Benchmark(wrong, tmp_path / "out", ["naive", method])
    assert not (tmp_path / "out").exists()


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


def numbers_of(results):
    return {method: [row["fold"] for row in rows] for method, rows in results.items()}


@pytest.mark.slow
def test_more_than_a_thousand_folds_are_all_reported(tmp_path):
    rng = np.random.default_rng(0)
    names = [f"compound {number}" for number in range(46)]
    many = Bunch(
        X=rng.random((3 * 46, 20)),
        compound=np.repeat(np.array(names, dtype=object), 3),
        form=np.array(["I", "I", "II"] * 46, dtype=object),
        DESCR="46 compounds.",
    )
    benchmark = Benchmark(many, tmp_path, ["pearson"], max_folds=None, n_jobs=1)
    benchmark.run(**SILENT)
    assert numbers_of(benchmark.results()) == {"pearson": list(range(1035))}
    assert len(folds_csv(tmp_path)) == 1035


def test_an_edited_fold_is_named_and_computed_again(campaign, tmp_path):
    benchmark = Benchmark(campaign, tmp_path, ["naive"], max_folds=3, n_jobs=1)
    benchmark.run(**SILENT)
    before = benchmark.results()
    path = tmp_path / "folds" / "naive-001.json"
    whole = path.read_text()
    content = json.loads(whole)
    content["fold"]["auroc"] = 0.123
    for damage in (json.dumps(content), whole[: len(whole) // 2], json.dumps(content["fold"])):
        path.write_text(damage)
        with pytest.warns(UserWarning, match=r"naive-001\.json .*: it is left out"):
            assert numbers_of(benchmark.results()) == {"naive": [0, 2]}
        lines = []
        benchmark.run(report=lines.append)
        assert str(path) in lines[0]
        assert lines[0].endswith("computed again")
        for found, expected in zip(benchmark.results()["naive"], before["naive"], strict=True):
            assert all(found[name] == expected[name] for name in found if "seconds" not in name)


def test_a_damaged_fold_of_another_method_is_left_out(campaign, tmp_path):
    Benchmark(campaign, tmp_path, ["naive"], max_folds=2, n_jobs=1).run(**SILENT)
    path = tmp_path / "folds" / "naive-001.json"
    path.write_text("{}")
    lines = []
    Benchmark(campaign, tmp_path, ["pearson"], max_folds=2, n_jobs=1).run(report=lines.append)
    assert str(path) in lines[0]
    assert lines[0].endswith("left out")
    assert [row["method"] for row in folds_csv(tmp_path)] == ["naive", "pearson", "pearson"]


def test_a_table_cut_in_half_is_whole_after_the_next_run(campaign, tmp_path):
    benchmark = Benchmark(campaign, tmp_path, ["naive"], max_folds=3, n_jobs=1)
    benchmark.run(**SILENT)
    table = tmp_path / "folds.csv"
    whole = table.read_text()
    table.write_text(whole[: len(whole) // 2])
    benchmark.run(**SILENT)
    assert table.read_text() == whole


@pytest.mark.parametrize("content", ['{"settings": {"me', "[]", '{"settings": 3}', "{}"])
def test_half_a_run_file_names_itself_and_loses_no_fold(campaign, tmp_path, content):
    benchmark = Benchmark(campaign, tmp_path, ["naive"], max_folds=2, n_jobs=1)
    benchmark.run(**SILENT)
    path = tmp_path / "run.json"
    path.write_text(content)
    for use in (
        benchmark.run,
        benchmark.results,
        lambda: Benchmark(campaign, tmp_path, ["naive"]),
        lambda: write_report(tmp_path, {}),
    ):
        with pytest.raises(ValueError, match=r"run\.json is n.*; delete it and run the same"):
            use()
    path.unlink()
    lines = []
    benchmark.run(report=lines.append)
    assert lines == ["2 of 2 folds are there already"]


def test_a_second_run_into_one_folder_is_refused(campaign, tmp_path):
    benchmark = Benchmark(campaign, tmp_path, ["naive"], max_folds=1, n_jobs=1)
    other = Benchmark(campaign, tmp_path, ["naive"], max_folds=1, n_jobs=1)
    refused = []

    def try_others(line):
        for use in (lambda: Benchmark(campaign, tmp_path, ["pearson"]), other.run):
            with pytest.raises(BlockingIOError, match=f"by process {os.getpid()} on .*, since 20"):
                use()
            refused.append(line)

    assert benchmark.run(report=try_others) == []
    assert len(refused) == 4  # for the fold and for the row
    assert other.run(**SILENT) == []


KILLED = """
import os, signal, sys
import numpy as np, psutil
from sklearn.utils import Bunch
from xrpdsim.evaluation.benchmark import Benchmark

def kill(line):
    workers = psutil.Process().children()
    assert len(workers) >= 2
    print(*(worker.pid for worker in workers), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

rng = np.random.default_rng(0)
campaign = Bunch(
    X=rng.random((40, 50)),
    compound=np.repeat(np.array(list("abcde"), dtype=object), 8),
    form=np.array(["1", "2"] * 20, dtype=object),
    DESCR="",
)
benchmark = Benchmark(campaign, sys.argv[1], ["naive"], max_folds=None, n_jobs=4 - len(sys.argv))
if len(sys.argv) > 2:
    print(len(benchmark.run(lambda line: None)), len(benchmark.results()["naive"]))
else:
    benchmark.run(kill)
"""


def test_workers_end_when_the_run_is_killed_and_the_next_goes_on(tmp_path):
    psutil = pytest.importorskip("psutil")
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    killed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, timeout=300)
    assert killed.returncode == -signal.SIGKILL
    workers = []
    for pid in killed.stdout.split():
        with suppress(psutil.NoSuchProcess):
            workers.append(psutil.Process(int(pid)))
    # they look every half second; what is left after a minute would be left for ever
    _, left = psutil.wait_procs(workers, timeout=60)
    assert [worker for worker in left if worker.status() != psutil.STATUS_ZOMBIE] == []
    done = subprocess.run([*command, "resume"], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.split() == ["0", "10"]


def test_quick_rows_come_first_and_are_shown_when_they_are_whole(campaign, tmp_path, monkeypatch):
    def run_fold(method, fold, compounds, *arguments, **options):
        figures = {"auroc": 0.9 + fold / 100, "average_precision": 0.8, "f1": 0.7}
        seconds = {"fit_seconds": 3.0, "score_seconds": 1.0}
        names = {"compound_1": compounds[0], "compound_2": compounds[1]}
        return {"method": method, "fold": fold, **names, **figures, **seconds}

    monkeypatch.setattr(protocol, "run_fold", run_fold)
    methods = ["smolnet-siglip", "smolnet-ntxent", "pretrained", "naive"]
    lines = []
    Benchmark(campaign, tmp_path, methods, max_folds=2, n_jobs=1, device="cpu").run(lines.append)
    assert lines == [
        "[1/8, left: naive 0:04; not known yet: pretrained, smolnet-siglip, smolnet-ntxent] naive, "
        "fold 0 (a and b): AUROC 0.900",
        "[2/8, not known yet: pretrained, smolnet-siglip, smolnet-ntxent] naive, fold 1 (c and d): "
        "AUROC 0.910",
        "naive: AUROC 0.905, AP 0.800, F1 0.700, mean of 2 folds; 4.0 s a fold",
        "[3/8, left: pretrained 0:04; not known yet: smolnet-siglip, smolnet-ntxent] pretrained, "
        "fold 0 (a and b): AUROC 0.900",
        "[4/8, not known yet: smolnet-siglip, smolnet-ntxent] pretrained, fold 1 (c and d): AUROC "
        "0.910",
        "pretrained: AUROC 0.905, AP 0.800, F1 0.700, mean of 2 folds; 4.0 s a fold",
        "[5/8, left: smolnet-siglip 0:04; not known yet: smolnet-ntxent] smolnet-siglip, fold 0 (a "
        "and b): AUROC 0.900",
        "[6/8, left: smolnet-siglip 0:04, smolnet-ntxent 0:04] smolnet-ntxent, fold 0 (a and b): "
        "AUROC 0.900",
        "[7/8, left: smolnet-ntxent 0:04] smolnet-siglip, fold 1 (c and d): AUROC 0.910",
        "smolnet-siglip: AUROC 0.905, AP 0.800, F1 0.700, mean of 2 folds; 4.0 s a fold",
        "[8/8, nothing left] smolnet-ntxent, fold 1 (c and d): AUROC 0.910",
        "smolnet-ntxent: AUROC 0.905, AP 0.800, F1 0.700, mean of 2 folds; 4.0 s a fold",
    ]


def test_warnings_of_folds_are_told_once_and_do_not_leak(campaign, tmp_path):
    campaign.X[3] = 5.0  # a flat pattern of compound a
    lines = []
    benchmark = Benchmark(campaign, tmp_path, ["pearson"], max_folds=None, n_jobs=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        benchmark.run(lines.append)
    told = [line for line in lines if " warns: " in line]
    assert told
    assert len({line.partition(" warns: ")[2] for line in told}) == len(told)
    assert any("flat" in line for line in told)
    assert "warnings" not in folds_csv(tmp_path)[0]


def test_run_json_shows_the_numbers_of_networks(campaign, tmp_path):
    methods = ["naive", "smolnet-siglip", "organic-1+finetune"]
    Benchmark(campaign, tmp_path, methods, device="cpu")
    found = json.loads((tmp_path / "run.json").read_text())["settings"]["methods"]
    shown = found["smolnet-siglip"]["estimator"]
    for value in ("architecture='smolnet'", "batch_size=64", "margin=8.0", "lr_patience=15"):
        assert value in shown
    assert "..." not in shown
    assert (
        found["smolnet-siglip"]["trained_with"].items()
        >= {
            "lr": 5e-3,
            "max_epochs": 20,
            "siglip_t": 5.0,
            "siglip_b": 3.0,
        }.items()
    )
    assert found["organic-1+finetune"]["trained_with"] == {"lr": 1e-4, "max_epochs": 5}
    assert "trained_with" not in found["naive"]
