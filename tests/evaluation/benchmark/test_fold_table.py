from xrpdsim._support._csv import read_csv
from xrpdsim.evaluation.benchmark._fold_table import FoldTable


def fold(method, number, **figures):
    return {"method": method, "fold": number, "precision": [1.0, 0.5], **figures}


def test_rows_are_by_method_and_fold_and_of_figures_only(tmp_path):
    table = FoldTable(tmp_path / "folds.csv", {"degelder": [fold("degelder", 1000)]})
    for number in (2, 0):
        table.add(fold("naive", number, compound_1="=1+1"))
    table.write()
    found = read_csv(tmp_path / "folds.csv")
    assert found.columns == ["method", "fold", "compound_1"]
    assert [tuple(row.values()) for row in found.rows] == [
        ("naive", "0", "=1+1"),
        ("naive", "2", "=1+1"),
        ("degelder", "1000", ""),
    ]


def test_a_file_that_is_there_is_replaced_at_once(tmp_path):
    path = tmp_path / "folds.csv"
    path.write_text("method,fold\nnaive,0\nnai")
    FoldTable(path, {"naive": [fold("naive", 0)]})
    assert path.read_text() == "method,fold\nnaive,0\n"


def test_without_folds_there_is_no_table(tmp_path):
    FoldTable(tmp_path / "folds.csv", {}).write()
    assert not (tmp_path / "folds.csv").exists()
