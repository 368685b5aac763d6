# Both commands set up all they need in .venv: Python 3.11 or later and make are enough.
PYTHON ?= python3
BIN := .venv/bin
PYTEST_ARGS ?=
# Two a core: most tests wait for processes and servers of their own.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1))')

# Debian's package `faketime` has it; without it processes set their own clock.
FAKETIME ?= $(firstword $(wildcard /usr/lib/*/faketime/libfaketime.so.1))

LOWEST_TESTS ?= tests/text tests/layouts tests/sites tests/archives tests/store tests/exporters tests/middlewares tests/reports tests/cli tests/test_items.py tests/test_pipelines.py

.PHONY: demo test check compiled schema messages coverage lowest dependencies ecosystem drill bench clean

demo: .venv/.demo
	@echo "Starting the demonstration: wardnews demo"
	@$(BIN)/wardnews demo

# Whoever is done takes over tests of others: the slowest stand side by side.
test: .venv/.dev
	@$(MAKE) --no-print-directory -j2 check compiled
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

check: .venv/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# Done once, while mypy checks: else each worker of pytest compiles all tests for itself.
compiled: .venv/.dev
	@$(BIN)/pytest --collect-only -qq > .venv/collected || { cat .venv/collected; exit 1; }

schema: .venv/.dev
	$(BIN)/wardnews schema > docs/record.schema.json

# What the code says, taken into the catalogues of translations, and these compiled.
messages: .venv/.dev
	$(BIN)/python tools/messages.py

# Child processes count too: pyproject.toml asks coverage to follow them.
coverage: .venv/.dev
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(WORKERS) $(PYTEST_ARGS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered

# The core of the tests with the lowest versions that pyproject.toml allows, in an environment of its own.
lowest:
	$(PYTHON) -m venv --clear .venv-lowest
	$(PYTHON) tools/lowest.py > .venv-lowest/constraints.txt
	.venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]' --constraint .venv-lowest/constraints.txt
	.venv-lowest/bin/pytest -q -n $(WORKERS) $(LOWEST_TESTS)

# Known faults of what is installed with wardnews, and under which licences it comes.
dependencies:
	$(PYTHON) -m venv --clear .venv-dependencies
	.venv-dependencies/bin/python -m pip install --quiet --disable-pip-version-check '.[archive,documents,duckdb,gcs,parquet,postgres,s3,serve]'
	$(PYTHON) -m venv --clear .venv-dependencies/audit
	.venv-dependencies/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit pip-licenses
	.venv-dependencies/audit/bin/pip-licenses --python=.venv-dependencies/bin/python --from=mixed --order=license
	.venv-dependencies/audit/bin/pip-audit $$(.venv-dependencies/bin/python -c 'import sysconfig; print("--path", sysconfig.get_path("purelib"))')

# Other people's tools open what wardnews writes, in an environment with all of them that the package index has.
ecosystem:
	$(PYTHON) -m venv .venv-ecosystem
	.venv-ecosystem/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[archive,parquet,s3]' \
	--requirement tests/ecosystem/requirements.txt
	.venv-ecosystem/bin/python -m tests.ecosystem

drill: .venv/.dev
	DRILL_KILLS=20 DRILL_ARTICLES=1000 DRILL_PORTALS=100 DRILL_DELAY=1 DRILL_BATCHES=500 DRILL_PUSH_KILLS=20 DRILL_DAMAGES=100000 DRILL_SUITES=1 \
	DRILL_ATTACKS=5 DRILL_MEGABYTES=2 DRILL_FAKETIME=$(FAKETIME) \
	$(BIN)/pytest -rP tests/runs/test_adversary.py tests/spiders/test_heavy_pages.py tests/runs/test_kill.py::test_kill_drill tests/store/test_files.py::test_two_runs_write_to_one_store \
	tests/spiders/test_incremental.py::test_an_unchanged_portal_costs_a_listing_page_a_section \
	tests/spiders/test_many_portals.py::test_bad_portals_are_no_burden_to_the_good tests/exporters/test_push.py::test_push_drill \
	tests/archives/test_damage.py tests/archives/test_suites.py tests/archives/test_bounds.py tests/runs/test_store_lost.py \
	tests/spiders/files/test_live.py::test_kills_lose_no_file_and_leave_none_behind tests/spiders/test_archive.py::test_kills_while_a_warc_is_read tests/spiders/test_archive.py::test_ten_kills_lose_and_double_nothing
	DRILL_LEASE_PORTALS=60 DRILL_LEASE_GROUPS=20 DRILL_LEASE_ARTICLES=10 DRILL_LEASE_KILLS=10 DRILL_LEASE_PROCESSES="1 2 4" \
	$(BIN)/pytest -rP tests/runs/test_leases.py::test_many_processes_share_the_portals
	$(BIN)/python benchmarks/cluster.py --files 40 --captures 2000
	DRILL_DAYS=365 DRILL_FAKETIME=$(FAKETIME) $(BIN)/pytest -rP tests/runs/test_year.py

bench: .venv/.bench
	$(BIN)/python benchmarks/quality.py
	$(BIN)/python benchmarks/extraction.py
	$(BIN)/python benchmarks/start.py
	$(BIN)/python benchmarks/crawl.py
	$(BIN)/python benchmarks/export.py
	$(BIN)/python benchmarks/serve.py
	$(BIN)/python benchmarks/backfill.py
	$(BIN)/python benchmarks/near_duplicates.py
	$(BIN)/python benchmarks/growth.py

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("wardnews needs Python 3.11 or later, this is " + sys.version.split()[0] + ": make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	@echo "Making an environment for Python in .venv"
	@$(PYTHON) -m venv .venv

# pip says what it fetches: the first time takes a minute or more.
.venv/.demo: .venv/bin/python pyproject.toml
	@echo "Installing wardnews, Scrapy and what they need into .venv, from the package index: once, a minute or more"
	@$(BIN)/python -m pip install --progress-bar off --disable-pip-version-check --editable .
	@echo "Installed"
	@touch $@

.venv/.dev: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

.venv/.bench: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=24'  # older ones fail on lxml's extras
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[archive,bench,serve]'
	touch $@

clean:
	rm -rf .venv
