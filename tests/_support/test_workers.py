import os
import subprocess
import sys

from xrpdsim._support._workers import end_with

# A parent that starts a worker which would wait for work for ever, and ends at once.
PARENT = """
import os, subprocess, sys
worker = (
    "import sys, threading; from xrpdsim._support._workers import end_with;"
    "end_with(int(sys.argv[1])); threading.Event().wait()"
)
subprocess.Popen([sys.executable, "-c", worker, str(os.getpid())])
os._exit(0)
"""


def test_a_worker_ends_with_its_parent():
    # the worker inherits standard output: that is closed only when both have ended
    done = subprocess.run(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, timeout=120, check=True
    )
    assert done.stdout == b""


def test_the_parent_itself_goes_on():
    end_with(os.getpid())
