import shutil

import numpy as np
import pytest

from xrpdsim.io import write_pattern
from xrpdsim.patterns import CU_KALPHA1, Pattern
from xrpdsim.sorting import read_screen, sort_screen


@pytest.fixture(scope="session")
def folder(tmp_path_factory, mixed_screen):
    """The mixed screen as files on a plate, with a copy, a note and a file of another anode."""
    folder = tmp_path_factory.mktemp("screen")
    for row, counts in enumerate(mixed_screen.X):
        measured = ~np.isnan(counts)
        pattern = Pattern(mixed_screen.two_theta[measured], counts[measured], wavelength=CU_KALPHA1)
        write_pattern(pattern, folder / f"plate1_{chr(65 + row // 12)}{row % 12 + 1:02d}.xy")
    shutil.copy(folder / "plate1_A01.xy", folder / "copy.xy")
    (folder / "notes.txt").write_text("measured on Friday\n")
    (folder / ".hidden").write_text("1 2\n3 4\n5 6\n")
    return folder


@pytest.fixture(scope="session")
def screen(folder):
    return read_screen(folder)


@pytest.fixture(scope="session")
def found(screen):
    return sort_screen(screen)
