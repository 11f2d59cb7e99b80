"""Reading the data frames and lists of an R ``.rda`` file, and nothing that could run."""

from __future__ import annotations

import bz2
import lzma
import warnings
import zlib
from typing import Any

import numpy as np

MAX_BYTES = 1 << 28


def read_rda(content: bytes, source: str = "") -> dict[str, Any]:
    """Return the objects saved in an ``.rda`` file by their names.

    The file is read by the library `rdata`; functions and environments are refused.

    Parameters
    ----------
    content : bytes
        The file, compressed with gzip, bzip2 or xz or not at all.
    source : str
        Its name, for messages.

    Returns
    -------
    dict
        Named lists and data frames as dicts, other lists as lists, numbers as arrays (float64 with
        NaN where a value is missing), strings and factors as lists with None where missing. Other
        attributes are dropped.

    Raises
    ------
    ValueError
        If it is not such a file, is cut off, or holds what is not data.
    ImportError
        If rdata is not installed.
    """
    try:
        from rdata.conversion import convert
        from rdata.parser import parse_data
    except ImportError as error:
        raise ImportError(
            "reading R data needs rdata, which is not installed; run `pip install xrpdsim[data]`"
        ) from error
    try:
        content = _decompress(content)
        if content[:7] not in (b"RDX2\nX\n", b"RDX3\nX\n", b"RDA2\nA\n", b"RDA3\nA\n"):
            raise ValueError("not an R data file: it does not begin with RDX or RDA")
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # rdata warns of what it leaves out
            # classes of R packages have no counterpart here; their lists are read as lists
            warnings.filterwarnings("ignore", message="Missing constructor for R class")
            objects = _plain(convert(parse_data(content)))
    # rdata meets damage with whatever its code raises: IndexError, AssertionError, RecursionError
    except Exception as error:
        raise ValueError(
            f"{source or 'the R data file'} cannot be read ({type(error).__name__}: {error}); it "
            "is damaged, or holds functions or other things that are not data"
        ) from error
    if not isinstance(objects, dict):
        raise ValueError(f"{source or 'the R data file'}: its objects have no names")
    return objects


def _decompress(content: bytes) -> bytes:
    """Undo the compression, but never into more than MAX_BYTES."""
    stream: Any
    if content[:2] == b"\x1f\x8b":
        stream = zlib.decompressobj(wbits=31)
    elif content[:3] == b"BZh":
        stream = bz2.BZ2Decompressor()
    elif content[:6] == b"\xfd7zXZ\x00":
        stream = lzma.LZMADecompressor(memlimit=MAX_BYTES)
    else:
        return content
    data: bytes = stream.decompress(content, MAX_BYTES)
    if not stream.eof:
        too_large = len(data) >= MAX_BYTES
        raise ValueError(
            f"it holds more than {MAX_BYTES >> 20} MB" if too_large else "it is cut off"
        )
    return data


def _plain(value: Any) -> Any:
    """Return what rdata makes of R's vectors and lists as dicts, lists and arrays."""
    import pandas as pd  # which rdata depends on

    if isinstance(value, pd.DataFrame):
        value = list(value.items())
        names = [name for name, _ in value]
        if len(set(names)) < len(names):
            raise ValueError("two columns have the same name")
        return {str(name): _plain(column) for name, column in value}
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, np.ma.MaskedArray):
        return np.ma.filled(value.astype(np.float64), np.nan)
    if isinstance(value, (np.ndarray, pd.Series, pd.Categorical)):
        column = pd.Series(value)
        if pd.api.types.is_numeric_dtype(column.dtype):
            return column.to_numpy(np.float64, na_value=np.nan)
        return [None if pd.isna(item) else str(item) for item in column]
    return value
