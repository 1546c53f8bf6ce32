# Needs Python 3.11 or newer and a package registry; everything else is installed from uv.lock.
PYTHON ?= python3
UV := .uv/bin/uv
UV_VERSION := 0.13.9
RUN := $(UV) run --no-sync --offline
export UV_PROJECT_ENVIRONMENT := .venv
# Without bytecode every child process compiles the libraries anew.
unexport PYTHONDONTWRITEBYTECODE
ANSWER := bidproof answer questionnaire.xlsx --docs documents

.PHONY: help install demo test check audit format bench-quality bench-speed clean

help:  ## Say what can be made
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit("error: found Python %d.%d, expected 3.11 to 3.13; set PYTHON=..." % sys.version_info[:2] if not (3, 11) <= sys.version_info < (3, 14) else 0)'
	$(PYTHON) -m venv .uv
	.uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

install: $(UV)  ## Install what a user needs
	$(UV) sync --locked --quiet --compile-bytecode --inexact --no-default-groups --python $(PYTHON)

demo: $(UV)  ## Answer the sample questionnaire from the sample documents
	$(UV) sync --locked --quiet --inexact --no-default-groups --group samples --python $(PYTHON)
	$(RUN) python samples/build.py build/demo
	@cd build/demo && ../../.venv/bin/$(ANSWER)
	@echo 'command: cd $(CURDIR)/build/demo && $(CURDIR)/.venv/bin/$(ANSWER)'

test: $(UV)  ## Install the development tools and run every test
	$(UV) sync --locked --quiet --inexact --python $(PYTHON)
	$(RUN) pytest -n 2 --dist worksteal

check: $(UV)  ## Format, lint, types, imports, tests
	$(UV) sync --locked --quiet --inexact --python $(PYTHON)
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) pyright
	$(RUN) lint-imports
	$(RUN) pytest -n 2 --dist worksteal -m "not house"

audit: $(UV)  ## Known weaknesses, licences, start-up hooks, hashes of weights
	$(UV) sync --locked --quiet --inexact --python $(PYTHON)
	$(RUN) python .ci/audit.py

format: $(UV)  ## Rewrite the code in the house format
	$(RUN) ruff format .
	$(RUN) ruff check --fix .

bench-quality: $(UV)  ## Measure quality on the data sets in BIDPROOF_DATA
	$(UV) sync --locked --quiet --inexact --group bench --python $(PYTHON)
	$(RUN) python benchmarks/quality.py

bench-speed: $(UV)  ## Measure speed beside other libraries in one run
	$(UV) sync --locked --quiet --inexact --group bench --python $(PYTHON)
	$(RUN) python benchmarks/speed.py

clean:  ## Remove what was built
	rm -rf build .venv .uv
