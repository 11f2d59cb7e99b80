"""The runs behind docs/benchmarks.md are kept in `benchmarks/folds`, and the page shows them."""

from pathlib import Path

import pytest

from xrpdsim.evaluation.benchmark import format_table, unpack
from xrpdsim.evaluation.benchmark._fold_files import FoldFiles
from xrpdsim.evaluation.benchmark._provenance import read_run

ROOT = Path(__file__).parents[3]
KEPT = sorted((ROOT / "benchmarks" / "folds").glob("*.xz"))
PAGE = ROOT / "docs" / "benchmarks.md"


def lines(table):
    return [line for line in table.splitlines() if line.startswith("|")]


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_the_page_shows_the_tables_of_the_runs(path, tmp_path):
    unpack(path, tmp_path)
    run = read_run(tmp_path / "run.json")
    results, refused = FoldFiles(tmp_path / "folds", run["settings"]).read()
    assert refused == {}
    shown = set(lines(PAGE.read_text("utf-8")))
    missing = [line for line in lines(format_table(results, run)) if line not in shown]
    assert missing == []


def test_runs_are_kept():
    assert {path.stem for path in KEPT} == {"minerals", "well-plate"}
