"""The error and the warning of the readers, and names of files that can be printed."""

from __future__ import annotations

import os


class PatternFileError(ValueError):
    """A file does not hold a powder pattern that can be trusted.

    Parameters
    ----------
    reason : str
        What is wrong, and what to do about it.
    path : str, optional
        The file, as `printable` writes it; filled in by `read_pattern`.
    format : str, optional
        The format the file announces; filled in by `read_pattern`.

    Examples
    --------
    >>> print(PatternFileError("the file is cut off", path="a.raw", format="Bruker RAW4"))
    a.raw: Bruker RAW4: the file is cut off
    """

    def __init__(self, reason: str, *, path: str = "", format: str = "") -> None:
        super().__init__(": ".join(part for part in (path, format, reason) if part))
        self.reason = reason
        self.path = path
        self.format = format

    def __reduce__(self) -> tuple[object, ...]:
        # Workers of joblib and dask send errors home pickled.
        return _rebuild, (self.reason, self.path, self.format)


def _rebuild(reason: str, path: str, format: str) -> PatternFileError:
    return PatternFileError(reason, path=path, format=format)


class ReaderFailure(PatternFileError):
    """A reader stopped at a file in a way that it does not know: a mistake of this library."""


class PatternFileWarning(UserWarning):
    """A file was read, but something about it needs review.

    Examples
    --------
    Raise an error where a file is doubtful:

    >>> import warnings
    >>> from xrpdsim.io import PatternFileWarning
    >>> warnings.simplefilter("error", PatternFileWarning)  # doctest: +SKIP
    """


def printable(path: str | os.PathLike[str]) -> str:
    r"""Return the name of a file as text that every table and page can hold.

    Parameters
    ----------
    path : path-like
        The bytes of a name need not be UTF-8; Python then keeps them as lone surrogates, which no
        encoding writes.

    Returns
    -------
    str
        The name; bytes that are not UTF-8 as ``\xe9``.

    Examples
    --------
    >>> printable("caf\udce9.xy")
    'caf\\xe9.xy'
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")
