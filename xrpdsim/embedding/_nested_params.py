"""Parameters that are dicts, of which a search can reach single entries."""

from __future__ import annotations

from typing import Any, Self

from sklearn.base import BaseEstimator

DICTS = {name: f"{name}_params" for name in ("module", "optimizer", "loss", "iterator_train")}
"""What the names of entries begin with, and the parameter that holds them."""


class NestedParamsMixin(BaseEstimator):
    """`get_params` and `set_params` that reach ``module__hidden`` in `module_params`, and so on."""

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters.

        Parameters
        ----------
        deep : bool, default=True
            Also the entries of `module_params` (as ``module__hidden``), `optimizer_params`
            (``optimizer__weight_decay``), `loss_params` (``loss__margin``) and
            `iterator_train_params` (``iterator_train__drop_last``).

        Returns
        -------
        dict of str to object
        """
        params: dict[str, Any] = super().get_params(deep=deep)
        if deep:
            for prefix, holder in DICTS.items():
                entries = params[holder] if isinstance(params[holder], dict) else {}
                params |= {f"{prefix}__{name}": value for name, value in entries.items()}
        return params

    def set_params(self, **params: Any) -> Self:
        """Set parameters, or entries of those that are dicts.

        Parameters
        ----------
        **params : dict
            Names as `get_params` returns them. An entry that is not there yet is added; what it may
            be called is checked in `fit`. The dict itself, which may be shared, is left as it is.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If there is no parameter of that name.
        """
        entries: dict[str, dict[str, Any]] = {}
        for key in list(params):
            prefix, _, name = key.partition("__")
            if name and prefix in DICTS:
                entries.setdefault(DICTS[prefix], {})[name] = params.pop(key)
        super().set_params(**params)
        for holder, changed in entries.items():
            setattr(self, holder, {**(getattr(self, holder) or {}), **changed})
        return self
