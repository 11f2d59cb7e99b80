import numpy as np
import pytest

from xrpdsim.io import PatternFileError


def test_udf_without_slash_must_be_complete(encode, expected, read):
    content = encode["udf"]().replace(b"\n/\n", b"\n")
    np.testing.assert_array_equal(read(content).intensity, expected[1])
    for cut in (content[:-1], content[:-2], content[: content.rindex(b",")]):
        with pytest.raises(PatternFileError, match="cut off"):
            read(cut)
