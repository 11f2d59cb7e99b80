"""scikit-learn's private names that are used here, in one place.

Its public interface has no validation of parameters by their constraints, no check of weights and
no count of the rows of any container. These may move with any release: then this file is the one
to change.
"""

from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import _check_sample_weight as check_sample_weight
from sklearn.utils.validation import _num_samples as num_samples

__all__ = ["HasMethods", "Interval", "StrOptions", "check_sample_weight", "num_samples"]
