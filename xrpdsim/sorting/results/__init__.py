"""What of a sorted screen is filed and passed on: peak lists, typical patterns, tables, a record.

`result_files` makes the files of a sorted screen, as contents. `describe_run` makes the record of a
run, which `complete_record` ends and `verify_record` checks later. `file_results` writes them all,
or none. Nothing here draws.
"""

from .filing import file_results
from .form_peaks import form_peaks, typical_pattern
from .record import complete_record, describe_run
from .references_found import references_found
from .result_files import result_files
from .verifying import RecordCheck, verify_record

__all__ = [
    "result_files",
    "references_found",
    "file_results",
    "form_peaks",
    "typical_pattern",
    "describe_run",
    "complete_record",
    "verify_record",
    "RecordCheck",
]
