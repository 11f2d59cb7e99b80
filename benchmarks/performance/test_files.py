"""Reading files: usual ones, and such that careless parsers take quadratic time for."""

from __future__ import annotations

import contextlib
import warnings
from pathlib import Path

import pytest

from xrpdsim.io import PatternFileError, read_pattern, write_pattern
from xrpdsim.patterns import Pattern, default_two_theta
from xrpdsim.simulation import simulate_patterns, virtual_crystal

SCAN = "".join(f"{5 + 0.02 * k:.2f} {100 + k % 7}\n" for k in range(200))
UDF = "SampleIdent,a,/\nDataAngleRange, 5, 8,/\nScanStepSize, 0.05,/\n"
RAS = '*RAS_DATA_START\n*RAS_HEADER_START\n*FILE_SAMPLE "{}"\n*RAS_HEADER_END\n*RAS_INT_START\n'
COUNTS = ", ".join(["7"] * 61)


def files(n: int) -> dict[str, str]:
    """Return a file of each kind; `n` is how often its part is repeated."""
    profile = "".join(f"{5 + 0.02 * k:.2f} 7 1\n" for k in range(50))
    return {
        "lines of #": "#\n" * n + SCAN,
        "a header of dashes": "-" * n + "\n" + SCAN,
        "a comment of dashes": "# " + "-" * n + "\n" + SCAN,
        "blanks after BANK": "title\nBANK" + " " * n + "\n" + SCAN,
        "a field of digits": "5.00 " + "9" * n + "x\n" + SCAN,
        "a field of digits and a comma": "5.00 " + "9" * n + ",x\n" + SCAN,
        "digits alone": "9" * n + "\n" + SCAN,
        "blanks in a RAS value": RAS.format("a" + " " * n + "b")
        + profile + "*RAS_INT_END\n*RAS_DATA_END\n",
        "empty lines before RawScan": UDF + "\n" * n + "RawScan\n" + COUNTS + "/\n",
        "blanks in a Rigaku entry": "*TYPE = Raw\n*SAMPLE = a" + " " * n + "b\n*BEGIN\n*START = 5\n"
        f"*STOP = 8\n*STEP = 0.05\n*COUNT = 61\n{COUNTS}\n*END\n",
        "the word wavelength": "# " + "wavelength " * (n // 11) + "\n" + SCAN,
        "blanks after wavelength": "# wavelength" + " " * n + "\n" + SCAN,
        "brackets in a heading": "# 2theta (" + "(" * n + "\n" + SCAN,
        "blanks after scan type": "# " + "scan type " * (n // 10) + "\n" + SCAN,
        "blanks after sample": "# sample" + " " * n + "\n" + SCAN,
        "quotes": '"' * n + "\n" + SCAN,
        "semicolons": ";" * n + "\n" + SCAN,
        "a long last line": SCAN + "5" * n,
        "UXD with a long entry": "_FILEVERSION=2\n_SAMPLE" + " " * n + "\n_COUNTS\n1 2 3\n",
        "CIF with a long value": "data_x\n_pd_phase_name '" + "a" * n + "\n",
        "CIF with many digits": "data_x\nloop_\n_pd_meas_2theta_scan\n_pd_meas_counts_total\n5 "
        + "9" * n + "(\n",
        "JSON with a long number": '{"two_theta_values": [' + "9" * n + '], "intensities": [1]}',
        "JSON of brackets": '{"a": ' + "[" * n,
        "XML with long counts": "<xrdMeasurements><xrdMeasurement><scan scanAxis='Gonio'>"
        "<dataPoints><counts>" + "7" * n + "</counts></dataPoints></scan></xrdMeasurement>"
        "</xrdMeasurements>",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["xy", "csv", "cif"])
def test_usual_files(ratio, numbers, tmp_path, kind):
    lines = virtual_crystal(random_state=0)
    paths = [tmp_path / f"{number}.{kind}" for number in range(20)]
    for path, counts in zip(paths, simulate_patterns(lines, 20, random_state=0), strict=True):
        write_pattern(Pattern(default_two_theta(), counts, wavelength=1.5406), path)
    ratio(f"reading 20 files, {kind}", lambda: [read_pattern(path) for path in paths], numbers)


def test_time_grows_with_the_size(ratio, tmp_path):
    """Twice the size, twice the time; a single kind of quadratic time takes seconds."""
    small, large = ([tmp_path / f"{size}_{k}" for k in range(len(files(1)))] for size in (1, 2))
    for size, paths in ((100_000, small), (200_000, large)):
        for path, text in zip(paths, files(size).values(), strict=True):
            path.write_text(text)
    ratio(
        "awkward files of twice the size",
        lambda: read_all(large),
        ("the same of 100,000 characters", lambda: read_all(small)),
    )


def read_all(paths: list[Path]) -> None:
    """Read files, whatever comes of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in paths:
            with contextlib.suppress(PatternFileError):
                read_pattern(path)
