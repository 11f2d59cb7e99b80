"""Reading the data frames and lists of an R ``.rda`` file, and nothing that could run.

The format is R's serialisation as described in "R Internals", section 1.8, in its XDR (big-endian)
form, versions 2 and 3. Lists, pairlists, strings, factors, numbers and the compact vectors of R 3.5
are read; functions, environments and language objects are refused. It is written here because the
readers there are for Python need either a compiled library under the AGPL or pandas and xarray.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from typing import Any

import numpy as np

MAX_BYTES = 1 << 28
MAX_DEPTH = 64

_NA_INTEGER = -(2**31)
_NULL, _EMPTY_ENVIRONMENT, _BASE_ENVIRONMENT, _GLOBAL_ENVIRONMENT = 254, 242, 241, 253
_REFERENCE, _ALTERNATIVE = 255, 238
_SYMBOL, _PAIRLIST, _CHARACTERS, _LOGICAL, _INTEGER, _REAL = 1, 2, 9, 10, 13, 14
_STRINGS, _LIST = 16, 19
_REFUSED = {3: "a function", 4: "an environment", 6: "code", 15: "complex numbers"}

Pairlist = list[tuple[str | None, Any]]


def read_rda(content: bytes, source: str = "") -> dict[str, Any]:
    """Return the objects saved in an ``.rda`` file by their names.

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
    """
    try:
        content = _decompress(content)
        kind = content[:7]
        if kind in (b"RDA2\nA\n", b"RDA3\nA\n"):
            raise ValueError("saved as text (ascii = TRUE); save it in R without that")
        if kind not in (b"RDX2\nX\n", b"RDX3\nX\n"):
            raise ValueError("not an R data file: it does not begin with RDX2 or RDX3")
        reader = _Reader(content, position=7)
        version = reader.integers(3)[0]
        if version == 3:
            reader.take(reader.integers(1)[0])
        return _named(reader.item(0))
    except (ValueError, zlib.error, lzma.LZMAError, OSError, EOFError) as error:
        raise ValueError(f"{source or 'the R data file'} cannot be read: {error}") from error
    except (TypeError, IndexError, AttributeError, OverflowError) as error:
        # Parts that do not fit together, such as a factor without levels.
        raise ValueError(f"{source or 'the R data file'} is damaged: {error}") from error


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


class _Reader:
    def __init__(self, content: bytes, position: int) -> None:
        self.content = content
        self.position = position
        self.symbols: list[Any] = []

    def take(self, n_bytes: int) -> bytes:
        if not 0 <= n_bytes <= len(self.content) - self.position:
            raise ValueError(f"it is cut off or damaged at byte {self.position}")
        self.position += n_bytes
        return self.content[self.position - n_bytes : self.position]

    def integers(self, n: int) -> tuple[int, ...]:
        return struct.unpack(f">{n}i", self.take(4 * n))

    def length(self, item_bytes: int = 4) -> int:
        n = self.integers(1)[0]
        if n < 0 or n * item_bytes > len(self.content) - self.position:
            raise ValueError(f"a vector of {n} items at byte {self.position} is longer than it")
        return n

    def item(self, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise ValueError(f"lists are nested more than {MAX_DEPTH} deep")
        flags = self.integers(1)[0]
        kind, has_attributes, has_tag = flags & 0xFF, bool(flags & 0x200), bool(flags & 0x400)
        if kind in (_NULL, _EMPTY_ENVIRONMENT, _BASE_ENVIRONMENT, _GLOBAL_ENVIRONMENT):
            return None
        if kind == _REFERENCE:
            number = (flags >> 8) or self.integers(1)[0]
            if not 0 < number <= len(self.symbols):
                raise ValueError(f"a reference at byte {self.position} leads nowhere")
            return self.symbols[number - 1]
        if kind == _SYMBOL:
            name = self.item(depth + 1)
            self.symbols.append(name)
            return name
        if kind == _PAIRLIST:
            return self._pairlist(has_attributes, has_tag, depth)
        if kind == _CHARACTERS:
            return self._characters(flags >> 12)
        if kind == _ALTERNATIVE:
            info, state, attributes = (self.item(depth + 1) for _ in range(3))
            return _with_attributes(_expand(info, state), attributes)
        value = self._vector(kind, depth)
        return _with_attributes(value, self.item(depth + 1) if has_attributes else None)

    def _pairlist(self, has_attributes: bool, has_tag: bool, depth: int) -> Pairlist:
        cells: Pairlist = []
        while True:
            if has_attributes:
                self.item(depth + 1)
            tag = self.item(depth + 1) if has_tag else None
            cells.append((tag, self.item(depth + 1)))
            start = self.position
            flags = self.integers(1)[0]
            if flags & 0xFF != _PAIRLIST:
                self.position = start
                tail = self.item(depth + 1)
                return cells if tail is None else [*cells, (None, tail)]
            has_attributes, has_tag = bool(flags & 0x200), bool(flags & 0x400)

    def _characters(self, levels: int) -> str | None:
        n = self.integers(1)[0]
        return None if n == -1 else self.take(n).decode("latin-1" if levels & 4 else "utf-8")

    def _vector(self, kind: int, depth: int) -> Any:
        if kind == _REAL:
            n = self.length(8)
            return np.frombuffer(self.take(8 * n), ">f8").astype(np.float64)
        if kind in (_INTEGER, _LOGICAL):
            n = self.length()
            values = np.frombuffer(self.take(4 * n), ">i4").astype(np.int64)
            return np.where(values == _NA_INTEGER, np.nan, values.astype(np.float64))
        if kind in (_STRINGS, _LIST):
            return [self.item(depth + 1) for _ in range(self.length())]
        raise ValueError(
            f"it holds {_REFUSED.get(kind, f'an object of type {kind}')}, not only data"
        )


def _expand(info: Pairlist, state: Any) -> Any:
    """Write out a vector that R saved in short."""
    name = info[0][1]
    if name in ("compact_intseq", "compact_realseq"):
        n, start, step = (float(number) for number in state)
        if not 0 <= n <= MAX_BYTES / 8:
            raise ValueError(f"a sequence of {n:g} numbers")
        return start + step * np.arange(int(n))
    if name == "deferred_string":
        numbers = np.asarray(state[0][1])
        return [None if np.isnan(number) else f"{number:.15g}" for number in numbers]
    if str(name).startswith("wrap_"):
        first = state[0]
        return first[1] if isinstance(first, tuple) else first
    raise ValueError(f"it holds a vector of the kind {name!r}, which is not known here")


def _with_attributes(value: Any, attributes: Pairlist | None) -> Any:
    by_name = dict(attributes or [])
    levels = by_name.get("levels")
    if levels is not None:
        return [None if np.isnan(code) else levels[int(code) - 1] for code in value]
    names = by_name.get("names")
    if names is not None and isinstance(value, list):
        return _named(list(zip(names, value, strict=True)))
    return value


def _named(pairs: Any) -> dict[str, Any]:
    if not isinstance(pairs, list) or not all(isinstance(name, str) for name, _ in pairs):
        raise ValueError("its objects have no names")
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ValueError("two of its objects or columns have the same name")
    return named
