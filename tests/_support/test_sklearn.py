import ast
from pathlib import Path

import numpy as np
import pytest
import sklearn.utils

import xrpdsim
from xrpdsim import LeaveTwoGroupsOut
from xrpdsim._support._sklearn import check_random_state, check_whole
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.simulation import simulate_patterns, virtual_crystal

PACKAGE = Path(xrpdsim.__file__).parent


def private_imports(path):
    """Names of scikit-learn that begin with an underscore, or lie in a module that does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sklearn"):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.startswith("sklearn")]
        else:
            continue
        yield from (name for name in names if "._" in name)


def test_private_names_of_scikit_learn_are_imported_in_one_module():
    home = PACKAGE / "_support" / "_sklearn.py"
    found = {
        str(path.relative_to(PACKAGE)): list(private_imports(path))
        for path in PACKAGE.rglob("*.py")
    }
    assert found.pop(str(home.relative_to(PACKAGE)))
    assert not {path: names for path, names in found.items() if names}


def test_none_leaves_the_global_generator_alone():
    before = np.random.get_state()  # noqa: NPY002
    drawn = [check_random_state(None).randint(2**31) for _ in range(2)]
    crystal = virtual_crystal()
    simulate_patterns(crystal, 1)
    make_screening_campaign(2, 2, 4)
    X, y = np.zeros((6, 2)), np.repeat([[k, k] for k in range(3)], 2, axis=0)
    list(LeaveTwoGroupsOut(shuffle=True).split(X, y))
    after = np.random.get_state()  # noqa: NPY002
    assert drawn[0] != drawn[1]
    assert before[2] == after[2]
    np.testing.assert_array_equal(before[1], after[1])


def test_a_seed_and_a_generator_are_those_of_scikit_learn():
    own = np.random.RandomState(1)
    assert check_random_state(own) is own
    assert check_random_state(5).randint(99) == sklearn.utils.check_random_state(5).randint(99)
    with pytest.raises(ValueError, match="cannot be used to seed"):
        check_random_state("seed")


@pytest.mark.parametrize("number", [-1, 2.5, 2.0, True, "2", None, [1]])
def test_what_is_no_whole_number_is_named(number):
    with pytest.raises(ValueError, match=r"^n=.* must be a whole number, 0 or more$"):
        check_whole(number, "n", 0)


def test_whole_numbers_of_numpy_are_whole():
    check_whole(np.int32(1), "n")
    check_whole(0, "n", 0)
