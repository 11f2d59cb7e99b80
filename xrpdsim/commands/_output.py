"""What commands print, on any terminal and into any pipe."""

from __future__ import annotations

import codecs
import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import IO, Any, cast

_PLAIN = {"θ": "theta", "Å": "A", "α": "alpha", "β": "beta"}
_HOW = "xrpdsim.plain"
# of a pipe that nobody reads any more; the second on Windows
_CLOSED = (errno.EPIPE, errno.EINVAL)


@contextmanager
def on_any_terminal() -> Iterator[None]:
    """Let all that is printed meanwhile pass, whatever a terminal can show or a pipe takes.

    Letters that the encoding lacks are written in Latin ones, or else as their numbers. What nobody
    reads any more, as behind ``| head``, is not printed; the work goes on, so that files are
    written.
    """
    outputs = [_Output(stream) for stream in (sys.stdout, sys.stderr)]
    out, err = (cast(IO[str], output) for output in outputs)
    with redirect_stdout(out), redirect_stderr(err):
        try:
            yield
        finally:
            for output in outputs:
                output.flush()


class _Output:
    """A stream that takes any text, even if nobody reads it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text as far as the encoding allows; return its length."""
        encoding = self._stream.encoding or "utf-8"
        with self._until_closed():
            self._stream.write(text.encode(encoding, _HOW).decode(encoding))
        return len(text)

    def flush(self) -> None:
        """Write what is left."""
        with self._until_closed():
            self._stream.flush()

    @contextmanager
    def _until_closed(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno not in _CLOSED:
                raise
            # else Python would try to write what is left when it ends, and report that
            with Path(os.devnull).open("wb") as nowhere:
                os.dup2(nowhere.fileno(), self._stream.fileno())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _in_plain_letters(error: UnicodeError) -> tuple[str | bytes, int]:
    if isinstance(error, UnicodeEncodeError) and error.object[error.start] in _PLAIN:
        return _PLAIN[error.object[error.start]], error.start + 1
    return codecs.backslashreplace_errors(error)


codecs.register_error(_HOW, _in_plain_letters)
