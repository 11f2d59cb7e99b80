"""Configuration of the documentation."""

import os
import re
import sys
from pathlib import Path

# Examples and doctests repeat bit for bit on one thread, and small networks train fastest on it.
os.environ.setdefault("OMP_NUM_THREADS", "1")

sys.path.insert(0, str(Path(__file__).parent))

from sphinx.util.nodes import make_refnode

import xrpdsim

project = "xrpdsim"
author = "The xrpdsim developers"
copyright = "The xrpdsim developers"
version = release = xrpdsim.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx.ext.mathjax",
    "sphinx.ext.viewcode",
    "sphinx_gallery.gen_gallery",
    "sphinx_copybutton",
    "numpydoc",
    "myst_parser",
    "command_reference",
]
exclude_patterns = ["_build", "auto_examples/**.ipynb", "auto_examples/**.py"]
templates_path = ["_templates"]
default_role = "py:obj"
smartquotes_action = "qe"  # quotes and dots; the two dashes of an option stay
toc_object_entries_show_parents = "hide"

autosummary_generate = True
autodoc_typehints = "none"
# Attributes and methods of scikit-learn's own base classes are documented there.
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

myst_heading_anchors = 3

# Links into the documentation of others need the internet: Read the Docs has it, and who sets
# XRPDSIM_LINK_OTHERS=1 says so. Without them the site builds, and their names are plain text.
OTHERS = {
    "python": "https://docs.python.org/3/",
    "numpy": "https://numpy.org/doc/stable/",
    "scipy": "https://docs.scipy.org/doc/scipy/",
    "sklearn": "https://scikit-learn.org/stable/",
    "skorch": "https://skorch.readthedocs.io/en/stable/",
    "torch": "https://docs.pytorch.org/docs/stable/",
    "matplotlib": "https://matplotlib.org/stable/",
}
reachable = os.environ.get("READTHEDOCS") == "True" or os.environ.get("XRPDSIM_LINK_OTHERS") == "1"
intersphinx_mapping = {name: (url, None) for name, url in OTHERS.items()} if reachable else {}

# What is copied is what is typed: no prompts, no output, no button beside plain output.
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
copybutton_selector = ":not(.highlight-text):not(.highlight-none) > div.highlight > pre"

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"/plot_",
    "backreferences_dir": "generated/backreferences",
    "doc_module": ("xrpdsim",),
    "reference_url": {"xrpdsim": None},
    "within_subsection_order": "gallery_order.NewcomerOrder",
    "min_reported_time": 1000,
    "plot_gallery": True,
    "remove_config_comments": True,
    "ignore_repr_types": r"matplotlib\.",
    "show_signature": False,
    "write_computation_times": False,
}
suppress_warnings = ["config.cache"]

html_theme = "pydata_sphinx_theme"
html_title = "xrpdsim"
html_static_path = ["_static"]
html_css_files = ["xrpdsim.css"]
html_sidebars = {
    page: [] for page in (
        "installation", "commands", "for_diffractionists", "for_scikit_learn_users", "glossary",
        "whats_new", "contributing", "how_it_is_built",
    )
}  # fmt: skip
html_show_sourcelink = False
html_theme_options = {
    "navbar_align": "left",
    "header_links_before_dropdown": 5,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-light",
}


def _skip_member(app, what, name, obj, skip, options):
    # Metadata requests are scikit-learn's, and documented there; fields stand among the parameters.
    is_field = (getattr(obj, "__doc__", None) or "").startswith("Alias for field number")
    return True if is_field or re.fullmatch(r"set_\w+_request", name) else None


def _set_formulas(app, what, name, obj, options, lines):
    # Plain in a terminal, a formula on the page; bars alone would be a substitution.
    lines[:] = [
        # a backslash is in formulas already
        line if "\\" in line else line.replace("|F|^2", ":math:`|F|^2`")
        for line in lines
    ]


def _link_names(app, env, node, name):
    # A public name links from wherever it stands, whatever module the page is about.
    if node.get("refdomain") != "py":
        return None
    target, objects = node["reftarget"], env.get_domain("py").objects
    if target.startswith("xrpdsim."):
        target = target.rsplit(".", 1)[1]
    elif node["reftype"] == "obj" and not re.search("[A-Z_.]", target):
        return None  # a parameter
    found = [
        (full, entry)
        for full, entry in objects.items()
        if full.endswith(f".{target}")
        and not entry.aliased
        and ("." in target or entry.objtype in ("class", "function", "exception"))
    ]
    if len(found) != 1:
        return None
    full, entry = found[0]
    return make_refnode(app.builder, node["refdoc"], entry.docname, entry.node_id, name, full)


def setup(app):
    """Register what cannot be said by a setting."""
    app.connect("autodoc-process-docstring", _set_formulas)
    app.connect("missing-reference", _link_names)
    app.connect("autodoc-skip-member", _skip_member)
