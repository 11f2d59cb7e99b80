import os
import platform
import signal
import subprocess
import sys

import pytest

from xrpdsim._support._lock import hold

KILLED_WHILE_HOLDING = """
import os, pathlib, signal, sys
from xrpdsim._support._lock import hold
with hold(pathlib.Path(sys.argv[1])):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_second_run_is_told_who_holds_the_folder(tmp_path):
    holder = rf"process {os.getpid()} on {platform.node()}, since 20\d\d-"
    with hold(tmp_path), pytest.raises(BlockingIOError, match=f"is in use by {holder}"):  # noqa: SIM117
        with hold(tmp_path):
            pass
    with hold(tmp_path):
        pass


def test_without_a_readable_description_it_is_refused_all_the_same(tmp_path):
    with hold(tmp_path):
        (tmp_path / ".lock-holder.json").write_text('{"pid"')
        with pytest.raises(BlockingIOError, match="another process"), hold(tmp_path):
            pass


def test_an_error_within_gives_the_folder_free(tmp_path):
    with pytest.raises(KeyError), hold(tmp_path):
        raise KeyError
    with hold(tmp_path):
        pass


def test_a_killed_process_holds_nothing(tmp_path):
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE_HOLDING, str(tmp_path)], check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert (tmp_path / ".lock-holder.json").exists()
    with hold(tmp_path):
        pass
