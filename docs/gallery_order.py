"""The order of the gallery: first what a newcomer wants first, then the rest by name."""

from sphinx_gallery.sorting import FileNameSortKey

FIRST = [
    "plot_swap_measures.py",
    "plot_second_look.py",
    "plot_judge_pairs.py",
    "plot_train_embedder.py",
    "plot_past_projects.py",
    "plot_tune_degelder.py",
]


class NewcomerOrder(FileNameSortKey):
    """Sort key of an example's file name."""

    def __call__(self, filename: str) -> tuple[int, str]:
        place = FIRST.index(filename) if filename in FIRST else len(FIRST)
        return place, filename
