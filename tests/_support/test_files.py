import errno
import json
import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from xrpdsim._support import _files
from xrpdsim._support._files import read_json, write_atomically, write_together

KILLED_WHILE_WRITING = """
import os, signal, sys
from xrpdsim._support._files import write_atomically
with write_atomically(sys.argv[1]) as file:
    file.write("half")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_file_appears_whole(tmp_path):
    path = tmp_path / "a.txt"
    with write_atomically(path) as file:
        file.write("one\ntwo\n")
        assert not path.exists()
    assert path.read_bytes() == b"one\ntwo\n"
    (tmp_path / "plain").touch()
    assert mode_of(path) == mode_of(tmp_path / "plain")


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_permissions_of_a_file_stay(tmp_path, mode):
    path = tmp_path / "secret.txt"
    path.touch()
    path.chmod(mode)
    with write_atomically(path) as file:
        (unfinished,) = tmp_path.glob(".secret*")
        assert mode_of(unfinished) & ~mode == 0
        file.write("new")
    assert (mode_of(path), path.read_text()) == (mode, "new")


def test_the_umask_is_never_touched(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "umask", lambda mask: pytest.fail("umask is of the whole process"))
    with write_atomically(tmp_path / "a") as file:
        file.write("a")


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "target").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with write_atomically(tmp_path / "link") as file:
        file.write("new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "new"


@pytest.mark.parametrize("mode", ["w", "wb"])
def test_failure_leaves_the_old_file_and_nothing_else(tmp_path, mode):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def write():
        with write_atomically(path, mode) as file:
            file.write("half" if mode == "w" else b"half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match=r"No space left.*a\.txt"):
        write()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_other_errors_pass_unchanged(tmp_path):
    error = ConnectionError("the network is gone")
    with pytest.raises(ConnectionError) as raised, write_atomically(tmp_path / "a"):
        raise error
    assert raised.value is error


@pytest.mark.parametrize("size", [100, 1_000_000])
def test_a_file_that_may_not_grow_names_its_path(tmp_path, size):
    # the limit of the process stands in for a full disk: small texts fail at the end, when the
    # buffer is written, large ones in the midst of writing
    def write():
        with write_atomically(tmp_path / "a.txt") as file:
            file.write("x" * size)

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50, before[1]))
        with pytest.raises(OSError, match=r"a\.txt") as raised:
            write()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert raised.value.errno == errno.EFBIG
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "error"),
    [("none/a.txt", FileNotFoundError), ("file/a.txt", NotADirectoryError), ("folder", OSError)],
)
def test_places_that_cannot_be_written_to_are_named(tmp_path, name, error):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(error) as raised, write_atomically(tmp_path / name):
        pass
    assert str(raised.value).endswith(f"{str(tmp_path / name)!r}")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError, match=r"a\.txt"), write_atomically(tmp_path / "a.txt"):
        pass


def test_text_that_is_not_unicode_names_the_path(tmp_path):
    with pytest.raises(ValueError, match=r"a\.txt: .*udcff.* UTF-8"):  # noqa: SIM117
        with write_atomically(tmp_path / "a.txt") as file:
            file.write("\udcff")
    assert list(tmp_path.iterdir()) == []


def test_names_as_long_as_the_file_system_allows(tmp_path):
    path = tmp_path / ("ä" * 125)
    with write_atomically(path) as file:
        file.write("a")
    assert path.read_text() == "a"


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path):
    path = tmp_path / "a.txt"
    killed = subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING, str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".a.txt.")
    # of another machine, whose processes are not known here; of a running process; of another maker
    others = [left.with_name(left.name.replace(_files._HOST, "elsewhere"))]
    others += [tmp_path / f".b.{_files._HOST}-{os.getppid()}-00000000.unfinished"]
    others += [tmp_path / ".a.txt.unfinished"]
    for other in others:
        other.touch()
    with write_atomically(tmp_path / "b.txt") as file:
        file.write("whole")
    assert sorted(tmp_path.iterdir()) == sorted([*others, tmp_path / "b.txt"])


class TestTogether:
    def test_all_or_none(self, tmp_path):
        (tmp_path / "a").write_text("old")

        def write(fails):
            with write_together() as open_file:
                open_file(tmp_path / "a").write("new")
                open_file(tmp_path / "b", "wb").write(b"new")
                if fails:
                    raise OSError(errno.ENOSPC, "No space left on device")

        with pytest.raises(OSError, match=r"No space left.*/a, .*/b"):
            write(fails=True)
        assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]
        write(fails=False)
        assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
            "a": "new",
            "b": "new",
        }

    def test_a_second_file_that_cannot_be_opened(self, tmp_path):
        def write():
            with write_together() as open_file:
                open_file(tmp_path / "a").write("new")
                open_file(tmp_path / "none/b")

        with pytest.raises(FileNotFoundError, match="none/b"):
            write()
        assert list(tmp_path.iterdir()) == []

    def test_a_second_file_that_fills_the_disk(self, tmp_path, monkeypatch):
        fsync = os.fsync

        def full(handle):
            if Path(f"/proc/self/fd/{handle}").resolve().name.startswith(".b."):
                raise OSError(errno.ENOSPC, "No space left on device")
            fsync(handle)

        if not Path("/proc/self/fd").is_dir():
            pytest.skip("files cannot be told by their handle here")
        monkeypatch.setattr(os, "fsync", full)

        def write():
            with write_together() as open_file:
                open_file(tmp_path / "a").write("new")
                open_file(tmp_path / "b").write("new")

        with pytest.raises(OSError, match=r"No space left.*/b'"):
            write()
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b'{"a": 1', b"\xff\xfe", b"[" * 100_000])
def test_half_a_json_file_is_named(tmp_path, content):
    path = tmp_path / "run.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"run\.json is not complete JSON"):
        read_json(path)


def test_whole_json(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"a": [1, None]}))
    assert read_json(tmp_path / "a.json") == {"a": [1, None]}
