import numpy as np
import pytest

from xrpdsim.io import PatternFileError

COUNTS = np.arange(100, 161)


def plain(head="5.0 0.05 8.0", per_line=8, counts=COUNTS):
    rows = [" ".join(map(str, counts[k : k + per_line])) for k in range(0, len(counts), per_line)]
    return "\n".join([head, *rows, ""])


@pytest.mark.parametrize("per_line", [1, 2, 8, 10])
@pytest.mark.parametrize("head", ["5.0 0.05 8.0", "! made by hand\n5.0 0.05 8.0 batch 7"])
def test_counts_behind_start_step_and_end(head, per_line, read):
    pattern = read(plain(head, per_line))
    np.testing.assert_allclose(pattern.two_theta, 5 + 0.05 * np.arange(61))
    np.testing.assert_array_equal(pattern.intensity, COUNTS)
    assert pattern.wavelength is None
    assert pattern.sample == ("batch 7" if "batch" in head else "")


@pytest.mark.parametrize("n_points", [60, 62, 30])
def test_the_number_of_counts_must_fit(n_points, read):
    with pytest.raises(PatternFileError, match=f"announces 61 points but holds {n_points}"):
        read(plain(counts=np.resize(COUNTS, n_points)))


def test_three_columns_are_no_plain_counts(read):
    rows = "".join(f"{5 + 0.05 * k:.2f} 0.5 7\n" for k in range(61))
    assert read(rows).metadata["format"] == "columns of text"
    with pytest.raises(PatternFileError, match="columns of text"):
        read("5 0.07 8\n" + plain()[12:])
