import json
import sys

import matplotlib.image
import pytest

from xrpdsim.evaluation import summarize_cv
from xrpdsim.evaluation.benchmark import Benchmark, write_report


@pytest.fixture
def benchmark(campaign, tmp_path):
    benchmark = Benchmark(campaign, tmp_path, ["naive", "pearson"], max_folds=None, n_jobs=1)
    benchmark.run(report=lambda line: None)
    return benchmark


def test_table_in_the_form_of_the_paper(benchmark):
    table, remark = write_report(benchmark.out, benchmark.results())
    assert (benchmark.out / "table.md").read_text() == table
    columns = "| Method | Loss function | Parameters | AUROC | AUPRC gain | Acc | F1 |"
    assert columns in " ".join(table.split())
    folds = benchmark.results()["naive"]
    columns = {
        name: [fold[name] for fold in folds] for name in ("compound_1", "compound_2", "auroc")
    }
    row = summarize_cv(columns).rows()[0]
    assert f"{row['mean']:.2f} ± {row['fold_spread']:.2f}" in table
    assert f"{row['mean']:.2f} [{row['low']:.2f}, {row['high']:.2f}]" in table
    assert "Four compounds." in table
    assert "figure.png" in remark
    assert matplotlib.image.imread(benchmark.out / "figure.png").shape[0] > 500


def test_trained_row_that_loses_is_said_to_lose(benchmark):
    results = benchmark.results()
    results["smolnet-siglip"] = [fold | {"auroc": 0.4} for fold in results.pop("pearson")[:4]]
    run = json.loads((benchmark.out / "run.json").read_text())
    from xrpdsim.evaluation.benchmark import format_table

    table = format_table(results, run)
    assert "- smolnet-siglip loses to the best classical row, naive, in AUROC: 0.40" in table
    assert "over 4 fold(s)" in table


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
