# The one front door: needs only make and Python 3.11 to 3.13. Everything lands in .venv, nothing outside.

.DEFAULT_GOAL := help
.PHONY: help install demo test check format docs bench bundle lock audit sbom clean

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# PYTHON=/path/to/python chooses the interpreter of a new .venv; else the first of these that fits.
PYTHON ?=
CANDIDATES = $(or $(PYTHON),$(wildcard $(BIN)/python) python3 python3.13 python3.12 python3.11)
# uv, itself pinned in the lock file, installs in a tenth of pip's time; pip may know mirrors that uv does not.
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check
FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

install: $(STAMP) ## make .venv with everything, from pinned and hashed packages

$(STAMP): requirements.lock pyproject.toml
	@for python in $(CANDIDATES); do \
	    if "$$python" -c '$(FITS)' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "reform-pulse needs Python 3.11, 3.12 or 3.13; tried: $(CANDIDATES)." >&2; \
	    echo "Install one, or name it: make install PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi; \
	if [ "$$found" != "$(BIN)/python" ] || ! "$$found" -m pip --version >/dev/null 2>&1; then \
	    "$$found" -m venv --clear $(VENV) || { \
	        echo "Python's venv module does not work here; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }; \
	fi
	@echo "Installing into $(VENV) ..."
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.lock
	@$(PIP) --require-hashes -r $(VENV)/uv.lock
	@$(BIN)/uv pip install --system-certs --quiet --python $(BIN)/python --require-hashes -r requirements.lock || { \
	    echo "uv could not; trying pip, which takes a minute"; $(PIP) --require-hashes -r requirements.lock; }
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

demo: install ## the whole thing on this machine, fed by a simulated province
	$(BIN)/reform-pulse up --feed demo

test: install ## all tests that this machine can run
	$(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

check: install ## lint, format, types, layers, security and licences
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive schemas streams sinks sources serving web deploy
	$(BIN)/pip-licenses >/dev/null

format: install ## apply the formatter and the safe fixes
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: install ## write the generated pages of docs/ again
	$(BIN)/python -m streams.settings_doc > docs/settings.md
	$(BIN)/python -m streams.metrics_doc > docs/metrics.md
	$(BIN)/python -m serving.alerts
	$(BIN)/python -m schemas.publish
	$(BIN)/python -m deploy.grafana.generate
	$(BIN)/python -m deploy.kubernetes.access
	$(BIN)/python -m deploy.kubernetes.house

bench: install ## us and peers side by side: docs/benchmarks.md; ARGS="--runs 1" passes options
	$(BIN)/python -m bench $(ARGS)
	$(if $(ARGS),,$(BIN)/python -m bench.stages --docs)

bundle: install ## dist/: one archive that installs without a network, for this platform and Python
	$(BIN)/python -m deploy.bundle

lock: ## choose the newest allowed versions again and write requirements.lock
	$(BIN)/uv pip compile --system-certs --quiet --universal --generate-hashes --upgrade --python-version 3.11 \
	    --extra embedded --group dev --no-emit-index-url --no-emit-find-links \
	    --custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

# These two are fetched when they are asked for: they need the network anyway, and nobody else needs them.
audit: install ## known vulnerabilities of the pinned packages; fails where the advisories cannot be asked, too
	$(BIN)/uv tool run --system-certs pip-audit==2.10.1 --strict --require-hashes --disable-pip --requirement requirements.lock

sbom: install ## build/sbom.json: what the program is made of, with licences, as CycloneDX
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python build/sbom
	@sed -n 's/^\([a-z0-9][^ ]*==[^\]*[^ \]\) *\\*$$/\1/p' requirements.lock > build/sbom/constraints.txt
	$(BIN)/uv pip install --system-certs --quiet --python build/sbom/bin/python --constraints build/sbom/constraints.txt '.[embedded]'
	$(BIN)/uv tool run --system-certs --from cyclonedx-bom==7.5.0 cyclonedx-py environment --pyproject pyproject.toml \
	    --output-reproducible --output-format JSON --output-file build/sbom.json build/sbom/bin/python

clean: ## remove .venv, caches and builds; data/ stays
	rm -rf $(VENV) .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist
