"""``xrpdsim verify``: whether the files of a run are still those of its record."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_parser(commands: Any) -> None:
    """Register the command.

    Parameters
    ----------
    commands : object
        What `argparse.ArgumentParser.add_subparsers` returns.
    """
    parser = commands.add_parser(
        "verify",
        help="say whether inputs, weights and results of a sorted screen are still those",
        description="Compare the record that xrpdsim sort wrote with all the files that it names, "
        "and name those that changed, have gone or are new.",
    )
    parser.add_argument("record", metavar="run.json", help="the record, or the folder it is in")
    parser.set_defaults(command=command)


def command(options: argparse.Namespace) -> int:
    """Verify a record.

    Parameters
    ----------
    options : argparse.Namespace

    Returns
    -------
    int
        The exit status: 0 if all is as recorded, 1 if something changed.
    """
    from ..sorting.results import verify_record

    path = Path(options.record)
    path = path / "run.json" if path.is_dir() else path
    if not path.is_file():
        raise FileNotFoundError(
            f"there is no record {str(path)!r}; xrpdsim sort writes run.json beside its report"
        )
    found = verify_record(path)
    print(f"run {found.run}: compared {', '.join(found.checked)}")
    for change in found.changes:
        print(change)
    for remark in found.remarks:
        print(f"version: {remark}")
    if found.changes:
        print(f"{len(found.changes)} difference(s) from the record")
        return 1
    print("all as recorded")
    return 0
