"""Fetching a public file once: resumed, checked, and whole or not there at all."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..._support._files import write_atomically
from ._resuming import DownloadError, ResumingDownloader

CHECKSUMS = "SHA256SUMS"


@dataclass(frozen=True)
class RemoteFile:
    """A file somebody else publishes.

    Parameters
    ----------
    name : str
        Its name in the local folder.
    urls : tuple of str
        Where it is; the later ones are tried when the earlier ones do not answer.
    sha256 : str, optional
        Its published checksum. None where the publisher gives none: then the checksum of the first
        download is written down and every later use is compared with it.
    looks_right : callable, optional
        Given the first bytes of the file, tells whether they can be the start of it. A sign-in
        page sent in place of the file is found out by this.
    """

    name: str
    urls: tuple[str, ...]
    sha256: str | None = None
    looks_right: Callable[[bytes], bool] | None = None


def get_data_home(data_home: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder that fetched data is kept in, and make it if it is not there.

    Parameters
    ----------
    data_home : path-like, optional
        By default the environment variable ``XRPDSIM_DATA``, and without it ``~/xrpdsim_data``.

    Returns
    -------
    pathlib.Path

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> get_data_home(folder) == Path(folder)
    True
    """
    if data_home is None:
        data_home = os.environ.get("XRPDSIM_DATA") or Path("~") / "xrpdsim_data"
    folder = Path(data_home).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def fetch_file(
    remote: RemoteFile,
    folder: Path,
    *,
    download_if_missing: bool = True,
    progress: bool = True,
    before_request: Callable[[], None] | None = None,
) -> Path:
    """Return the local copy of a file, downloaded if need be and compared with its checksum.

    Parameters
    ----------
    remote : RemoteFile
        What to fetch.
    folder : pathlib.Path
        Where it is kept; made if it is not there.
    download_if_missing : bool, default=True
        Whether it may be downloaded.
    progress : bool, default=True
        Whether to report progress on the standard error stream.
    before_request : callable, optional
        Called before every request, to wait for its turn.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    DownloadError
        If no address answers, the file that comes is not the expected one, the disk is full, or the
        copy has changed since it was fetched.
    FileNotFoundError
        If there is no copy and `download_if_missing` is False.
    ImportError
        If pooch is not installed and the file has to be downloaded.
    """
    path = folder / remote.name
    if not path.exists():
        if not download_if_missing:
            raise FileNotFoundError(
                f"{path} is not there and download_if_missing=False; {_by_hand(remote, path)}"
            )
        folder.mkdir(parents=True, exist_ok=True)
        _download(remote, path, progress, before_request)
    _compare_checksum(remote, path)
    return path


def _by_hand(remote: RemoteFile, path: Path) -> str:
    return f"download {' or '.join(remote.urls)} by hand and save it as {path}"


def _import_pooch() -> Any:
    try:
        import pooch
    except ImportError as error:
        raise ImportError(
            "downloading public data needs pooch, which is not installed; run "
            "`pip install xrpdsim[data]`"
        ) from error
    return pooch


def _download(
    remote: RemoteFile, path: Path, progress: bool, before_request: Callable[[], None] | None
) -> None:
    pooch = _import_pooch()
    from requests import RequestException  # which pooch depends on

    downloader = ResumingDownloader(
        path.with_name(path.name + ".part"),
        looks_right=remote.looks_right,
        trusted=remote.sha256 is not None,
        progress=progress,
        before_request=before_request,
    )
    failures = []
    for url in remote.urls:
        try:
            # pooch would print the checksum and advise to put it into code: it goes to SHA256SUMS.
            with _quiet(pooch.get_logger()):
                pooch.retrieve(
                    url,
                    known_hash=None if remote.sha256 is None else f"sha256:{remote.sha256}",
                    fname=path.name,
                    path=path.parent,
                    downloader=downloader,
                )
            return
        except ValueError as error:
            raise DownloadError(
                f"{url} sent a file whose SHA-256 is not {remote.sha256}; it was not kept. Try "
                "again; if it happens again, the file has been replaced or altered on its way: "
                f"do not use it, and report it. ({error})"
            ) from error
        except (RequestException, ConnectionError, DownloadError) as error:
            if error.errno == errno.ENOSPC:
                raise
            failures.append(f"{url}: {error}")
    raise DownloadError(
        f"{path.name} could not be fetched. Check the network connection and call again (a broken "
        f"download is resumed), or {_by_hand(remote, path)}. What failed:\n" + "\n".join(failures)
    )


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _compare_checksum(remote: RemoteFile, path: Path) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    sums = path.parent / CHECKSUMS
    recorded = _read_checksums(sums)
    expected = remote.sha256 or recorded.get(path.name)
    if expected is None:
        with write_atomically(sums) as file:
            for name, digest in sorted({**recorded, path.name: found}.items()):
                file.write(f"{digest}  {name}\n")
    elif found != expected:
        origin = "the published one" if remote.sha256 else f"the one of its download (in {sums})"
        raise DownloadError(
            f"{path} has the SHA-256 {found}, but {origin} is {expected}: the file was changed or "
            f"damaged. Delete it{'' if remote.sha256 else ' and its line in ' + CHECKSUMS} and "
            "call again to download it"
        )


def _read_checksums(sums: Path) -> dict[str, str]:
    if not sums.exists():
        return {}
    lines = [line.split(maxsplit=1) for line in sums.read_text(encoding="utf-8").splitlines()]
    if any(len(parts) != 2 or len(parts[0]) != 64 for parts in lines):
        raise ValueError(f"{sums} is not a list of SHA-256 checksums and file names; delete it")
    return {name: digest for digest, name in lines}
