"""How answers are saved and the screen is sorted again."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from subprocess import list2cmdline
from typing import Any

from .._shown_screen import ShownScreen


def saving(shown: ShownScreen) -> dict[str, Any]:
    """Return the command that sorts again with the corrections that the page saves."""
    return {"command": command_with_corrections(str(shown.run.get("command", "")))}


def command_with_corrections(command: str, corrections: str = "corrections.csv") -> str:
    """Return a command of `xrpdsim sort` that takes corrections, in place of others if need be.

    Parameters
    ----------
    command : str
        As the report names it; empty if it is not known.
    corrections : str, default="corrections.csv"

    Returns
    -------
    str

    Examples
    --------
    >>> command_with_corrections("xrpdsim sort screen --corrections old.csv --out report.html")
    'xrpdsim sort screen --out report.html --corrections corrections.csv'
    """
    try:
        words = shlex.split(command)
    except ValueError:  # a name that cannot be shown as it is
        words = []
    if not words:
        words = ["xrpdsim", "sort", "FOLDER"]
    while "--corrections" in words:
        place = words.index("--corrections")
        del words[place : place + 2]
    return typed([*words, "--corrections", corrections])


def typed(words: Sequence[str], platform: str = sys.platform) -> str:
    """Return a command as a person types it, with the quotes that the platform knows.

    Examples
    --------
    >>> typed(["xrpdsim", "sort", "my screen"], "linux")
    "xrpdsim sort 'my screen'"
    >>> typed(["xrpdsim", "sort", "my screen"], "win32")
    'xrpdsim sort "my screen"'
    """
    return list2cmdline(words) if platform == "win32" else shlex.join(words)
