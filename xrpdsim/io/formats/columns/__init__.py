"""Columns of numbers without a specification: xy, xye, csv, txt, dat, prn.

Every other format announces itself; this one is what is left. It never picks numbers out of text:
a file is read only if every line is a comment, a heading or a row of one table.
"""

from .reader import COLUMNS

__all__ = ["COLUMNS"]
