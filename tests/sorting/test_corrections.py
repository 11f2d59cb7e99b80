import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_expit, logit

from xrpdsim.sorting import read_corrections
from xrpdsim.sorting.corrections import adapt_probabilities

FILES = ["a.xy", "b.xy", "c.xy", "d.xy"]
NOTHING = np.empty((0, 2), dtype=int)


def write(path, *lines):
    path.write_text("\n".join(("file,relation,other", *lines)) + "\n", encoding="utf-8")
    return path


def test_relations_and_names_become_pairs(tmp_path):
    path = write(
        tmp_path / "c.csv",
        "a.xy,Same,b.xy", "c.xy,different,a.xy", "a.xy,form,I", "d.xy,form,II", "b.xy,form,I",
    )  # fmt: skip
    found = read_corrections(path, FILES)
    assert found.same.tolist() == [[0, 1], [0, 1]]
    assert found.different.tolist() == [[2, 0], [0, 3]]
    assert found.names == {0: "I", 3: "II", 1: "I"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("e.xy,same,a.xy", "row 2: the screen has no file 'e.xy'"),
        ("a.xy,same,e.xy", "row 2: the screen has no file 'e.xy'"),
        ("a.xy,like,b.xy", "'like' is not same, different or form"),
        ("a.xy,same,a.xy", "paired with itself"),
        ("a.xy,form,", "the form has no name"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, line, message):
    with pytest.raises(ValueError, match=message):
        read_corrections(write(tmp_path / "c.csv", line), FILES)


def test_two_names_for_one_pattern_are_refused(tmp_path):
    path = write(tmp_path / "c.csv", "a.xy,form,I", "a.xy,form,II")
    with pytest.raises(ValueError, match="already form 'I'"):
        read_corrections(path, FILES)


def test_a_missing_column_is_named(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("file,other\na.xy,b.xy\n")
    with pytest.raises(ValueError, match="lacks the column relation"):
        read_corrections(path, FILES)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "is not UTF-8"),
        (b'file,relation,other\n"a.xy', "unexpected end"),
        (b"", "lacks"),
    ],
)
def test_what_is_no_table_is_named(tmp_path, content, message):
    path = tmp_path / "c.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"c.csv.*{message}"):
        read_corrections(path, FILES)


def test_the_shift_is_the_most_probable_one():
    rng = np.random.default_rng(0)
    P = rng.uniform(0.05, 0.95, (6, 6))
    P = (P + P.T) / 2
    same, different = np.array([[0, 1], [2, 3]]), np.array([[0, 4]])
    evidence = np.array([logit(P[0, 1]), logit(P[2, 3]), -logit(P[0, 4])])
    sign = np.array([1, 1, -1])

    def loss(shift):
        # three pairs of five patterns
        return -(5 / 3) * log_expit(evidence + sign * shift).sum() + shift**2 / 2

    shift = minimize_scalar(loss).x
    np.testing.assert_allclose(
        adapt_probabilities(P, same, different), expit(logit(P) + shift), atol=1e-6
    )


def test_without_corrections_nothing_moves():
    P = np.array([[1.0, 0.3], [0.3, 1.0]])
    assert (adapt_probabilities(P, NOTHING, NOTHING) == P).all()
