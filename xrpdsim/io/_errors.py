"""The error and the warning of the readers."""

from __future__ import annotations


class PatternFileError(ValueError):
    """A file does not hold a powder pattern that can be trusted.

    Parameters
    ----------
    reason : str
        What is wrong, and what to do about it.
    path : str, optional
        The file; filled in by `read_pattern`.
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


class PatternFileWarning(UserWarning):
    """A file was read, but something about it should be looked at."""
