"""CIFs as references: their cells brought to the temperature of a screen, within bounds.

`expected_strain` says which strains the symmetry of a crystal allows and how likely each is,
`fit_cell` finds the one that fits the screen, and `fit_structures` draws the structures with it.
Positions are fitted, intensities never: a crystal of the same cell with other intensities does not
fit, and `intensity_agreement` says by how much.
"""

from .cell_fit import CellFit, Profiles, fit_cell
from .expansion import ExpectedStrain, expected_strain
from .line_intensities import intensity_agreement
from .structure_reference import (
    FittedStructure,
    StructureReference,
    draw_structure,
    fit_structures,
    read_structure,
)

__all__ = [
    "StructureReference",
    "read_structure",
    "FittedStructure",
    "fit_structures",
    "draw_structure",
    "CellFit",
    "Profiles",
    "fit_cell",
    "intensity_agreement",
    "ExpectedStrain",
    "expected_strain",
]
