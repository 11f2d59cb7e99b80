"""Crystal structures from the Crystallography Open Database, fetched politely."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import gemmi
from sklearn.utils import Bunch

from ..._support._table import Table
from .._bunch import describe
from .download import CHECKSUMS, RemoteFile, fetch_file, get_data_home

URL = "https://www.crystallography.net/cod/{}.cif"
SECONDS_BETWEEN_REQUESTS = 3.0


class RateLimiter:
    """Lets one caller pass in each interval.

    Parameters
    ----------
    interval : float
        Seconds between two passes.
    clock, sleep : callable, optional
        What tells and what passes the time.

    Examples
    --------
    >>> waits = []
    >>> limiter = RateLimiter(3.0, clock=lambda: sum(waits), sleep=waits.append)
    >>> for _ in range(3):
    ...     limiter.wait()
    >>> waits
    [3.0, 3.0]
    """

    def __init__(
        self,
        interval: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.interval = interval
        self.clock = clock
        self.sleep = sleep
        self._last: float | None = None

    def wait(self) -> None:
        """Return once the interval since the last pass is over."""
        if self._last is not None:
            remaining = self._last + self.interval - self.clock()
            if remaining > 0:
                self.sleep(remaining)
        self._last = self.clock()


# One for the process, so that a second call keeps to the interval too.
_limiter = RateLimiter(SECONDS_BETWEEN_REQUESTS)


def fetch_cod_structures(
    ids: Iterable[int | str],
    *,
    data_home: str | os.PathLike[str] | None = None,
    download_if_missing: bool = True,
    as_frame: bool = False,
    progress: bool = True,
) -> Bunch:
    """Fetch crystal structures of the Crystallography Open Database (COD) as CIF files.

    One file is requested in three seconds, as a courtesy to a database that lives on donations;
    files that are already there cost no request. For thousands of structures, COD asks to be
    copied as a whole (rsync or its archives) instead.

    Parameters
    ----------
    ids : iterable of int or str
        COD numbers of seven digits, for example 2016452.
    data_home : path-like, optional
        Where fetched data is kept; see :func:`get_data_home`.
    download_if_missing : bool, default=True
        If False, raise an error where a file is not there rather than download it.
    as_frame : bool, default=False
        Return the table as a pandas DataFrame in ``frame``; needs pandas.
    progress : bool, default=True
        Report the progress of each download on the standard error stream.

    Returns
    -------
    Bunch
        ``filenames``, the CIF files in the order of `ids`, as
        :func:`xrpdsim.simulation.lines_from_cif` reads them; ``structures``, a table with the
        columns cod_id, name, formula, space_group, cell (a, b, c in angstrom, alpha, beta, gamma in
        degrees), temperature (in kelvin, None where not stated) and citation, of each; ``frame``;
        ``DESCR`` with licence and citation.

    Raises
    ------
    ValueError
        If a number is not one of COD's, is given twice, or a file is not a CIF of that number.
    DownloadError
        If a file cannot be fetched or is not what it was.
    FileNotFoundError
        If it is not there and must not be downloaded.

    Examples
    --------
    >>> from xrpdsim.datasets import fetch_cod_structures
    >>> structures = fetch_cod_structures([4511275, 4511277])  # doctest: +SKIP
    >>> structures.structures["formula"]  # doctest: +SKIP
    """
    numbers = check_cod_ids(ids)
    folder = get_data_home(data_home) / "cod"
    filenames, rows = [], []
    for number in numbers:
        path = fetch_file(
            RemoteFile(
                name=f"{number}.cif", urls=(URL.format(number),), looks_right=_looks_like_cif
            ),
            folder,
            download_if_missing=download_if_missing,
            progress=progress,
            before_request=_limiter.wait,
        )
        rows.append(_summarise(path, number))
        filenames.append(str(path))
    table = Table.from_rows(rows)
    return Bunch(
        filenames=filenames,
        structures=table,
        frame=table.to_frame() if as_frame else None,
        DESCR=describe("cod"),
    )


def check_cod_ids(ids: Iterable[int | str]) -> list[str]:
    """Return COD numbers as strings, checked.

    Examples
    --------
    >>> check_cod_ids([4511275, "4511277"])
    ['4511275', '4511277']
    """
    if isinstance(ids, int | str):
        raise ValueError(f"ids={ids!r} must be a list of COD numbers, such as [{ids!r}]")
    numbers = [str(number) for number in ids]
    for number in numbers:
        # COD numbers have seven digits, the first of which is a range's and never 0.
        if not re.fullmatch(r"[1-9][0-9]{6}", number):
            raise ValueError(f"{number!r} is not a COD number of seven digits, such as 4511275")
    repeated = {number for number in numbers if numbers.count(number) > 1}
    if repeated:
        raise ValueError(f"ids has {', '.join(sorted(repeated))} more than once")
    if not numbers:
        raise ValueError("ids is empty; give at least one COD number")
    return numbers


def _looks_like_cif(start: bytes) -> bool:
    return start.lstrip()[:1] == b"#" or start.lstrip()[:5].lower() == b"data_"


def _summarise(path: Path, number: str) -> dict[str, Any]:
    remedy = f"delete it and its line in {CHECKSUMS} and call again to download it"
    try:
        # a letter of another encoding in a name does not make a structure useless
        content = path.read_bytes().decode("utf-8", errors="replace")
        block = gemmi.cif.read_string(content).sole_block()
    except (RuntimeError, ValueError, IndexError) as error:
        raise ValueError(f"{path} is not a CIF of one structure ({error}); {remedy}") from error
    if block.name != number:
        raise ValueError(f"{path} holds {block.name!r}, not COD {number}; {remedy}")

    def text(*tags: str) -> str:
        values = (gemmi.cif.as_string(block.find_value(tag) or "?") for tag in tags)
        return next((" ".join(value.split()) for value in values if value), "")

    def number_or_none(tag: str) -> float | None:
        value = gemmi.cif.as_number(block.find_value(tag) or "?")
        return None if value != value else value

    sides = [number_or_none(f"_cell_length_{side}") for side in "abc"]
    angles = [number_or_none(f"_cell_angle_{angle}") for angle in ("alpha", "beta", "gamma")]
    authors = [gemmi.cif.as_string(name) for name in block.find_values("_publ_author_name")]
    published = (
        "; ".join(authors),
        text("_journal_name_full"),
        text("_journal_volume"),
        text("_journal_page_first"),
        text("_journal_year"),
        text("_journal_paper_doi"),
    )
    return {
        "cod_id": number,
        "name": text(*(f"_chemical_name_{kind}" for kind in ("common", "mineral", "systematic"))),
        "formula": text("_chemical_formula_sum"),
        "space_group": text("_space_group_name_H-M_alt", "_symmetry_space_group_name_H-M"),
        "cell": (*sides, *angles),
        "temperature": number_or_none("_diffrn_ambient_temperature")
        or number_or_none("_cell_measurement_temperature"),
        "citation": ", ".join(part for part in published if part),
    }
