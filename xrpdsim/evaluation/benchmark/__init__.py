"""The paper's protocol: each method on all compounds but two, scored on these two, and its table.

A run is kept in a folder and can be interrupted at any time. It never trusts a fold that it did not
write itself, and never chooses a method or a parameter by the folds.
"""

from .methods import METHODS, PAPER_METHODS, make_estimator
from .one_fold import run_fold
from .packed_folds import pack, unpack
from .paper_table import format_table, write_report
from .protocol import Benchmark

__all__ = [
    "METHODS",
    "PAPER_METHODS",
    "make_estimator",
    "Benchmark",
    "run_fold",
    "pack",
    "unpack",
    "format_table",
    "write_report",
]
