"""`make performance`: what hot paths cost, each as a ratio to a fixed thing that runs beside it.

Seconds are those of the processor. The two run in turn, and the least of several rounds counts, so
that other work on the machine touches both alike. A path that takes over 1.3 times its ratio in
`docs/performance` fails and is named; so does a command that needs that much more memory.
"""

import csv
import datetime
import platform
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
import torch

from xrpdsim._support._table import Table
from xrpdsim.datasets import make_screening_campaign

KEPT = Path(__file__).parents[2] / "docs" / "performance"
SLOWER = 1.3
ROUNDS = 5
LIBRARIES = ("xrpdsim", "numpy", "scipy", "scikit-learn", "torch", "skorch", "joblib")


class Figures:
    """What was measured, and what is kept of the last time."""

    def __init__(self, name, first_columns, unit):
        self.file, self.columns, self.unit = KEPT / f"{name}.csv", first_columns, unit
        self.rows = []
        self.last = {}
        if self.file.exists():
            with self.file.open(newline="", encoding="utf-8") as file:
                self.last = {
                    row[first_columns[0]]: float(row[unit]) for row in csv.DictReader(file)
                }

    def add(self, value, *first, **others):
        """Note a figure."""
        row = dict(zip(self.columns, first, strict=True))
        self.rows.append(row | {self.unit: f"{value:.3g}"} | others)

    def check(self, value, name, what_it_needs):
        """Fail where it needs far more than the last time."""
        last = self.last.get(name)
        if last and value > SLOWER * last:
            pytest.fail(f"{name} {what_it_needs}: {value:.3g}, last time {last:.3g}", pytrace=False)

    def beside_last(self):
        """Return what was measured with the figure of the last time."""
        return Table.from_rows(
            row | {"last time": self.last.get(row[self.columns[0]], "")} for row in self.rows
        )


RATIOS = Figures("ratios", ("What", "Beside"), "Ratio")
MEMORY = Figures("memory", ("Command", "Input"), "MB")


def pytest_addoption(parser):
    parser.addoption("--write", action="store_true", help="keep the figures in docs/performance")


def pytest_configure():
    torch.set_num_threads(1)


def pytest_terminal_summary(terminalreporter):
    for figures in (RATIOS, MEMORY):
        if figures.rows:
            terminalreporter.write_line(f"\n{figures.beside_last()}")


def pytest_sessionfinish(session, exitstatus):
    if not session.config.option.write or session.testscollected == session.testsfailed:
        return
    KEPT.mkdir(exist_ok=True)
    for figures in (RATIOS, MEMORY):
        figures.file.write_text(Table.from_rows(figures.rows).to_csv(), encoding="utf-8")
    named = {"Date": f"{datetime.date.today()}", "Python": platform.python_version()}
    named |= {name: version(name) for name in LIBRARIES}
    text = Table({"What": list(named), "Version": list(named.values())}).to_csv()
    (KEPT / "versions.csv").write_text(text, encoding="utf-8")


@pytest.fixture
def ratio(benchmark, request):
    """Return a function that times `task` in turn with `beside`, a name and a function."""

    def measure(what, task, beside, rounds=ROUNDS):
        name, fixed = beside
        seconds = []

        def time_what_is_fixed():
            begin = time.process_time()
            fixed()
            seconds.append(time.process_time() - begin)

        benchmark.pedantic(task, setup=time_what_is_fixed, rounds=rounds, warmup_rounds=1)
        least = benchmark.stats.stats.min
        value = least / min(seconds)
        RATIOS.add(value, what, name, Milliseconds=f"{float(f'{1e3 * least:.3g}'):g}")
        if not request.config.option.write:
            RATIOS.check(value, what, "became slower beside the same thing")

    return measure


@pytest.fixture
def peak(request):
    """Return a function that notes the largest memory of a command, in MB."""

    def note(command, given, megabytes):
        MEMORY.add(megabytes, command, given)
        if not request.config.option.write:
            MEMORY.check(megabytes, command, "needs more memory")

    return note


@pytest.fixture(scope="session")
def campaign():
    return make_screening_campaign(8, 16, 1500, preset="well-plate", random_state=0)


@pytest.fixture(scope="session")
def product():
    X = np.random.default_rng(0).random((1500, 1950), dtype=np.float32)
    return "matrix product X Xᵀ, 1500 by 1950", lambda: X @ X.T


@pytest.fixture(scope="session")
def transform():
    X = np.random.default_rng(0).random((500, 4096))
    return "Fourier transforms, 500 by 4096", lambda: np.fft.irfft(np.fft.rfft(X))


@pytest.fixture(scope="session")
def numbers():
    text = " ".join(f"{k / 7:.4f}" for k in range(200_000))
    return "200,000 numbers from text", lambda: [float(word) for word in text.split()]
