"""What pyproject.toml cannot say: the README as it is shown on the package index."""

import re
import tomllib
from pathlib import Path

from setuptools import setup

ROOT = Path(__file__).parent


def readme_for_the_index() -> str:
    """Return README.md with absolute addresses: the package index has none of our files."""
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["urls"]
    address = urls["Repository"]
    text = (ROOT / "README.md").read_text("utf-8")
    text = re.sub(r"(!\[[^\]]*\])\((?!https?:)", rf"\1({address}/raw/main/", text)
    return re.sub(r"(?<!!)(\[[^\]]*\])\((?!https?:|#)", rf"\1({address}/blob/main/", text)


if __name__ == "__main__":
    setup(long_description=readme_for_the_index(), long_description_content_type="text/markdown")
