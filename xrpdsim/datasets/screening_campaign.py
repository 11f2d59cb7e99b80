"""A simulated screen: many measurements of the solid forms of several compounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import Bunch

from .._support._progress import track
from .._support._sklearn import check_random_state, check_whole
from .._support._table import Table
from .._support._warnings import warn_user
from ..patterns import grid_or_default
from ..simulation import MeasurementConditions, get_conditions, simulate_patterns
from ..simulation.presets import SCANS_END
from ._bunch import as_labels, pattern_bunch
from ._campaign_plan import AMORPHOUS, Form, Sample, draw_families, plan_samples


def make_screening_campaign(
    n_compounds: int = 16,
    n_forms: int = 24,
    n_patterns: int = 3750,
    *,
    preset: str | MeasurementConditions | Sequence[str | MeasurementConditions] = "transmission",
    solvate_share: float = 0.2,
    amorphous_share: float = 0.0,
    mixture_share: float = 0.0,
    mixture_range: tuple[float, float] = (0.1, 0.5),
    mislabelled_share: float = 0.0,
    two_theta: ArrayLike | None = None,
    as_frame: bool = False,
    return_X_y: bool = False,
    n_jobs: int | None = None,
    random_state: Any = None,
    verbose: bool = False,
) -> Bunch | tuple[Any, Any]:
    """Simulate the solid form screens of several compounds.

    Compounds are virtual organic molecules with one to several solid forms, polymorphs and
    solvates; each form was measured many times, with all that makes measurements of one form
    differ. The defaults have the size of the data of Lange et al.: 3750 patterns of 16 compounds
    in 24 forms, about one pair of patterns in 10.5 of the same form.

    Parameters
    ----------
    n_compounds : int, default=16
    n_forms : int, default=24
        In all. Every compound has at least one; the rest fall on compounds at random.
    n_patterns : int, default=3750
        In all. Forms have unequal numbers, log-normal and at least two.
    preset : str, MeasurementConditions or sequence of them, default="transmission"
        How the patterns were measured, see `simulate_patterns`. Of several, each pattern gets one
        by chance. But for "ideal", scans end at 42 degrees or before.
    solvate_share : float, default=0.2
        Chance that a further form of a compound is a hydrate or solvate with nearly the packing of
        one of its other forms, and not a polymorph, see `virtual_family`.
    amorphous_share : float, default=0.0
        Share of the patterns that are of amorphous samples. Their form is "amorphous"; there is
        one for each compound.
    mixture_share : float, default=0.0
        Share of the patterns that are of mixtures of two forms of one compound. Their form is
        named after both, as "I + II".
    mixture_range : tuple of (float, float), default=(0.1, 0.5)
        What the second form of a mixture scatters of the whole, drawn evenly.
    mislabelled_share : float, default=0.0
        Share of the patterns whose form in `y` is another one of the same compound.
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees at Cu K-alpha1; by default `default_two_theta`.
    as_frame : bool, default=False
        Return X and y as DataFrames and the two together as `frame`; needs pandas.
    return_X_y : bool, default=False
        Return only `(X, y)`.
    n_jobs : int, optional
        Processes that simulate, as in joblib. The patterns do not depend on it.
    random_state : int, RandomState instance or None, default=None
    verbose : bool, default=False
        Whether to show progress on standard error.

    Returns
    -------
    Bunch
        - X : ndarray of shape (n_patterns, n_points), counts, NaN where a scan did not measure
        - y : ndarray of shape (n_patterns, 2) of object, compound and form
        - compound, form : ndarray of shape (n_patterns,) of object, the columns of y
        - two_theta : ndarray of shape (n_points,)
        - parameters : dict of str to ndarray of shape (n_patterns,); what was drawn for each
          pattern, NaN where it does not apply: all parameters of `simulate_patterns`, and
          `true_form`, `mislabelled`, `second_form`, `second_share`, `preset`
        - forms : Table with a row for each form: compound, form, kind, space_group, n_patterns
        - lines : dict of (compound, form) to Lines
        - frame : DataFrame if `as_frame`, otherwise None
        - DESCR : str
    (X, y) : tuple if `return_X_y`

    Raises
    ------
    ValueError
        If a number is not whole, there are fewer forms than compounds, too few patterns for two of
        each form, a share is out of range, or mixtures or wrong labels are asked for where no
        compound has two forms.

    Warns
    -----
    UserWarning
        If the grid reaches beyond the end of the scans.

    See Also
    --------
    xrpdsim.simulation.simulate_patterns : patterns of one crystal.
    xrpdsim.load_campaign : your own labelled patterns.

    Examples
    --------
    >>> campaign = make_screening_campaign(3, 4, 20, random_state=0)
    >>> campaign.X.shape, campaign.y[0].tolist()
    ((20, 1950), ['compound 2', 'I'])
    >>> print(campaign.forms)
    compound    form  kind       space_group  n_patterns
    compound 1  I     polymorph  P -1         11
    compound 2  I     polymorph  C 1 2/c 1    2
    compound 2  II    polymorph  P -1         5
    compound 3  I     polymorph  P -1         2
    """
    grid = grid_or_default(two_theta)
    shares = {
        "solvate_share": solvate_share,
        "amorphous_share": amorphous_share,
        "mixture_share": mixture_share,
        "mislabelled_share": mislabelled_share,
    }
    presets = [preset] if isinstance(preset, (str, MeasurementConditions)) else list(preset)
    _check_request(n_compounds, n_forms, n_patterns, shares, mixture_range, presets)
    _warn_of_short_scans(presets, grid)
    rng = check_random_state(random_state)

    families = draw_families(n_compounds, n_forms, solvate_share, grid[-1], rng)
    samples = plan_samples(
        families, n_patterns, amorphous_share, mixture_share, presets, grid[-1], rng
    )
    simulated = Parallel(n_jobs=n_jobs)(
        delayed(_simulate)(sample, grid, mixture_range)
        for sample in track(samples, "simulating", show=verbose)
    )
    X = np.concatenate([patterns for patterns, _ in simulated])
    parameters = _joined([drawn for _, drawn in simulated])
    compound = np.repeat([s.compound for s in samples], [s.n_patterns for s in samples])
    order = rng.permutation(n_patterns)
    X, compound = X[order], compound.astype(object)[order]
    parameters = {name: values[order] for name, values in parameters.items()}

    form = _mislabel(compound, parameters["true_form"], families, mislabelled_share, rng)
    parameters["mislabelled"] = form != parameters["true_form"]
    forms = [form for family in families for form in family]
    return pattern_bunch(
        X,
        as_labels(compound.tolist(), form.tolist()),
        grid,
        return_X_y=return_X_y,
        as_frame=as_frame,
        parameters=parameters,
        forms=_forms_table(forms, compound, parameters["true_form"]),
        lines={(form.compound, form.name): form.lines for form in forms},
        DESCR=_describe(n_compounds, n_forms, n_patterns, presets, shares),
    )


def _check_request(
    n_compounds: int,
    n_forms: int,
    n_patterns: int,
    shares: dict[str, float],
    mixture_range: tuple[float, float],
    presets: Sequence[str | MeasurementConditions],
) -> None:
    for name, number in (
        ("n_compounds", n_compounds),
        ("n_forms", n_forms),
        ("n_patterns", n_patterns),
    ):
        check_whole(number, name)
    if n_forms < n_compounds:
        raise ValueError(
            f"n_forms={n_forms} must be at least n_compounds={n_compounds}: every compound has a "
            "form"
        )
    for name, share in shares.items():
        if not 0 <= share <= 1:
            raise ValueError(f"{name}={share} must lie between 0 and 1")
    n_amorphous, n_mixed = (
        round(shares[name] * n_patterns) for name in ("amorphous_share", "mixture_share")
    )
    n_pure = n_patterns - n_amorphous - n_mixed
    if n_pure < 2 * n_forms:
        raise ValueError(
            f"n_patterns={n_patterns} leaves {max(n_pure, 0)} patterns of pure crystalline forms, "
            f"but n_forms={n_forms} need at least {2 * n_forms}, two each"
        )
    if n_forms == n_compounds and (shares["mixture_share"] or shares["mislabelled_share"]):
        raise ValueError(
            "mixture_share and mislabelled_share need a compound with two forms: give more "
            f"n_forms than n_compounds={n_compounds}"
        )
    low, high = mixture_range
    if not 0 < low <= high < 1:
        raise ValueError(f"mixture_range={mixture_range} must lie between 0 and 1, low end first")
    if not presets:
        raise ValueError("preset is empty; name at least one")
    for preset in presets:
        get_conditions(preset)


def _warn_of_short_scans(
    presets: Sequence[str | MeasurementConditions], grid: NDArray[np.float64]
) -> None:
    """Warn where named presets, whose ends nobody stated, leave the rest of a grid empty."""
    short = [preset for preset in presets if isinstance(preset, str) and preset != "ideal"]
    if short and grid[-1] > SCANS_END + 0.1:
        warn_user(
            f"two_theta reaches {grid[-1]:g} degrees, but scans of {', '.join(short)} end at "
            f"{SCANS_END:g} or before; the rest is NaN. Give conditions with another end, such as "
            f"preset=get_conditions({short[0]!r}).replace(end={np.ceil(grid[-1]):g})"
        )


def _simulate(
    sample: Sample, grid: NDArray[np.float64], mixture_range: tuple[float, float]
) -> tuple[NDArray[np.float64], dict[str, NDArray[Any]]]:
    rng = np.random.RandomState(sample.seed)
    n_patterns = sample.n_patterns
    mixed = len(sample.forms) > 1
    second = rng.uniform(*mixture_range, size=n_patterns) if mixed else np.zeros(n_patterns)
    parameters = {"amorphous": 1.0} if sample.label == AMORPHOUS else {}
    if get_conditions(sample.preset).impurity == 0:
        parameters["impurity"] = 0.0  # said outright, as `simulate_patterns` asks of its caller
    X, drawn = simulate_patterns(
        [form.lines for form in sample.forms],
        n_patterns,
        preset=sample.preset,
        shares=np.column_stack([1 - second, second]) if mixed else None,
        impurity=sample.impurity,
        two_theta=grid,
        parameters=parameters,
        random_state=rng,
        return_parameters=True,
    )
    named = sample.preset if isinstance(sample.preset, str) else "conditions of the caller"
    texts = {
        "true_form": sample.label,
        "second_form": sample.forms[1].name if mixed else "",
        "preset": named,
    }
    return X, {
        **{name: np.full(n_patterns, text, dtype=object) for name, text in texts.items()},
        "second_share": second,
        **drawn,
    }


def _joined(blocks: Sequence[dict[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
    """Stack the parameters of all samples; NaN where a sample has no such parameter."""
    names = list(dict.fromkeys(name for block in blocks for name in block))
    lengths = [len(block["true_form"]) for block in blocks]
    return {
        name: np.concatenate(
            [
                block.get(name, np.full(length, np.nan))
                for block, length in zip(blocks, lengths, strict=True)
            ]
        )
        for name in names
    }


def _mislabel(
    compound: NDArray[Any],
    true_form: NDArray[Any],
    families: list[list[Form]],
    share: float,
    rng: np.random.RandomState,
) -> NDArray[Any]:
    """Return the labels with a share of them moved to another form of the same compound."""
    form = true_form.copy()
    n_wrong = round(share * len(form))
    if not n_wrong:
        return form
    names = {family[0].compound: [form.name for form in family] for family in families}
    candidates = np.flatnonzero([len(names[c]) > 1 for c in compound])
    if n_wrong > len(candidates):
        raise ValueError(
            f"mislabelled_share={share} asks for {n_wrong} wrong labels, but only "
            f"{len(candidates)} patterns are of compounds with two forms"
        )
    for row in rng.choice(candidates, n_wrong, replace=False):
        others = [name for name in names[compound[row]] if name != true_form[row]]
        form[row] = others[rng.randint(len(others))]
    return form


def _forms_table(forms: Sequence[Form], compound: NDArray[Any], true_form: NDArray[Any]) -> Table:
    return Table.from_rows(
        {
            "compound": form.compound,
            "form": form.name,
            "kind": form.kind,
            "space_group": form.lines.space_group,
            "n_patterns": int(((compound == form.compound) & (true_form == form.name)).sum()),
        }
        for form in forms
    )


def _describe(
    n_compounds: int,
    n_forms: int,
    n_patterns: int,
    presets: Sequence[str | MeasurementConditions],
    shares: dict[str, float],
) -> str:
    named = ", ".join(p if isinstance(p, str) else "conditions of the caller" for p in presets)
    asked = ", ".join(f"{name} {share:g}" for name, share in shares.items())
    return (
        "Simulated solid form screens\n\n"
        f"{n_patterns} powder patterns of {n_compounds} virtual organic compounds in {n_forms} "
        f"solid forms, measured as: {named}; {asked}. No crystal and no measurement is real: cells "
        "and structure factors are drawn from the statistics of organic crystals, see "
        "`virtual_crystal`, artefacts as in `MeasurementConditions`."
    )
