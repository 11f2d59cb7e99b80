"""What a file format is to the rest of the library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .._scan import Scan
from .._text import Content


@dataclass(frozen=True)
class Format:
    """A file format: its name, how its content is told from others, and its reader.

    Parameters
    ----------
    name : str
        As messages say it.
    endings : tuple of str
        Usual endings of such files. They are told to people, never used to decide.
    recognise : callable
        From the `Content` of a file to bool: does it announce this format? It is asked of every
        file, so it must bear any content and look at no more than its head.
    read : callable
        From the `Content` to a list of `Scan`; raises `PatternFileError`.
    """

    name: str
    endings: tuple[str, ...]
    recognise: Callable[[Content], bool]
    read: Callable[[Content], list[Scan]]
