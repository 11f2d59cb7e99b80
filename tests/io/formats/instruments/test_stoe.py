import struct

import numpy as np
import pytest

from xrpdsim.io import PatternFileError


def changed(content, form, offset, value):
    content = bytearray(content)
    struct.pack_into(form, content, offset, value)
    return bytes(content)


def test_what_the_file_tells(encode, read):
    pattern = read(encode["stoe"]())
    assert (pattern.sample, pattern.date) == ("SAMPLE", "22-Sep-20 17:18")
    assert pattern.metadata["scan_mode"] == "transmission"


def test_the_factor_divides(encode, expected, read):
    pattern = read(changed(encode["stoe"](), "<f", 512 + 40, 4.0))
    np.testing.assert_allclose(pattern.intensity, expected[1] / 4)


@pytest.mark.parametrize(
    ("form", "offset", "value", "message"),
    [
        ("<H", 512 + 34, 60, "end at"),
        ("<H", 512 + 34, 60_000, "cut off|fill"),
        ("<f", 512 + 60, 0.06, "end at"),
        ("<f", 512 + 44, 6.0, "end at"),
        ("<i", 512 + 124, 999, "the header says"),
        ("<i", 1024 + 40, 99_999, "the header says"),
        ("<h", 512 + 38, 3, "form 3"),
        ("<h", 496, 9, "fill"),
        ("<h", 480, 900, "cut off"),
        ("<h", 480, 0, "holds no scan"),
    ],
)  # fmt: skip
def test_every_self_check_works(form, offset, value, message, encode, read):
    with pytest.raises(PatternFileError, match=message):
        read(changed(encode["stoe"](), form, offset, value))
