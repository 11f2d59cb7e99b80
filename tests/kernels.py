"""Run the numerical tests under kernels of OpenBLAS other than the default one.

Usage: ``python tests/kernels.py [--all | --rest] [arguments of pytest]``. Without either the first
two kernels that this processor can run and that are not its default are taken, one with one thread
and one with two; with ``--all`` every kernel, the default one too, with one and with two threads,
and with ``--rest`` those of them that are not taken without. A kernel that cannot be run here is
skipped by name. That a kernel is in force is checked in the process of the tests
(``pytest_configure`` in conftest.py).
"""

import os
import subprocess
import sys
from pathlib import Path

KERNELS = ["Haswell", "Nehalem", "SkylakeX"]
TESTS = Path(__file__).parent

# multiplies matrices too: a kernel that the processor cannot run ends the process there
PROBE = """
import numpy, scipy.linalg, threadpoolctl
x = numpy.random.default_rng(0).random((200, 200))
x @ x, scipy.linalg.svd(x), x.astype(numpy.float32) @ x.astype(numpy.float32)
libraries = threadpoolctl.threadpool_info()
print(*{one["architecture"] for one in libraries if one["internal_api"] == "openblas"})
"""


def in_force(kernel):
    """The kernels that are used where this one is asked for; empty if the process does not live."""
    environment = {name: text for name, text in os.environ.items() if name != "OPENBLAS_CORETYPE"}
    if kernel:
        environment["OPENBLAS_CORETYPE"] = kernel
    done = subprocess.run(
        [sys.executable, "-c", PROBE], env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout.split()


def passes(kernel, threads, arguments):
    print(f"=== OpenBLAS kernel {kernel}, {threads} thread(s)", flush=True)
    environment = os.environ | {
        "OPENBLAS_CORETYPE": kernel,
        "OPENBLAS_NUM_THREADS": str(threads),
        "OMP_NUM_THREADS": str(threads),
    }
    command = [sys.executable, "-m", "pytest", "-m", "numerical and not slow", "-q", str(TESTS)]
    return subprocess.run([*command, *arguments], env=environment, check=False).returncode == 0


def main(arguments):
    every, rest = "--all" in arguments, "--rest" in arguments
    arguments = [argument for argument in arguments if argument not in ("--all", "--rest")]
    default = in_force(None)
    print(f"=== OpenBLAS kernel by default: {', '.join(default) or 'none'}")
    usable = []
    for kernel in KERNELS:
        found = in_force(kernel)
        if found == [kernel]:
            usable.append(kernel)
        else:
            reason = f"in force would be {', '.join(found)}" if found else "its code does not run"
            print(f"=== OpenBLAS kernel {kernel}: SKIPPED, not for this processor ({reason})")
    others = [kernel for kernel in usable if kernel not in default]
    runs = list(zip(others, (1, 2), strict=False))
    if every or rest:
        all_runs = [(kernel, threads) for kernel in usable for threads in (1, 2)]
        runs = [run for run in all_runs if every or run not in runs]
    failed = [
        f"{kernel} with {threads} thread(s)"
        for kernel, threads in runs
        if not passes(kernel, threads, arguments)
    ]
    print(f"=== kernels: {len(runs) - len(failed)} of {len(runs)} runs passed")
    if failed:
        sys.exit(f"the numerical tests fail under {', '.join(failed)}")


if __name__ == "__main__":
    main(sys.argv[1:])
