import json
import sys
import warnings

import matplotlib.image
import numpy as np
import pytest

from xrpdsim.evaluation import summarize_cv
from xrpdsim.evaluation.benchmark import PAPER_METHODS, Benchmark, format_table, write_report
from xrpdsim.evaluation.benchmark._published import PUBLISHED


@pytest.fixture
def benchmark(campaign, tmp_path):
    benchmark = Benchmark(campaign, tmp_path, ["naive", "pearson"], max_folds=None, n_jobs=1)
    benchmark.run(report=lambda line: None)
    return benchmark


def cells(table, row):
    """Return the cells of the first line of a Markdown table that begins with `row`."""
    line = next(line for line in table.splitlines() if line.startswith(f"| {row} "))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_table_in_the_form_of_the_paper(benchmark):
    table, remark = write_report(benchmark.out, benchmark.results())
    assert (benchmark.out / "table.md").read_text() == table
    assert cells(table, "Method")[:6] == [
        "Method",
        "Loss function",
        "Parameters",
        "Folds",
        "AUROC",
        "AUROC, paper",
    ]
    folds = benchmark.results()["naive"]
    columns = {
        name: [fold[name] for fold in folds] for name in ("compound_1", "compound_2", "auroc")
    }
    row = summarize_cv(columns).rows()[0]
    ours = f"{row['mean']:.2f} ± {row['fold_spread']:.2f}"
    assert cells(table, "Naive")[3:6] == ["6", ours, "0.88 ± 0.14"]
    assert cells(table, "Naive")[-2:] == ["0.90 ± 0.13", "naive"]
    assert cells(table, "Pearson")[5] == ""  # the paper does not have it
    assert cells(table, "naive")[1] == f"{row['mean']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"
    assert "Four compounds." in table
    assert "figure.png" in remark
    assert matplotlib.image.imread(benchmark.out / "figure.png").shape[0] > 500


def test_rows_without_folds_say_so(campaign, tmp_path):
    methods = ["naive", "organic-1"]
    asked = Benchmark(campaign, tmp_path, methods, max_folds=1, device="cpu")
    run = Benchmark(campaign, tmp_path, ["naive"], max_folds=1, n_jobs=1)
    run.run(report=lambda line: None)
    table, _ = write_report(asked.out, asked.results())
    assert "different numbers of folds" not in table
    assert cells(table, "De Gelder")[3:6] == [
        "none",
        "",
        "0.92 ± 0.09",
    ]  # the paper's are all there
    assert cells(table, "SMolNet")[1:6] == ["Contrastive", "m = 8", "none", "", "0.97 ± 0.09"]
    assert cells(table, "Pretrained")[3:6] == ["none", "", ""]


def test_the_figures_of_the_paper_are_those_of_its_rows():
    assert list(PUBLISHED) == list(PAPER_METHODS)
    best = max(PUBLISHED, key=lambda method: PUBLISHED[method]["auroc"][0])
    assert best == "smolnet-siglip"
    assert PUBLISHED[best]["average_precision_gain"] == (0.65, 0.31)


def test_trained_rows_are_compared_on_the_folds_that_all_have(benchmark):
    results = benchmark.results()
    for method, value in {"degelder": 0.95, "naive": 0.9}.items():
        figures = {"auroc": value, "average_precision": value}
        results[method] = [fold | figures for fold in results["naive"]]
    results["smolnet-siglip"] = [fold | {"auroc": 0.4} for fold in results.pop("pearson")[:4]]
    run = json.loads((benchmark.out / "run.json").read_text())
    table = format_table(results, run)
    assert "Means over different numbers of folds are of different pairs" in table
    found = cells(table[table.index("AUROC - degelder") :], "smolnet-siglip")
    assert found[:3] == ["smolnet-siglip", "4", "-0.550 [-0.550, -0.550]"]
    assert found[3] == "-0.550 [-0.550, -0.550] (degelder)"
    own = [fold["average_precision"] for fold in results["smolnet-siglip"]]
    assert found[4].startswith(f"{np.mean(own) - 0.95:+.3f} [")


def test_a_single_fold_has_no_interval(campaign, tmp_path):
    run = Benchmark(campaign, tmp_path, ["naive"], max_folds=1, n_jobs=1)
    run.run(report=lambda line: None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table, _ = write_report(run.out, run.results())
    assert cells(table, "naive")[1] == f"{run.results()['naive'][0]['auroc']:.3f}"


def test_without_matplotlib_the_table_is_there(benchmark, monkeypatch):
    monkeypatch.setitem(sys.modules, "xrpdsim.evaluation.benchmark._fold_curves", None)
    table, remark = write_report(benchmark.out, benchmark.results())
    assert table == (benchmark.out / "table.md").read_text()
    assert "xrpdsim[plots]" in remark
    assert not (benchmark.out / "figure.png").exists()


def test_full_disk_leaves_no_half_table(benchmark, monkeypatch):
    def full(self, text):
        raise OSError(28, "No space left on device")

    write_report(benchmark.out, benchmark.results())
    before = (benchmark.out / "table.md").read_text()
    monkeypatch.setattr("xrpdsim._support._files.os.fsync", lambda handle: full(None, None))
    with pytest.raises(OSError, match="No space left"):
        write_report(benchmark.out, benchmark.results())
    assert (benchmark.out / "table.md").read_text() == before
    assert not list(benchmark.out.glob(".table*"))
