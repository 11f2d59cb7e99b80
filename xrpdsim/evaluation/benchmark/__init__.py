"""The paper's protocol over methods and folds, and its table."""

from .methods import METHODS, PAPER_METHODS, make_estimator
from .protocol import Benchmark, run_fold
from .report import format_table, write_report

__all__ = [
    "METHODS",
    "PAPER_METHODS",
    "make_estimator",
    "Benchmark",
    "run_fold",
    "format_table",
    "write_report",
]
