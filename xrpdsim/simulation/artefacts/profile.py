"""The shape of one line: its width along the pattern, and the pseudo-Voigt function."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...patterns import CU_KALPHA1

SCHERRER_CONSTANT = 0.9
_LOG2 = np.log(2.0)


class LineWidths:
    """How wide the lines of each pattern are, as functions of the angle.

    The Gaussian part is the instrument's, after Caglioti, Paoletti & Ricci, Nucl. Instrum. 3 (1958)
    223: FWHM^2 = u tan^2(theta) + v tan(theta) + w. The Lorentzian part is the sum of an
    instrumental constant, the crystallite size (Scherrer) and the microstrain (Stokes & Wilson).

    Parameters
    ----------
    w : array-like of shape (n_patterns,)
        Caglioti's w, squared degrees.
    u, v : array-like of shape (n_patterns,), default=0
        Caglioti's u and v, squared degrees; v is negative or zero.
    lorentzian : array-like of shape (n_patterns,), default=0
        Lorentzian FWHM of the instrument, degrees.
    size : array-like of shape (n_patterns,), default=inf
        Crystallite size in nanometre.
    microstrain : array-like of shape (n_patterns,), default=0
        Relative variation of the plane spacing.

    Examples
    --------
    >>> widths = LineWidths(w=[0.1**2], size=[50.0])
    >>> fwhm, mixing = widths.pseudo_voigt([10.0, 30.0])
    >>> fwhm.round(3), mixing.round(2)
    (array([[0.21 , 0.214]]), array([[0.81, 0.82]]))
    """

    def __init__(
        self,
        w: ArrayLike,
        u: ArrayLike = 0.0,
        v: ArrayLike = 0.0,
        lorentzian: ArrayLike = 0.0,
        size: ArrayLike = np.inf,
        microstrain: ArrayLike = 0.0,
    ) -> None:
        self.w, self.u, self.v = _column(w), _column(u), _column(v)
        self.lorentzian = _column(lorentzian)
        self.size = _column(size)
        self.microstrain = _column(microstrain)

    def gaussian_fwhm(self, two_theta: ArrayLike) -> NDArray[np.float64]:
        """Return the Gaussian FWHM in degrees, shape (n_patterns, n_angles)."""
        tangent = np.tan(np.radians(np.asarray(two_theta)) / 2)
        squared = self.u * tangent**2 + self.v * tangent + self.w
        if (squared <= 0).any():
            raise ValueError(
                "u tan^2 + v tan + w is not positive at every angle: no such instrument exists; "
                "choose v^2 < 4 u w"
            )
        return np.asarray(np.sqrt(squared))

    def lorentzian_fwhm(self, two_theta: ArrayLike) -> NDArray[np.float64]:
        """Return the Lorentzian FWHM in degrees, shape (n_patterns, n_angles)."""
        return np.asarray(
            self.lorentzian
            + size_broadening(self.size, two_theta)
            + strain_broadening(self.microstrain, two_theta)
        )

    def pseudo_voigt(self, two_theta: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return FWHM (degrees) and mixing (0 Gaussian, 1 Lorentzian), (n_patterns, n_angles)."""
        return thompson_cox_hastings(self.gaussian_fwhm(two_theta), self.lorentzian_fwhm(two_theta))


def size_broadening(size: ArrayLike, two_theta: ArrayLike) -> NDArray[np.float64]:
    """Return the FWHM from the crystallites' size, K lambda / (L cos theta) (Scherrer).

    Parameters
    ----------
    size : array-like
        L in nanometre; infinite for none.
    two_theta : array-like
        Degrees; broadcast against `size`.

    Returns
    -------
    ndarray
        Degrees 2theta, with K = 0.9 at Cu K-alpha1.

    Examples
    --------
    >>> size_broadening([50.0, 500.0], 30.0).round(4)
    array([0.1645, 0.0164])
    """
    cosine = np.cos(np.radians(np.asarray(two_theta)) / 2)
    return np.degrees(SCHERRER_CONSTANT * CU_KALPHA1 / (10 * np.asarray(size) * cosine))


def strain_broadening(microstrain: ArrayLike, two_theta: ArrayLike) -> NDArray[np.float64]:
    """Return the FWHM from varying plane spacings, 4 eps tan theta (Stokes & Wilson, 1944).

    Parameters
    ----------
    microstrain : array-like
        eps, a fraction.
    two_theta : array-like
        Degrees; broadcast against `microstrain`.

    Returns
    -------
    ndarray
        Degrees 2theta.

    Examples
    --------
    >>> strain_broadening(0.001, [10.0, 30.0]).round(4)
    array([0.0201, 0.0614])
    """
    tangent = np.tan(np.radians(np.asarray(two_theta)) / 2)
    return np.degrees(4 * np.asarray(microstrain) * tangent)


def thompson_cox_hastings(
    gaussian: ArrayLike, lorentzian: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return FWHM and mixing of the pseudo-Voigt that stands for a Voigt function.

    Thompson, Cox & Hastings, J. Appl. Cryst. 20 (1987) 79.

    Parameters
    ----------
    gaussian, lorentzian : array-like
        FWHM of the two parts.

    Returns
    -------
    fwhm, mixing : ndarray
        FWHM of the whole, in the same unit, and the share of the Lorentzian.

    Examples
    --------
    >>> fwhm, mixing = thompson_cox_hastings([0.1, 0.1, 0.0], [0.0, 0.1, 0.1])
    >>> fwhm.round(4), mixing.round(3)
    (array([0.1   , 0.1635, 0.1   ]), array([0.   , 0.683, 1.   ]))
    """
    g, x = np.asarray(gaussian, dtype=np.float64), np.asarray(lorentzian, dtype=np.float64)
    fifth_power = g * (
        g * (g * (g * (g + 2.69269 * x) + 2.42843 * x * x) + 4.47163 * x**3) + 0.07842 * x**4
    )
    fwhm = (fifth_power + x**5) ** 0.2
    ratio = x / fwhm
    return fwhm, ratio * (1.36603 + ratio * (-0.47719 + 0.11116 * ratio))


def pseudo_voigt(offset: ArrayLike, fwhm: ArrayLike, mixing: ArrayLike) -> NDArray[np.float64]:
    """Return the pseudo-Voigt function of unit area.

    Parameters
    ----------
    offset : array-like
        Distance from the centre, degrees.
    fwhm, mixing : array-like
        Broadcast against `offset`.

    Returns
    -------
    ndarray
        Per degree.

    Examples
    --------
    >>> pseudo_voigt([0.0, 0.05], 0.1, 0.0).round(3)
    array([9.394, 4.697])
    """
    offset, fwhm = np.asarray(offset, dtype=np.float64), np.asarray(fwhm, dtype=np.float64)
    square = (2 * offset / fwhm) ** 2
    lorentzian = 2 / (np.pi * fwhm * (1 + square))
    gaussian = 2 * np.sqrt(_LOG2 / np.pi) / fwhm * np.exp(-_LOG2 * square)
    return mixing * lorentzian + (1 - np.asarray(mixing)) * gaussian


def pseudo_voigt_transform(
    frequency: ArrayLike, fwhm: ArrayLike, mixing: ArrayLike
) -> NDArray[np.float64]:
    """Return the Fourier transform of `pseudo_voigt`.

    Parameters
    ----------
    frequency : array-like
        Cycles per degree.
    fwhm, mixing : array-like
        Broadcast against `frequency`.

    Returns
    -------
    ndarray
        1 at zero frequency.

    Examples
    --------
    >>> pseudo_voigt_transform([0.0, 1.0], 0.1, 1.0).round(3)
    array([1.  , 0.73])
    """
    decay = np.pi * np.asarray(fwhm) * np.asarray(frequency)
    lorentzian, gaussian = np.exp(-decay), np.exp(-(decay * decay) / (4 * _LOG2))
    return np.asarray(gaussian + mixing * (lorentzian - gaussian))


def _column(values: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(values, dtype=np.float64).reshape(-1, 1)
