# Two commands matter: `make demo` and `make test`. Both install what they need.

# The newest Python from 3.11 on that can make a virtual environment; another one by `make PYTHON=…`.
PYTHON ?= $(shell for python in $$(seq -f python3.%g 30 -1 11) python3; do \
	"$$python" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
# Where `make demo` serves the product, and where its stand-in for ExakTime listens.
WEB_PORT ?= 8000
SANDBOX_PORT ?= 8900
VENV := .venv
BIN := $(VENV)/bin
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome || echo /usr/bin/chromium)
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
export CHROMIUM
# The second database of `make full`.
POSTGRESQL_URL ?= postgres://postgres@127.0.0.1:5432/protiv
# What the two Django formatters read.
TEMPLATES = --target-version 5.2 $$(find templates -name '*.html')
UPGRADES = --target-version 5.2 $$(find manage.py protiv integrations propay tests -name '*.py')

.NOTPARALLEL:
.PHONY: demo ports python test tests quick full golden mutants oracle lint bench bench-fleet soak format browser screenshots clean

demo: export EXAKTIME_BASE_URL = http://127.0.0.1:$(SANDBOX_PORT)
demo: export SITE_URL = http://127.0.0.1:$(WEB_PORT)
demo: ports $(VENV)/.installed .env
	$(BIN)/python manage.py migrate --verbosity 0
	$(BIN)/python manage.py setup_schedules
	$(BIN)/python manage.py make_demo
	@PATH="$(CURDIR)/$(BIN):$$PATH" PYTHONUNBUFFERED=1 WEB_PORT=$(WEB_PORT) SANDBOX_PORT=$(SANDBOX_PORT) \
		exec $(BIN)/honcho --env /dev/null start web worker sandbox

# Before anything is installed.
ports: python
	@$(PYTHON) -m protiv.ports WEB_PORT=$(WEB_PORT) SANDBOX_PORT=$(SANDBOX_PORT)

python:
	@[ -n "$(PYTHON)" ] || { echo "Protiv needs Python 3.11 or newer with venv (Debian: apt-get install python3-venv)." >&2; exit 1; }

test: browser tests

# The tests alone, on the database of DATABASE_URL (SQLite where it is not set).
tests: $(VENV)/.installed .env
	$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

# Under a minute, for while you write: what decides a cent, a minute, and who sees what. No browser, no processes,
# always on SQLite. The folders of the pure rules whole, of the services those that book, pay, and sync, and the tests
# that only read files.
QUICK = tests/propay/rules tests/propay/cases tests/propay/payroll tests/propay/models tests/kit \
	tests/test_citations.py tests/test_class_names.py tests/test_docs.py tests/test_layout.py tests/test_words.py \
	tests/propay/services/test_approval.py tests/propay/services/test_paying.py tests/propay/services/test_drift.py \
	$(addprefix tests/integrations/sync/test_, issues.py lease.py outcomes.py planning.py sync.py windows.py) \
	tests/timekeeping/test_ingest.py \
	tests/integrations/exaktime/parsing tests/integrations/exaktime/test_connector.py \
	tests/accounts/test_access.py tests/timekeeping/test_access.py
quick: export DATABASE_URL = sqlite:///db.sqlite3
quick: $(VENV)/.installed .env
	$(BIN)/python -m pytest -q -n auto -m "not (browser or processes)" $(QUICK)

# Everything on both databases, with many examples and trials: before an issue is closed.
full: export EXAMPLES = full
full: test
	DATABASE_URL=$(POSTGRESQL_URL) $(MAKE) tests
	$(MAKE) soak
	DATABASE_URL=$(POSTGRESQL_URL) $(MAKE) soak
	$(MAKE) lint

# What the product works out, as text in GOLDEN: compare two folders (diff -r) before and after a change of structure.
golden: $(VENV)/.installed .env
	$(BIN)/python -m tests.golden $(or $(GOLDEN),golden)

# Some 500 small changes of the rules, each of which the rules' own tests must notice; about five minutes on two cores.
mutants: $(VENV)/.installed .env
	$(BIN)/python -m tests.mutants $(MUTANTS_ARGS)

# The what-if against an independent reading of the pay rules, minute by minute and in exact fractions.
oracle: $(VENV)/.installed .env
	$(BIN)/python -m tests.oracle $(ORACLE_ARGS)

# The pictures of the docs, taken by the browser tests of the main job and of pay day.
screenshots: browser $(VENV)/.installed .env
	SCREENSHOTS=$(CURDIR)/docs/screenshots $(BIN)/python -m pytest -q tests/journeys/test_main_job.py tests/journeys/test_pay_day.py

# Ratios to the bare driver, times of pages and of the what-if, on the database of DATABASE_URL; asserts nothing.
bench: $(VENV)/.installed .env
	$(BIN)/python -m tests.benchmarks.sync
	$(BIN)/python -m tests.benchmarks.sync --people 700 --days 720
	$(BIN)/python -m tests.benchmarks.sync --delay 50
	$(BIN)/python -m tests.benchmarks.figures
	$(BIN)/python -m tests.benchmarks.whatif
	$(BIN)/python -m tests.benchmarks.pay_run

# Syncs per second and what one costs, with real clusters; DATABASE_URL must name a PostgreSQL.
bench-fleet: $(VENV)/.installed .env
	$(BIN)/python -m tests.benchmarks.fleet $(FLEET_ARGS)

# Fifty syncs while everything goes wrong at random, on the database of DATABASE_URL; at most 20 minutes.
soak: $(VENV)/.installed .env
	$(BIN)/python -m tests.faults.soak $(SOAK_ARGS)

lint: $(VENV)/.installed .env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djade --check $(TEMPLATES)
	$(BIN)/django-upgrade --check $(UPGRADES)
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	DEBUG=false ALLOWED_HOSTS=example.com SITE_URL=https://example.com \
	  EMAIL_URL=smtp+tls://mail.example.com:587 EXAKTIME_ALLOW_INSECURE_BASE_URL=false \
	  EXAKTIME_BASE_URL='https://{company_id}.exaktime.com' \
	  $(BIN)/python manage.py check --deploy --fail-level WARNING

format: $(VENV)/.installed
	$(BIN)/django-upgrade --exit-zero-even-if-changed $(UPGRADES)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djade $(TEMPLATES)

browser:
	@[ -x "$(CHROMIUM)" ] || { $(SUDO) apt-get update && $(SUDO) apt-get install -y --no-install-recommends chromium; }

.env: | $(VENV)/.installed
	$(BIN)/python -m protiv.env_file

$(VENV)/.installed: requirements.txt | python
	[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	touch $@

clean:
	rm -rf $(VENV) staticfiles .pytest_cache .mypy_cache .ruff_cache .hypothesis
