import numpy as np


def test_cpi_decimal_commas(encode, expected, read):
    content = encode["cpi"]().replace(b"5.0\n", b"5,0\n").replace(b"0.05", b"0,05")
    np.testing.assert_allclose(read(content).two_theta, expected[0])
