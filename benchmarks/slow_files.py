"""Time to read files that once took quadratic time, at two sizes: twice the size, twice the time.

Run it with ``python benchmarks/slow_files.py``. Version 0.1.0 took 1.6 s to over 30 s for each.
"""

from __future__ import annotations

import contextlib
import tempfile
import time
import warnings
from pathlib import Path

from xrpdsim.io import PatternFileError, read_pattern
from xrpdsim.io.wavelengths import parse_wavelength

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


def seconds(path: Path) -> float:
    """Read a file, whatever comes of it, and return the time it took."""
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.suppress(PatternFileError):
            read_pattern(path)
    return time.perf_counter() - start


def main() -> None:
    """Print the table."""
    n = 100_000
    path = Path(tempfile.mkdtemp()) / "a"
    print(f"{'file':34}{n:>12,}{2 * n:>12,}  (s)")
    for name in files(1):
        times = []
        for size in (n, 2 * n):
            path.write_text(files(size)[name])
            times.append(min(seconds(path) for _ in range(3)))
        print(f"{name:34}{times[0]:12.4f}{times[1]:12.4f}")
    start = time.perf_counter()
    with contextlib.suppress(ValueError):
        parse_wavelength("1" * n + "x")
    print(f"{'a wavelength of digits, given':34}{time.perf_counter() - start:12.4f}")


if __name__ == "__main__":
    main()
