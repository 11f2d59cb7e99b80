import pytest

from xrpdsim.inspection._matplotlib import axes_or_new, literal


@pytest.mark.parametrize("name", ["$x$", "a $ b", r"$\frac{", "tab\tand\x00", "_hidden", "Form I"])
def test_matplotlib_draws_names_as_they_are(pyplot, name, recwarn):
    ax = axes_or_new(None)
    ax.set_title(literal(name))
    ax.plot([0, 1], label=literal(name))
    assert len(ax.legend().get_texts()) == 1
    ax.figure.canvas.draw()
    assert not [str(w.message) for w in recwarn if "Glyph" in str(w.message)]
