"""Files of a screen found by the names that people write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import PurePosixPath

from ....io._folder_labels import composed, plain_name

# What is packed has two endings: "a.xy.gz".
_PACKED = (".gz", ".bz2", ".xz", ".zip")
_MOST_NAMED = 3


class NamesOfFiles:
    r"""Finds patterns by the name of their file, with or without ending, with or without folder.

    Parameters
    ----------
    files : sequence of str
        Paths within the folder, as in `Screen.files`; "plate.ras#2" is scan 2 of a file.

    Examples
    --------
    >>> names = NamesOfFiles(["plate1/A01.xy", "plate1/A02.xy", "plate2/A01.xy"])
    >>> names.row("A02"), names.row("plate2\\A01.xy"), names.row("C:/screen/plate1/A01")
    (1, 2, 0)
    >>> names.row("A01")
    Traceback (most recent call last):
        ...
    ValueError: 'A01' may be 'plate1/A01.xy' or 'plate2/A01.xy'; write the folder and the ending
    """

    def __init__(self, files: Sequence[str]) -> None:
        self._files = files
        self._exact = {name: row for row, name in enumerate(files)}
        self._whole: dict[str, list[int]] = defaultdict(list)
        self._ends: dict[str, list[int]] = defaultdict(list)
        for row, name in enumerate(files):
            for written in _ways_to_write(composed(name)):
                self._whole[written].append(row)
                for end in _ends_of(written):
                    self._ends[end].append(row)

    def row(self, name: str) -> int:
        """Return the row of the pattern that a name means.

        Parameters
        ----------
        name : str
            A name that is exactly that of a file means this file. Else `plain_name` decides, the
            ending may be missing, folders in front may be missing, or there may be more of them
            than in the screen.

        Returns
        -------
        int

        Raises
        ------
        ValueError
            If there is no such file, or several may be meant.
        """
        if name in self._exact:
            return self._exact[name]
        plain = plain_name(name)
        found = self._whole.get(plain) or self._ends.get(plain)
        if not found:
            # the longest end that is a whole name: a path may begin above the folder of the screen
            longer = (self._whole[end] for end in _ends_of(plain) if end in self._whole)
            found = next(longer, [])
        if not found:
            near = get_close_matches(plain, self._files, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"the screen has no file {name!r}{hint}")
        if len(found) > 1:
            named = " or ".join(repr(self._files[row]) for row in found[:_MOST_NAMED])
            more = f" or {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
            raise ValueError(f"{name!r} may be {named}{more}; write the folder and the ending")
        return found[0]


def _ends_of(path: str) -> list[str]:
    """Return what remains of a path as its first folders are left out, the longest first."""
    parts = path.split("/")
    return ["/".join(parts[start:]) for start in range(1, len(parts))]


def _ways_to_write(name: str) -> set[str]:
    """Return a path with and without the ending of the file; the number of a scan stays."""
    file, mark, scan = name.rpartition("#")
    if not (mark and scan.isdecimal()):
        file, mark, scan = name, "", ""
    path = PurePosixPath(file)
    ways = {path}
    if path.suffix.lower() in _PACKED:
        path = path.with_suffix("")
        ways.add(path)
    ways.add(path.with_suffix(""))
    return {name, *(way.as_posix() + mark + scan for way in ways)}
