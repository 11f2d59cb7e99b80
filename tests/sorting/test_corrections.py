import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_expit, logit

from xrpdsim.sorting.corrections import adapt_probabilities

NOTHING = np.empty((0, 2), dtype=int)


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
