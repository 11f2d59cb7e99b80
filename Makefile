# One set-up: the targets below install what they need into .venv first, `test-lowest` into .venv-lowest.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
LOWEST := .venv-lowest

.PHONY: help install hooks lint test test-kernels test-slow test-all test-lowest test-sdist coverage benchmark performance docs package clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "%-14s %s\n", $$1, $$2}'

$(STAMP): pyproject.toml constraints.txt xrpdsim/_support/_version.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev,docs]"
	touch $@

$(LOWEST)/.installed: pyproject.toml constraints-lowest.txt xrpdsim/_support/_version.py
	$(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python -m pip install --quiet --constraint constraints-lowest.txt --editable ".[test]"
	touch $@

install: $(STAMP)  ## make .venv with the library and all that tests and docs need

hooks: $(STAMP)  ## run the lint tools before every commit
	$(BIN)/pre-commit install

lint: $(STAMP)  ## ruff, mypy, codespell, and the order of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell
	$(BIN)/lint-imports --no-cache

test: lint  ## lint, the tests that take seconds, and the numerical ones under two more kernels
	$(BIN)/pytest -m "not slow" -n 2
	$(BIN)/python tests/kernels.py -n 2

test-kernels: $(STAMP)  ## the numerical tests under every OpenBLAS kernel, with 1 and 2 threads
	$(BIN)/python tests/kernels.py --all -n 2

test-slow: $(STAMP)  ## the tests that take longer
	$(BIN)/pytest -m slow -n 2

test-all: test test-slow test-lowest  ## all of these

test-lowest: $(LOWEST)/.installed  ## the quick tests with the lowest versions, in .venv-lowest
	$(LOWEST)/bin/pytest -m "not slow" -n 2

coverage: $(STAMP)  ## which lines the quick tests run
	$(BIN)/pytest -m "not slow" -n 2 --cov --cov-report=term

benchmark: $(STAMP)  ## the benchmark on a small simulated campaign
	$(BIN)/xrpdsim benchmark

performance: $(STAMP)  ## speed and memory, compared with the last time; KEEP=1 writes what is found
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[performance]"
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/pytest benchmarks/performance -p benchmark -p no:randomly \
		--benchmark-timer=time.process_time --benchmark-columns=min,rounds --benchmark-sort=name $(if $(KEEP),--write)

docs: $(STAMP)  ## the site, into docs/_build/html; a warning is an error
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html

package: $(STAMP)  ## wheel and source distribution into dist, both looked into
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[release]"
	rm -rf build dist
	$(BIN)/python -m build --outdir dist
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents dist/*.whl
	test ! -e .git || $(BIN)/check-manifest
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.readthedocs .readthedocs.yaml
	$(BIN)/python -c 'from rattler_build import Stage0Recipe as R; print(*R.from_file("conda/recipe.yaml").render())'

test-sdist:  ## unpack the source distribution of `package` elsewhere and run `make test` in it
	folder=$$(mktemp -d) && tar xzf dist/*.tar.gz -C $$folder && $(MAKE) -C $$folder/xrpdsim-* test

clean:  ## delete what was made
	rm -rf $(VENV) $(LOWEST) build dist docs/_build docs/auto_examples docs/generated
