"""Tables as a workbook for Excel and other spreadsheets."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

from ..._support._table import Table

# What XML cannot hold.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAX_CELL = 32_767
_MAX_WIDTH = 60


def check_openpyxl() -> None:
    """Raise ImportError, with what to do, where openpyxl is missing."""
    _openpyxl()


def workbook(sheets: Mapping[str, Table]) -> bytes:
    """Return tables as an xlsx file, a sheet each.

    Parameters
    ----------
    sheets : mapping of str to Table
        By the name of the sheet.

    Returns
    -------
    bytes
        No cell is a formula, whatever its text begins with.

    Raises
    ------
    ImportError
        If openpyxl is missing.
    """
    book = _openpyxl().Workbook()
    book.remove(book.active)
    for name, table in sheets.items():
        sheet = book.create_sheet(name)
        rows = [list(table), *zip(*table.values(), strict=True)]
        for number, values in enumerate(rows, start=1):
            for place, value in enumerate(values, start=1):
                cell = sheet.cell(number, place)
                if isinstance(value, str):
                    cell.value = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", value)[:_MAX_CELL]
                    cell.data_type = "s"
                elif value is not None and value == value:
                    cell.value = value
        for place, column in enumerate(zip(*rows, strict=True), start=1):
            widest = max(len(str(value)) for value in column)
            letter = sheet.cell(1, place).column_letter
            sheet.column_dimensions[letter].width = min(widest + 2, _MAX_WIDTH)
        sheet.freeze_panes = "A2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _openpyxl() -> Any:
    try:
        import openpyxl
    except ImportError as error:
        raise ImportError(
            "forms.xlsx needs openpyxl: install it with `pip install xrpdsim[excel]`"
        ) from error
    return openpyxl
