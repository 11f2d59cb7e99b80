import errno
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from xrpdsim.datasets import DownloadError, get_data_home
from xrpdsim.datasets.public._resuming import CHUNK
from xrpdsim.datasets.public.download import CHECKSUMS, RemoteFile, fetch_file

pytest.importorskip("pooch")

CONTENT = os.urandom(1_500_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def remote(site):
    site.files["big.bin"] = CONTENT
    return RemoteFile("big.bin", (site.url("big.bin"),), sha256=SHA256)


def test_downloads_once(remote, site, tmp_path):
    path = fetch_file(remote, tmp_path / "new" / "folder")
    assert path.read_bytes() == CONTENT
    assert fetch_file(remote, path.parent) == path
    assert site.requests == [("big.bin", None)]
    assert [entry.name for entry in path.parent.iterdir()] == ["big.bin"]


def test_resumes_within_a_call(remote, site, tmp_path):
    site.break_after = [400_000, 700_000]
    assert fetch_file(remote, tmp_path).read_bytes() == CONTENT
    first, second = (int(asked[6:-1]) for _, asked in site.requests[1:])
    assert 400_000 - CHUNK < first <= 400_000
    assert 700_000 - CHUNK < second - first <= 700_000
    assert site.statuses == [200, 206, 206]


def test_resumes_in_a_later_call(remote, site, tmp_path):
    site.break_after = [100_000] * 3
    with pytest.raises(DownloadError, match="call again"):
        fetch_file(remote, tmp_path)
    assert not (tmp_path / "big.bin").exists()
    kept = (tmp_path / "big.bin.part").stat().st_size
    assert 300_000 - 3 * CHUNK < kept <= 300_000
    assert fetch_file(remote, tmp_path).read_bytes() == CONTENT
    assert site.requests[-1] == ("big.bin", f"bytes={kept}-")
    assert [entry.name for entry in tmp_path.iterdir()] == ["big.bin"]


def test_a_part_of_an_older_version_is_not_continued(site, tmp_path):
    remote = RemoteFile("big.bin", (site.url("big.bin"),))
    site.files["big.bin"] = CONTENT
    site.break_after = [100_000] * 3
    with pytest.raises(DownloadError):
        fetch_file(remote, tmp_path)
    site.files["big.bin"] = newer = CONTENT[::-1]
    assert fetch_file(remote, tmp_path).read_bytes() == newer
    assert site.statuses[-1] == 200


@pytest.mark.parametrize("sha256", [SHA256, None], ids=["checksum", "no checksum"])
def test_server_without_etags(site, tmp_path, sha256):
    """Without one, only a published checksum can tell that the parts belong together."""
    site.files["big.bin"] = CONTENT
    site.etags = False
    site.break_after = [100_000]
    remote = RemoteFile("big.bin", (site.url("big.bin"),), sha256=sha256)
    assert fetch_file(remote, tmp_path).read_bytes() == CONTENT
    assert site.statuses == [200, 206 if sha256 else 200]


def test_server_without_ranges(remote, site, tmp_path):
    site.ranges = False
    site.break_after = [100_000]
    assert fetch_file(remote, tmp_path).read_bytes() == CONTENT
    assert site.statuses == [200, 200]


def test_part_longer_than_the_file(remote, site, tmp_path):
    (tmp_path / "big.bin.part").write_bytes(b"x" * (len(CONTENT) + 10))
    state = {"url": remote.urls[0], "validator": None}
    (tmp_path / "big.bin.part.json").write_text(json.dumps(state))
    assert fetch_file(remote, tmp_path).read_bytes() == CONTENT
    assert site.statuses == [416, 200]


@pytest.mark.parametrize("note", ["{", "[]", "{}", "\xff", '{"url": 1, "validator": 2}'])
def test_damaged_note_of_a_part_starts_again(remote, site, tmp_path, note):
    (tmp_path / "big.bin.part").write_bytes(CONTENT[:1000])
    (tmp_path / "big.bin.part.json").write_text(note, encoding="latin-1")
    assert fetch_file(remote, tmp_path).read_bytes() == CONTENT
    assert site.requests == [("big.bin", None)]


def test_trouble_with_the_folder_is_not_called_trouble_with_the_network(remote, tmp_path):
    (tmp_path / "big.bin.part").mkdir()
    with pytest.raises(IsADirectoryError):
        fetch_file(remote, tmp_path)


def test_wrong_checksum_is_not_kept(site, tmp_path):
    site.files["big.bin"] = CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])
    remote = RemoteFile("big.bin", (site.url("big.bin"),), sha256=SHA256)
    with pytest.raises(DownloadError, match=f"not {SHA256}; it was not kept") as info:
        fetch_file(remote, tmp_path)
    assert "Try again" in str(info.value)
    assert list(tmp_path.iterdir()) == []


def test_damaged_copy_is_found(remote, tmp_path):
    path = fetch_file(remote, tmp_path)
    path.write_bytes(CONTENT[1:])
    with pytest.raises(DownloadError, match="Delete it and call again"):
        fetch_file(remote, tmp_path)


def test_unpublished_checksum_is_written_down_and_compared(site, tmp_path):
    site.files["a.cif"] = b"data_a"
    site.files["b.cif"] = b"data_b"
    remotes = [RemoteFile(name, (site.url(name),)) for name in ("b.cif", "a.cif")]
    for remote in remotes:
        fetch_file(remote, tmp_path)
    sums = (tmp_path / CHECKSUMS).read_text()
    assert sums == "".join(
        f"{hashlib.sha256(site.files[name]).hexdigest()}  {name}\n" for name in ("a.cif", "b.cif")
    )
    (tmp_path / "a.cif").write_bytes(b"data_changed")
    with pytest.raises(DownloadError, match="its line in SHA256SUMS"):
        fetch_file(remotes[1], tmp_path)
    fetch_file(remotes[0], tmp_path)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_checksums_are_those_of_sha256sum(site, tmp_path):
    site.files["a.cif"] = b"data_a"
    fetch_file(RemoteFile("a.cif", (site.url("a.cif"),)), tmp_path)
    done = subprocess.run(
        ["sha256sum", "-c", CHECKSUMS], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "a.cif: OK\n"


def test_damaged_list_of_checksums(site, tmp_path):
    site.files["a.cif"] = b"data_a"
    (tmp_path / CHECKSUMS).write_text("what is this\n")
    with pytest.raises(ValueError, match="is not a list of SHA-256 checksums"):
        fetch_file(RemoteFile("a.cif", (site.url("a.cif"),)), tmp_path)


def test_full_disk_before_it_starts(remote, site, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(DownloadError, match=f"disk of {tmp_path} is full: 1500000 more") as info:
        fetch_file(remote, tmp_path)
    assert info.value.errno == errno.ENOSPC
    assert list(tmp_path.iterdir()) == []


def test_disk_full_halfway(remote, site, tmp_path, monkeypatch):
    """The part is kept and continued once there is room; the final name is never taken."""
    real_open = Path.open

    class FillingUp:
        def __init__(self, file):
            self.file = file
            self.room = 600_000

        def __enter__(self):
            return self

        def __exit__(self, *exception):
            self.file.close()

        def write(self, chunk):
            if self.room < len(chunk):
                raise OSError(errno.ENOSPC, "No space left on device")
            self.room -= len(chunk)
            return self.file.write(chunk)

    def limited(self, mode="r", *args, **kwargs):
        file = real_open(self, mode, *args, **kwargs)
        return FillingUp(file) if self.name.endswith(".part") and "b" in mode else file

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", limited)
        with pytest.raises(DownloadError, match="will be resumed") as info:
            fetch_file(remote, tmp_path)
    kept = (tmp_path / "big.bin.part").stat().st_size
    assert 0 < kept < 600_000
    assert f"{len(CONTENT) - kept} more bytes are needed" in str(info.value)
    assert str(tmp_path) in str(info.value)
    assert not (tmp_path / "big.bin").exists()
    assert fetch_file(remote, tmp_path).read_bytes() == CONTENT
    assert site.statuses[-1] == 206


def test_offline_says_what_to_do(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    url = f"http://127.0.0.1:{port}/big.bin"
    with pytest.raises(DownloadError) as info:
        fetch_file(RemoteFile("big.bin", (url,), sha256=SHA256), tmp_path)
    assert f"download {url} by hand and save it as {tmp_path / 'big.bin'}" in str(info.value)
    assert list(tmp_path.iterdir()) == []


def test_file_put_there_by_hand_needs_neither_network_nor_pooch(tmp_path, monkeypatch):
    (tmp_path / "big.bin").write_bytes(CONTENT)
    monkeypatch.setitem(sys.modules, "pooch", None)
    remote = RemoteFile("big.bin", ("http://127.0.0.1:9/big.bin",), sha256=SHA256)
    assert fetch_file(remote, tmp_path, download_if_missing=False).read_bytes() == CONTENT


def test_download_if_missing_false(remote, site, tmp_path):
    with pytest.raises(FileNotFoundError, match="download_if_missing=False; download http"):
        fetch_file(remote, tmp_path, download_if_missing=False)
    assert site.requests == []


def test_without_pooch_the_error_names_the_extra(remote, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(ImportError, match=r"pip install xrpdsim\[data\]"):
        fetch_file(remote, tmp_path)


def test_missing_file_and_second_address(site, tmp_path):
    site.files["here.bin"] = CONTENT
    remote = RemoteFile("big.bin", (site.url("gone.bin"), site.url("here.bin")), sha256=SHA256)
    assert fetch_file(remote, tmp_path).read_bytes() == CONTENT
    with pytest.raises(DownloadError, match="404"):
        fetch_file(RemoteFile("other.bin", (site.url("gone.bin"),)), tmp_path)


def test_a_sign_in_page_is_not_taken_for_the_file(site, tmp_path):
    site.files["a.zip"] = b"<html>Please sign in</html>"
    remote = RemoteFile("a.zip", (site.url("a.zip"),), looks_right=lambda s: s.startswith(b"PK"))
    with pytest.raises(DownloadError, match="a sign-in or error page perhaps; it begins"):
        fetch_file(remote, tmp_path)
    assert not (tmp_path / "a.zip").exists()
    assert not (tmp_path / "a.zip.part").exists()


def test_progress(remote, tmp_path, capsys):
    fetch_file(remote, tmp_path, progress=True)
    report = capsys.readouterr().err.replace("\r", "\n").splitlines()
    assert report[-1].startswith("big.bin: 100%")
    # a log is no terminal: one line every ten seconds, and this takes no second
    assert len(report) <= 11
    fetch_file(RemoteFile("copy.bin", remote.urls, sha256=SHA256), tmp_path, progress=False)
    assert capsys.readouterr().err == ""


def test_data_home(monkeypatch, tmp_path):
    monkeypatch.setenv("XRPDSIM_DATA", str(tmp_path / "elsewhere"))
    assert get_data_home() == tmp_path / "elsewhere"
    assert get_data_home(tmp_path / "given") == tmp_path / "given"
    assert (tmp_path / "given").is_dir()
    monkeypatch.delenv("XRPDSIM_DATA")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert get_data_home() == tmp_path / "xrpdsim_data"
