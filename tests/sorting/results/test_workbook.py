import io
import sys

import pytest

from xrpdsim._support._table import Table
from xrpdsim.sorting.results._workbook import check_openpyxl, workbook


def test_cells_that_xml_cannot_hold_are_replaced():
    openpyxl = pytest.importorskip("openpyxl")
    table = Table({"file": ["a\x00b", "=1+1", "c" * 40_000], "value": [1.5, float("nan"), None]})
    sheet = openpyxl.load_workbook(io.BytesIO(workbook({"one": table})))["one"]
    values = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert values[0] == ["a\ufffdb", 1.5]
    assert values[1] == ["=1+1", None]
    assert sheet["A3"].data_type == "s"
    assert len(values[2][0]) == 32_767


def test_a_missing_library_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(ImportError, match=r"pip install xrpdsim\[excel\]"):
        check_openpyxl()
