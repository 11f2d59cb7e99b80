"""Where the lines and points of the page's pictures go; their markup is `templates/drawing.html`.

It turns figures into coordinates, without a plotting library. It never reads names, which templates
put in, and never decides what is shown.
"""

from .axis import Axis, angle_axis
from .curves import Curve, curve, curve_path
from .dendrogram import Dendrogram, dendrogram
from .heat_map import heat_map
from .markers import Marker, marker
from .plane import Plane, Point, plane

__all__ = [
    "Axis",
    "angle_axis",
    "Curve",
    "curve",
    "curve_path",
    "Marker",
    "marker",
    "Plane",
    "Point",
    "plane",
    "Dendrogram",
    "dendrogram",
    "heat_map",
]
