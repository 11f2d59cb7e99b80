"""What several commands ask for."""

from __future__ import annotations

import argparse

PRESET_HELP = (
    "how it is measured: transmission (as in the paper), bragg-brentano, synchrotron, "
    "well-plate or film (default: %(default)s)"
)


def positive_int(text: str) -> int:
    """Return a number of at least 1; for ``type=``."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, got {number}")
    return number
