"""A download that goes on where it broke off."""

from __future__ import annotations

import errno
import json
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..._support._files import read_json, write_atomically

CHUNK = 1 << 14
"""Bytes written at a time; of a broken connection less than this is lost."""

USER_AGENT = "xrpdsim (https://xrpdsim.readthedocs.io)"
TIMEOUT = 30.0
WAITS = (1.0, 4.0)
"""Seconds before the second and third attempt after a broken connection."""


class DownloadError(OSError):
    """A file could not be fetched; the message says what to do.

    Examples
    --------
    >>> from xrpdsim.datasets import DownloadError, fetch_rruff
    >>> try:
    ...     fetch_rruff(data_home="data")
    ... except DownloadError as error:
    ...     print(error)  # doctest: +SKIP
    """


class ResumingDownloader:
    """A pooch downloader that goes on where a broken download stopped.

    What has arrived is kept beside the target in a ``.part`` file. It is continued with a Range
    request (RFC 9110, section 14), bound by If-Range to the version it is a part of; where the
    server gives no means to bind it, it is only continued if a published checksum will tell.

    Parameters
    ----------
    part : pathlib.Path
        Where the incomplete file is kept.
    looks_right : callable, optional
        Told the first bytes, tells whether they can be the file's.
    trusted : bool, default=False
        Whether a published checksum will be compared afterwards.
    progress : bool, default=False
        Whether to report progress on the standard error stream.
    before_request : callable, optional
        Called before every request.
    """

    def __init__(
        self,
        part: Path,
        looks_right: Callable[[bytes], bool] | None = None,
        trusted: bool = False,
        progress: bool = False,
        before_request: Callable[[], None] | None = None,
    ) -> None:
        self.part = part
        self.state = part.with_name(part.name + ".json")
        self.looks_right = looks_right
        self.trusted = trusted
        self.progress = progress
        self.before_request = before_request

    def __call__(self, url: str, output_file: str, pooch: Any) -> None:
        """Download `url` to `output_file`, as pooch asks its downloaders to."""
        import requests

        broken = (
            requests.ConnectionError,
            requests.Timeout,
            requests.exceptions.ChunkedEncodingError,
        )
        for wait in (*WAITS, None):
            try:
                self._attempt(url)
                break
            except broken as error:
                # A first request nobody answers means no network: waiting would not help.
                if wait is None or not self._n_arrived():
                    raise ConnectionError(str(error)) from error
                time.sleep(wait)
        self.part.replace(output_file)
        self.state.unlink(missing_ok=True)

    def _n_arrived(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _resume_headers(self, url: str) -> dict[str, str]:
        """Headers that ask for the rest of the file, or none where it cannot be continued."""
        if not self._n_arrived() or not self.state.exists():
            return {}
        try:
            state = read_json(self.state)
        except ValueError:
            return {}
        if not isinstance(state, dict) or state.get("url") != url:
            return {}
        validator = state.get("validator")
        if not (isinstance(validator, str) or (validator is None and self.trusted)):
            return {}
        headers = {"Range": f"bytes={self._n_arrived()}-"}
        return headers | ({"If-Range": validator} if validator else {})

    def _attempt(self, url: str) -> None:
        import requests

        resume = self._resume_headers(url)
        # Compressed transfer would make byte ranges and lengths those of another stream.
        headers = {"Accept-Encoding": "identity", "User-Agent": USER_AGENT, **resume}
        if self.before_request is not None:
            self.before_request()
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as response:
            if response.status_code == 416 and resume:
                self.part.unlink(missing_ok=True)
                return self._attempt(url)
            response.raise_for_status()
            arrived = self._n_arrived() if response.status_code == 206 else 0
            if response.status_code == 206 and not _continues_at(response, arrived):
                self.part.unlink(missing_ok=True)
                return self._attempt(url)
            length = response.headers.get("Content-Length")
            total = None if length is None else arrived + int(length)
            self._check_space(total, arrived)
            self._write_state(url, response.headers)
            self._receive(response, arrived, total)
        if total is not None and self._n_arrived() != total:
            raise requests.ConnectionError(
                f"the connection broke after {self._n_arrived()} of {total} bytes"
            )
        return None

    def _receive(self, response: Any, arrived: int, total: int | None) -> None:
        bar = _bar(self.part.stem, total, arrived) if self.progress else None
        try:
            with self.part.open("ab" if arrived else "wb") as file:
                for chunk in response.iter_content(CHUNK):
                    if not arrived and self.looks_right and not self.looks_right(chunk):
                        raise DownloadError(
                            "the server answered with something else than the file, a sign-in or "
                            f"error page perhaps; it begins with {chunk[:40]!r}"
                        )
                    file.write(chunk)
                    arrived += len(chunk)
                    if bar is not None:
                        bar.update(len(chunk))
        except DownloadError:
            self.part.unlink(missing_ok=True)
            raise
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise self._disk_full(total, self._n_arrived()) from error
            raise
        finally:
            if bar is not None:
                bar.close()

    def _check_space(self, total: int | None, arrived: int) -> None:
        if total is not None and shutil.disk_usage(self.part.parent).free < total - arrived:
            raise self._disk_full(total, arrived)

    def _disk_full(self, total: int | None, arrived: int) -> DownloadError:
        needed = "more" if total is None else f"{total - arrived} more bytes"
        kept = f"; what has arrived is kept in {self.part} and will be resumed" if arrived else ""
        return DownloadError(
            errno.ENOSPC,
            f"the disk of {self.part.parent} is full: {needed} are needed (data_home= or the "
            f"environment variable XRPDSIM_DATA names another folder){kept}",
        )

    def _write_state(self, url: str, headers: Any) -> None:
        # A weak ETag does not promise equal bytes (RFC 9110, section 8.8.1).
        etag = headers.get("ETag", "")
        validator = etag if etag and not etag.startswith("W/") else headers.get("Last-Modified")
        with write_atomically(self.state) as file:
            json.dump({"url": url, "validator": validator}, file)


def _continues_at(response: Any, arrived: int) -> bool:
    return str(response.headers.get("Content-Range", "")).startswith(f"bytes {arrived}-")


def _bar(name: str, total: int | None, arrived: int) -> Any:
    """Return a bar of bytes: one line that renews itself, elsewhere than on a terminal a few."""
    from tqdm import tqdm

    return tqdm(
        desc=name,
        total=total,
        initial=arrived,
        unit="B",
        unit_scale=True,
        mininterval=0.1 if sys.stderr.isatty() else 10.0,
        dynamic_ncols=True,
    )
