"""
Name the forms of a screen by CIFs
==================================

Structures are mostly measured near 100 K, screens at room temperature. Crystals expand in between,
each axis by another amount, and the lines of a pattern that is calculated from a CIF lie beside
those of the sample. :func:`~xrpdsim.sorting.read_references` takes CIFs like measured patterns, and
:func:`~xrpdsim.sorting.sort_screen` brings their cells to the screen first.
"""

# %%
# Urea, as a neutron diffraction study at 12 K found it [1]_. Its cell at room temperature is known,
# too: a grew by 1.7 %, c by 0.6 %.

from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np

from xrpdsim.patterns import default_two_theta
from xrpdsim.simulation import Lines, lines_from_cif, near_relative, simulate_patterns
from xrpdsim.sorting import Screen, read_references, sort_screen
from xrpdsim.sorting.results import references_found

UREA = """data_urea
_space_group_name_H-M_alt 'P -4 21 m'
_cell_length_a 5.565
_cell_length_b 5.565
_cell_length_c 4.684
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_diffrn_ambient_temperature 12
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
C1 C 0 0.5 0.3260
O1 O 0 0.5 0.5953
N1 N 0.1459 0.6459 0.1766
H1 H 0.2575 0.7575 0.2827
H2 H 0.1441 0.6441 -0.0380
"""
folder = TemporaryDirectory()
cif = Path(folder.name) / "urea.cif"
cif.write_text(UREA)
cold = lines_from_cif(cif, two_theta_max=45)
warm = cold.with_cell([5.661, 5.661, 4.712, 90, 90, 90])

# %%
# A screen: six samples of urea, and six of a crystal of nearly the same cell with other
# intensities.

relative: Lines = near_relative(warm, strain=0.01, correlation=0.5, random_state=2)
X = np.concatenate(
    [
        simulate_patterns(lines.up_to(43), 6, preset="bragg-brentano", random_state=seed)
        for seed, lines in enumerate((warm, relative))
    ]
)
screen = Screen(X, default_two_theta(), [f"sample_{k}.xy" for k in range(12)])

references = read_references(cif)
found = sort_screen(screen, references=references)
print(found.summary())
print(references_found(found))

# %%
# The structure with the cell that is expected at room temperature, with the cell that was fitted,
# and a sample. Only intensities that agree make it a match; those of the other crystal do not.

fig, axes = plt.subplots(3, 1, sharex=True, figsize=(8, 5), layout="constrained")
fig.suptitle("urea: expected, fitted, and a sample")
pairs = [(references.X[0], "expected"), (found.references.X[0], "fitted"), (X[0], "sample")]
for axis, (pattern, label) in zip(axes, pairs, strict=True):
    axis.plot(screen.two_theta, pattern / np.nanmax(pattern), lw=0.8)
    axis.set(ylabel=label, yticks=[])
axes[-1].set(xlabel="2θ / degrees (Cu K$\\alpha_1$)", xlim=(20, 42))
print(found.references.cells[0])
folder.cleanup()

# %%
# From the command line it is the same: ``xrpdsim sort screen/ --references urea.cif`` for a screen,
# and ``xrpdsim compare sample.xy urea.cif`` for one pattern.
#
# References
# ----------
# .. [1] Swaminathan, S., Craven, B. M. & McMullan, R. K. (1984). The crystal structure and
#    molecular thermal motion of urea at 12, 60 and 123 K from neutron diffraction. Acta Cryst. B40,
#    300-306.
