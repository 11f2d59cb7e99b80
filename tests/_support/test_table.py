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
    head, line, first, _ = TABLE.to_markdown().splitlines()
    assert head.split() == ["|", "method", "|", "auroc", "|"]
    assert set(line) == {"|", "-"}
    assert first.split() == ["|", "a<b", "|", "0.3333", "|"]
    shown = TABLE._repr_html_()
    assert "<th>method" in shown
    assert "<td>a&lt;b" in shown
    assert "<b" not in shown.replace("<body", "")


@pytest.mark.parametrize("name", ["Form I\r\nForm II", "Form I\rForm II", "Form I\vForm II"])
def test_a_row_stays_one_line_whatever_a_name_holds(name):
    table = Table({"form": [name], "n": [3]})
    assert len(str(table).splitlines()) == 2
    assert len(table.to_markdown().splitlines()) == 3
    assert "Form I Form II" in str(table)


def test_a_bar_in_a_name_begins_no_column():
    assert r"a\|b" in Table({"form": ["a|b"]}).to_markdown()


def test_digits_are_kept_as_they_are_written():
    shown = str(Table({"form": ["0012", "1e5", "0.50"], "score": [0.5, 1e-12, float("nan")]}))
    assert [line.split() for line in shown.splitlines()[1:]] == [
        ["0012", "0.5"],
        ["1e5", "1e-12"],
        ["0.50", "nan"],
    ]


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
