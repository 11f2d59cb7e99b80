import csv
import io

import pandas as pd
import pytest

from xrpdsim._support._table import Table

TABLE = Table({"method": ["a<b", "c"], "auroc": [1 / 3, 0.5]})


def test_csv_keeps_every_digit():
    rows = list(csv.DictReader(io.StringIO(TABLE.to_csv())))
    assert float(rows[0]["auroc"]) == 1 / 3


def test_markdown_and_html():
    assert TABLE.to_markdown().splitlines()[:2] == ["| method | auroc |", "| --- | --- |"]
    shown = TABLE._repr_html_()
    assert "<th>method</th>" in shown
    assert "<td>a&lt;b</td>" in shown


def test_becomes_a_data_frame():
    pd.testing.assert_frame_equal(TABLE.to_frame(), pd.DataFrame(dict(TABLE)))


def test_rows_and_back():
    assert Table.from_rows(TABLE.rows()) == TABLE
    assert Table.from_rows([]) == {}


def test_uneven_columns_and_rows_are_refused():
    with pytest.raises(ValueError, match="equally long"):
        Table({"a": [1], "b": []})
    with pytest.raises(ValueError, match="row 1 has the columns"):
        Table.from_rows([{"a": 1}, {"b": 1}])
