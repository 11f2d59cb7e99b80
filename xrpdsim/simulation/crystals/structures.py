"""The lines of known crystal structures, from CIF files."""

from __future__ import annotations

from os import PathLike, fspath
from typing import Any

import gemmi
import numpy as np

from ..._support._warnings import warn_user
from ...patterns import CU_KALPHA1
from ._cif_atoms import divide_occupancies, missing_atoms
from ._geometry import fits_symmetry, smallest_spacing
from .environment import thermal_expansion
from .lines import Lines

_TEMPERATURE_TAGS = ("_diffrn_ambient_temperature", "_cell_measurement_temperature")
# As gemmi writes them; a symbol of two origins is taken for the second, and refused for it.
_OPERATIONS_THEN_HALL = "S.H"
_HERMANN_MAUGUIN = "2"


def lines_from_cif(
    path: str | PathLike[str],
    wavelength: float = CU_KALPHA1,
    two_theta_max: float = 42.0,
    temperature: float | None = None,
    *,
    block: str | None = None,
    displacements: bool = True,
    random_state: Any = 0,
) -> Lines:
    """Calculate the powder lines of a crystal structure.

    |F|^2 with the X-ray form factors of International Tables (1992) and f' of Cromer and Liberman,
    the multiplicity of the Laue orbit, and Lp of an unpolarised beam. Lines that the space group
    forbids are left out.

    Parameters
    ----------
    path : path-like
        A CIF. Partial occupancies are taken as they stand; atoms flagged as dummies are left out,
        and so, with a warning, are atoms without coordinates. A warning says, too, where atoms of
        the stated formula are not there.
    wavelength : float, default=1.5406
        In angstrom.
    two_theta_max : float, default=42.0
        Lines up to this angle, in degrees.
    temperature : float, optional
        In kelvin. The cell is brought there from the temperature of the measurement that the file
        states, by a volumetric expansion of 161e-6 a kelvin, and mean-square displacements grow in
        proportion to temperature. None takes the structure as it is.
    block : str, optional
        Name of the data block. Not needed where only one block has atoms.
    displacements : bool, default=True
        Whether the displacement parameters of the file weaken the lines. Atoms for which the
        file gives none are at rest either way.
    random_state : int, RandomState instance or None, default=0
        Draws the directions and the anisotropy of the thermal expansion, see
        `thermal_expansion`. Used only where `temperature` is given; with the default a structure
        always expands in the same way.

    Returns
    -------
    Lines

    Raises
    ------
    ValueError
        If the file is not valid CIF, has no atoms with coordinates, no or an unknown space
        group, one that leaves its origin open, a cell that contradicts it, an atom of no known
        element, several blocks with atoms and `block` is not given, or no temperature where
        `temperature` is given.

    Warns
    -----
    UserWarning
        If atoms have no coordinates, or atoms of the formula are missing.

    See Also
    --------
    xrpdsim.simulation.virtual_crystal : without a structure.
    xrpdsim.simulation.simulate_patterns : patterns of these lines.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> salt = '''data_salt
    ... _cell_length_a 5.64
    ... _cell_length_b 5.64
    ... _cell_length_c 5.64
    ... _cell_angle_alpha 90
    ... _cell_angle_beta 90
    ... _cell_angle_gamma 90
    ... _space_group_name_H-M_alt "F m -3 m"
    ... loop_
    ... _atom_site_label
    ... _atom_site_fract_x
    ... _atom_site_fract_y
    ... _atom_site_fract_z
    ... Na1 0 0 0
    ... Cl1 0.5 0.5 0.5
    ... '''
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "salt.cif"
    ...     _ = path.write_text(salt)
    ...     lines = lines_from_cif(path)
    >>> lines.hkl.tolist(), lines.two_theta.round(2), lines.intensity.round()
    ([[1, 1, 1], [0, 2, 0]], array([27.37, 31.7 ]), array([  9., 100.]))
    """
    name = fspath(path)
    data = _block_with_atoms(name, block)
    structure = _structure(data, name)
    if not displacements:
        _scale_displacements(structure, 0.0)
    if temperature is not None:
        measured = _temperature(data, name)
        if not temperature > 0:
            raise ValueError(f"temperature={temperature} must be above 0 kelvin")
        _scale_displacements(structure, temperature / measured)
    d_min = smallest_spacing(wavelength, two_theta_max)
    # an expanding cell brings lines in from beyond the end
    beyond = d_min if temperature is None else 0.98 * d_min
    hkl = gemmi.make_miller_array(structure.cell, structure.spacegroup, beyond)
    hkl = hkl[~structure.spacegroup.operations().systematic_absences(hkl)]
    calculator = gemmi.StructureFactorCalculatorX(structure.cell)
    calculator.addends.add_cl_fprime(gemmi.hc / wavelength)
    factors = [calculator.calculate_sf_from_small_structure(structure, plane) for plane in hkl]
    lines = Lines.from_structure_factors(
        hkl,
        np.abs(np.array(factors, dtype=complex)) ** 2,
        cell=structure.cell.parameters,
        space_group=structure.spacegroup.xhm(),
        wavelength=wavelength,
        d_min=d_min,
    )
    if temperature is not None:
        expansion = thermal_expansion(random_state=random_state)
        lines = lines.strained(expansion * (temperature - measured))
    return lines.up_to(two_theta_max)


def chemical_formula(path: str | PathLike[str], *, block: str | None = None) -> str:
    """Return the chemical formula that a CIF states, as it writes it; "" where it states none.

    Parameters
    ----------
    path : path-like
    block : str, optional
        Name of the data block. Not needed where only one block has atoms.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        As `lines_from_cif`, for the file and its blocks.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> text = "data_x _chemical_formula_sum 'C8 H9 N O2' loop_ _atom_site_fract_x 0.1"
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "paracetamol.cif"
    ...     _ = path.write_text(text)
    ...     chemical_formula(path)
    'C8 H9 N O2'
    """
    return _stated_formula(_block_with_atoms(fspath(path), block))


def measurement_temperature(path: str | PathLike[str], *, block: str | None = None) -> float | None:
    """Return the temperature at which a structure was measured; None where a CIF states none.

    Parameters
    ----------
    path : path-like
    block : str, optional
        Name of the data block. Not needed where only one block has atoms.

    Returns
    -------
    float or None
        In kelvin.

    Raises
    ------
    ValueError
        As `lines_from_cif`, for the file and its blocks.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> text = "data_x _diffrn_ambient_temperature 100(2) loop_ _atom_site_fract_x 0.1"
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "paracetamol.cif"
    ...     _ = path.write_text(text)
    ...     measurement_temperature(path)
    100.0
    """
    return _stated_temperature(_block_with_atoms(fspath(path), block))


def _block_with_atoms(name: str, block: str | None) -> gemmi.cif.Block:
    try:
        document = gemmi.cif.read(name)
    except FileNotFoundError:
        raise
    except (ValueError, RuntimeError, OSError) as error:
        raise ValueError(f"{name}: not a valid CIF: {error}") from error
    names = [data.name for data in document]
    if block is not None:
        if block not in names:
            raise ValueError(f"{name}: no block {block!r}; the file has {names}")
        return document[names.index(block)]
    with_atoms = [data for data in document if data.find_values("_atom_site_fract_x")]
    if not with_atoms:
        raise ValueError(f"{name}: no atoms with fractional coordinates (_atom_site_fract_x)")
    if len(with_atoms) > 1:
        names = [data.name for data in with_atoms]
        raise ValueError(
            f"{name}: several blocks have atoms: {names}; name one as block in Python, or give a "
            "file with one of them"
        )
    return with_atoms[0]


def _structure(data: gemmi.cif.Block, name: str) -> gemmi.SmallStructure:
    structure = gemmi.make_small_structure_from_block(data)
    if not (structure.cell.is_crystal() and structure.cell.volume > 0):
        raise ValueError(f"{name}: no unit cell (_cell_length_a and its kin)")
    _set_space_group(structure, name)
    dummies = {
        row[0]
        for row in data.find("_atom_site_", ["label", "calc_flag"])
        if gemmi.cif.as_string(row[1]) == "dum"
    }
    sites = [site for site in structure.sites if site.label not in dummies]
    placed = [site for site in sites if np.isfinite(site.fract.tolist()).all()]
    if not placed:
        raise ValueError(f"{name}: no atoms with fractional coordinates")
    for site in placed:
        if site.element.name == "X":
            raise ValueError(
                f"{name}: atom {site.label!r} has the type {site.type_symbol!r}, which is no "
                "element"
            )
        if not 0 <= site.occ <= 1.001:
            raise ValueError(f"{name}: atom {site.label!r} has the occupancy {site.occ}")
    structure.sites = gemmi.SmallStructure.SiteList(placed)
    structure.setup_cell_images()
    divide_occupancies(structure)
    lost = [site.label for site in sites if not np.isfinite(site.fract.tolist()).all()]
    missing = missing_atoms(structure, _stated_formula(data))
    if lost:
        warn_user(f"{name}: atoms without coordinates are left out: {lost}")
    elif missing:
        atoms = ", ".join(f"{number:.3g} {element}" for element, number in missing.items())
        warn_user(
            f"{name}: of the formula {_stated_formula(data)!r} the list of atoms lacks {atoms}; "
            "intensities are calculated without them"
        )
    return structure


def _set_space_group(structure: gemmi.SmallStructure, name: str) -> None:
    """Take the listed operations, or else the Hall, or else the Hermann-Mauguin symbol."""
    structure.determine_and_set_spacegroup(_OPERATIONS_THEN_HALL)
    symbol = structure.spacegroup_hm
    if structure.spacegroup is None:
        structure.determine_and_set_spacegroup(_HERMANN_MAUGUIN)
        group = structure.spacegroup
        if group is not None and group.ext == "2" and ":" not in symbol:
            raise ValueError(
                f"{name}: the space group {symbol!r} has two origins, and the file does not say "
                f"which; list its symmetry operations, or write '{symbol}:1' or '{symbol}:2'"
            )
    if structure.spacegroup is None:
        raise ValueError(
            f"{name}: the space group is missing or in a setting that is not tabulated (symbol "
            f"{symbol!r}, {len(structure.symops)} operations); transform the structure to a "
            "tabulated setting"
        )
    found = structure.spacegroup.xhm()
    if not fits_symmetry(structure.cell.parameters, found):
        cell = ", ".join(f"{value:g}" for value in structure.cell.parameters)
        raise ValueError(
            f"{name}: the cell {cell} contradicts the space group {found!r}; correct one of them, "
            "or give the full symbol of its setting"
        )


def _stated_formula(data: gemmi.cif.Block) -> str:
    found = data.find_value("_chemical_formula_sum")
    return gemmi.cif.as_string(found).strip() if found else ""


def _scale_displacements(structure: gemmi.SmallStructure, factor: float) -> None:
    for site in structure.sites:
        site.u_iso *= factor
        tensor = site.aniso
        site.aniso = gemmi.SMat33d(*(factor * u for u in tensor.elements_pdb()))


def _stated_temperature(data: gemmi.cif.Block) -> float | None:
    for tag in _TEMPERATURE_TAGS:
        value = data.find_value(tag)
        if value is not None and gemmi.cif.as_number(value) > 0:
            return float(gemmi.cif.as_number(value))
    return None


def _temperature(data: gemmi.cif.Block, name: str) -> float:
    stated = _stated_temperature(data)
    if stated is not None:
        return stated
    raise ValueError(
        f"{name}: the file does not state the temperature of its measurement "
        f"({' or '.join(_TEMPERATURE_TAGS)}), so the cell cannot be brought to another; ask for no "
        "temperature to take it as it is"
    )
