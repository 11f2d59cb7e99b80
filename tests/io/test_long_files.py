"""Long headers, long lines and long fields, which once took quadratic time, are read right.

``benchmarks/performance/test_files.py`` measures the time; here only what is read counts.
"""

import numpy as np
import pytest

from xrpdsim.io import PatternFileError

N = 100_000
SCAN = "".join(f"{5 + 0.02 * k:.2f} {100 + k % 7}\n" for k in range(200))
LEVELS = [100 + k % 7 for k in range(200)]


@pytest.mark.parametrize(
    "head",
    ["#\n" * N, "-" * N + "\n", "# " + "-" * N + "\n", "title\nBANK" + " " * N + "\n",
     "# wavelength" + " " * N + "\n", "# 2theta (" + "(" * N + "\n", "# " + "scan type " * N + "\n",
     '"' * N + "\n", ";" * N + "\n"],
    ids=["lines", "dashes", "comment", "bank", "wavelength", "brackets", "scan", "quotes", "marks"],
)  # fmt: skip
def test_a_long_heading_changes_nothing(head, read):
    pattern = read(head + SCAN)
    np.testing.assert_array_equal(pattern.intensity, LEVELS)
    assert pattern.wavelength is None


def test_what_stands_in_a_long_heading_is_found(read):
    head = "#\n" * N + "# wavelength: 0.7093 A\n# sample: eel" + " " * N + "\n"
    pattern = read(head + SCAN)
    assert (pattern.wavelength, pattern.sample) == (0.7093, "eel")


@pytest.mark.parametrize("field", ["9" * N + "x", "9" * N + ",x", "9" * N, "1" + "." * N])
def test_a_long_field_is_no_number(field, read):
    with pytest.raises(PatternFileError, match=r"line 201 has (text|\d+ characters)"):
        read(SCAN + f"9.00 {field}\n")


def test_blanks_in_values_of_entries(encode, expected, read):
    ras = encode["ras"]().replace(b'"SAMPLE"', b'"a' + b" " * N + b'b"')
    assert read(ras).sample == "a" + " " * N + "b"
    old = encode["old_rigaku"]().replace(
        b"*TYPE = Raw", b"*TYPE = Raw\n*SAMPLE = " + b" " * N + b"b"
    )
    assert read(old).sample == "b"


def test_empty_lines_before_the_data(encode, expected, read):
    content = encode["udf"]().replace(b"RawScan", b"\n" * N + b"RawScan")
    np.testing.assert_array_equal(read(content).intensity, expected[1])
