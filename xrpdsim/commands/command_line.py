"""The command ``xrpdsim``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from . import _benchmark, _compare, _convert, _peaks, _simulate, _sort, _train, _verify
from ._arguments import OneSentenceParser, sentence
from ._output import on_any_terminal


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.

    Returns
    -------
    int
        0 if all went well, 1 if a part failed or a record no longer holds, 2 for bad input, 130 if
        interrupted.

    Examples
    --------
    >>> main(["verify", "no_such_folder"])
    2
    """
    with on_any_terminal():
        options = _parser().parse_args(arguments)
        try:
            return int(options.command(options))
        except (OSError, ValueError, ImportError) as error:
            print(f"xrpdsim: {sentence(error)}", file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            print("xrpdsim: interrupted", file=sys.stderr)
            return 130


def _parser() -> argparse.ArgumentParser:
    from .._support._version import __version__

    parser = OneSentenceParser(prog="xrpdsim", description=sys.modules["xrpdsim"].__doc__)
    parser.add_argument("--version", action="version", version=f"xrpdsim {__version__}")
    commands = parser.add_subparsers(title="commands", required=True)
    for command in (_sort, _verify, _compare, _peaks, _convert, _simulate, _train, _benchmark):
        command.add_parser(commands)
    return parser
