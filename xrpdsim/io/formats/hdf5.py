"""NeXus, and HDF5 whose datasets have telling names; needs h5py (extra ``hdf5``).

The library under h5py is written in C, and a damaged file can hold it in an endless loop. It reads
in a process of its own, which has limits, so that one file never stops a folder.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys

from .._scan import Scan
from .._text import Content
from ..errors import PatternFileError
from . import _hdf5_scans
from .format import Format

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
# Seconds on the clock, for a machine that is busy; the process ends itself much earlier.
_MAX_WAIT = 600


def _is_hdf5(content: Content) -> bool:
    return content.raw.startswith(_SIGNATURE)


def _read_hdf5(content: Content) -> list[Scan]:
    """Read the scans: the default one of a NeXus file, or all."""
    if importlib.util.find_spec("h5py") is None:
        raise PatternFileError(
            "NeXus and HDF5 need h5py: install it with `pip install xrpdsim[hdf5]`, or export the "
            "scan as columns of 2theta and intensity (.xy)"
        )
    places = [place or os.getcwd() for place in sys.path]  # noqa: PTH109
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places), "OMP_NUM_THREADS": "1"}
    try:
        answer = subprocess.run(
            [sys.executable, "-m", _hdf5_scans.__name__],
            input=content.raw,
            capture_output=True,
            timeout=_MAX_WAIT,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PatternFileError(f"the HDF5 file is damaged: no end after {_MAX_WAIT} s") from error
    if answer.returncode != 0 or not answer.stdout:
        raise PatternFileError(
            "the HDF5 file is damaged: it held or ended the process that read it "
            f"(status {answer.returncode})"
        )
    found = json.loads(answer.stdout)
    if "reason" in found:
        raise PatternFileError(found["reason"])
    return [Scan(**{**fields, "doubts": tuple(fields["doubts"])}) for fields in found["scans"]]


HDF5 = Format("NeXus or HDF5", (".nxs", ".h5", ".hdf5"), _is_hdf5, _read_hdf5)
"""NeXus and HDF5."""
