import ast
from pathlib import Path

import xrpdsim

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
