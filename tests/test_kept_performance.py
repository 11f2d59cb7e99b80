"""`make performance` names what became slower; its timings decide no test."""

import csv
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "docs" / "performance"
SUITE = ROOT / "benchmarks" / "performance"


@pytest.fixture(scope="module")
def suite():
    spec = importlib.util.spec_from_file_location("suite_of_benchmarks", SUITE / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def figures(suite, tmp_path, monkeypatch):
    monkeypatch.setattr(suite, "KEPT", tmp_path)
    (tmp_path / "ratios.csv").write_text("What,Beside,Ratio\nde Gelder,a product,2.0\n")
    return suite.Figures("ratios", ("What", "Beside"), "Ratio")


@pytest.mark.parametrize("ratio", [0.1, 2.0, 2.59])
def test_what_is_no_slower_passes(figures, ratio):
    figures.check(ratio, "de Gelder", "became slower")


def test_what_is_slower_is_named_with_both_figures(figures):
    with pytest.raises(pytest.fail.Exception, match=r"de Gelder became slower: 2\.62, .* 2$"):
        figures.check(2.62, "de Gelder", "became slower")


def test_what_was_never_measured_passes(figures):
    figures.check(1000.0, "something new", "became slower")


def test_figures_stand_beside_those_of_the_last_time(figures):
    figures.add(2.62, "de Gelder", "a product", Milliseconds="31")
    figures.add(1.0, "something new", "a product", Milliseconds="12")
    assert figures.beside_last().rows() == [
        {"What": "de Gelder", "Beside": "a product", "Ratio": "2.62", "Milliseconds": "31",
         "last time": 2.0},
        {"What": "something new", "Beside": "a product", "Ratio": "1", "Milliseconds": "12",
         "last time": ""},
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "column"), [("ratios", "Ratio"), ("memory", "MB")])
def test_the_kept_tables_can_be_compared_with(name, column):
    with (KEPT / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 3
    assert all(float(row[column]) > 0 for row in rows)
