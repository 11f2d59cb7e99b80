import errno
import os

import pytest

from xrpdsim._support._files import write_atomically


def test_file_appears_whole(tmp_path):
    path = tmp_path / "a.txt"
    with write_atomically(path) as file:
        file.write("one\ntwo\n")
        assert not path.exists()
    assert path.read_bytes() == b"one\ntwo\n"
    umask = os.umask(0)
    os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask


@pytest.mark.parametrize("mode", ["w", "wb"])
def test_failure_leaves_the_old_file_and_nothing_else(tmp_path, mode):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def write():
        with write_atomically(path, mode) as file:
            file.write("half" if mode == "w" else b"half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
