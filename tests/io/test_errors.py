"""The error of the readers, and names that can be printed."""

import pytest

from xrpdsim.io import PatternFileError, printable


@pytest.mark.parametrize(
    ("name", "shown"),
    [("a b.xy", "a b.xy"), ("Prüfung.xy", "Prüfung.xy"), ("caf\udce9.xy", "caf\\xe9.xy")],
)
def test_any_name_can_be_printed(name, shown):
    assert printable(name) == shown
    assert printable(name).encode("utf-8")


def test_an_error_says_what_it_knows():
    assert str(PatternFileError("cut off")) == "cut off"
    assert str(PatternFileError("cut off", path="a.raw")) == "a.raw: cut off"
    assert str(PatternFileError("cut off", path="a.raw", format="X")) == "a.raw: X: cut off"
