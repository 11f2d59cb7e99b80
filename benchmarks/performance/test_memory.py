"""The largest memory of the three main commands, of the process and its workers each."""

import subprocess
import sys

import pytest

# A small process runs the command, so that only the command counts.
RUN = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""


def megabytes(*command):
    """Run a command and return the peak of its largest process."""
    result = subprocess.run(
        [sys.executable, "-c", RUN, sys.executable, *map(str, command)],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(result.stdout)


def xrpdsim(*arguments):
    return megabytes("-m", "xrpdsim.commands", *arguments)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a function that simulates a labelled folder."""

    def simulate(compounds, forms, patterns):
        folder = tmp_path_factory.mktemp("made") / "screen"
        xrpdsim(
            "simulate", folder, "--compounds", compounds, "--forms", forms,
            "--patterns", patterns, "--preset", "well-plate", "--seed", 0,
        )  # fmt: skip
        return folder

    return simulate


def test_libraries(peak):
    peak("python -c 'import xrpdsim, torch'", "", megabytes("-c", "import xrpdsim, torch"))


def test_sort(peak, folder, tmp_path):
    screen = folder(1, 5, 150)
    used = xrpdsim("sort", screen, "--out", tmp_path / "report.html")
    peak("xrpdsim sort", "150 files of one compound", used)


def test_train(peak, folder, tmp_path):
    archive = folder(8, 18, 300)
    used = xrpdsim("train", archive, "--out", tmp_path / "ours.safetensors")
    peak("xrpdsim train", "300 files of 8 compounds", used)


def test_benchmark(peak, tmp_path):
    used = xrpdsim(
        "benchmark", "--methods", "naive,degelder,pretrained", "--folds", 2, "--jobs", 1,
        "--out", tmp_path,
    )  # fmt: skip
    peak("xrpdsim benchmark", "3750 simulated patterns, classical and shipped, 2 folds", used)
