# perpedu: `make lab` to read, `make test` to check, `make site` for the pages. Each does its own set-up.
# Settings: PYTHON=/path/to/python  PORT=8890  RAW=folder  LAB_OPTIONS="--ip=0.0.0.0"

SHELL := /bin/sh
.DEFAULT_GOAL := help

# The first interpreter that really runs and is new enough.
FIND_PYTHON = for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	then command -v $$p; break; fi; done
PYTHON ?= $(shell $(FIND_PYTHON))

LAB := .venv-lab/bin/python
TEST := .venv-test/bin/python
BOOK := .venv-site/bin/python
LITE := .venv-lite/bin/python
CLASS := .venv-class/bin/python
LITE_SITE ?= _site/lite
UV ?= uv
HASHED = --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet $(UPGRADE)
COMPILE = $(UV) pip compile pyproject.toml --universal --python-version 3.11 \
	--fork-strategy fewest $(HASHED)
# Python in the reader's browser: pure wheels only, and the versions of the other environments.
BROWSER = $(UV) pip compile requirements/browser.in --python-platform wasm32-pyodide2025 \
	--python-version 3.14 --no-python-downloads --only-binary :all: $(HASHED) \
	--no-emit-package widgetsnbextension --no-emit-package jupyterlab-widgets

# Settings of the reader's own Jupyter, IPython and Matplotlib change nothing here.
export JUPYTER_CONFIG_DIR := $(CURDIR)/.cache/jupyter/config
export JUPYTER_DATA_DIR := $(CURDIR)/.cache/jupyter/data
export JUPYTER_RUNTIME_DIR := $(CURDIR)/.cache/jupyter/runtime
export IPYTHONDIR := $(CURDIR)/.cache/ipython
export MPLCONFIGDIR := $(CURDIR)/.cache/matplotlib
export JUPYTER_PLATFORM_DIRS := 1
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP MPLBACKEND MATPLOTLIBRC JUPYTER_PATH
unexport PYTEST_ADDOPTS PYTEST_PLUGINS

.PHONY: help lab test site serve print slides sheet dist versions screenshots audit outside notebooks \
	worksheets bench facts lite lite-test classroom-test lock clean

help:  ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{printf "%-20s %s\n", $$1, $$2}'

lab: .venv-lab/.ready  ## open the book in JupyterLab, until Ctrl-C
	@exec $(LAB) tools/lab.py $(if $(PORT),--port=$(PORT)) $(LAB_OPTIONS)

test: .venv-test/.ready  ## run every check (RAW=folder: derive the facts again, compare)
	@$(TEST) tools/browser.py --install
	@$(TEST) -c 'import matplotlib.pyplot'
	@$(TEST) tools/check.py

site: .venv-site/.ready  ## build the pages of the book into _site
	@$(BOOK) -m tools.book build

serve: site  ## build them and show them, until Ctrl-C (PORT=8800)
	@exec $(BOOK) -m tools.book serve $(PORT)

print: .venv-test/.ready  ## the whole book as one page and as PDF, into _print
	@$(TEST) tools/browser.py --install
	@$(TEST) -m tools.book print

slides: .venv-test/.ready  ## every chapter as slides, into _slides
	@$(TEST) -m tools.book slides

sheet: .venv-test/.ready  ## exercises to print, with key: make sheet IDS="ch01.equity ch02" SEED=group1 TO=sheet.html
	@test -n "$(IDS)" || { echo 'make sheet needs exercises: make sheet IDS="ch01.equity ch01.notional"' >&2; exit 1; }
	@$(TEST) tools/browser.py --install
	@$(TEST) -m perpedu class sheet $(IDS) --seed "$(or $(SEED),1)" --pdf -o "$(or $(TO),sheet.html)"

dist: .venv-test/.ready  ## what a release carries, tried: wheel, sdist, site as zip, PDF, into dist
	@$(TEST) tools/browser.py --install
	$(TEST) -m tools.dist

versions: .venv-test/.ready  ## the unit tests with the oldest declared and the newest versions (needs uv)
	$(TEST) -m tools.versions

screenshots: .venv-test/.ready  ## every kind of page in light, dark and 390 px, into _screenshots
	@$(TEST) tools/browser.py --install
	@$(TEST) -m tools.book screenshots

audit: .venv-test/.ready  ## measure every page: weight, first paint, width, axe, into docs/audit.md
	@$(TEST) tools/browser.py --install
	$(TEST) -m tools.book audit

outside: site  ## try every address outside the book that its pages link to
	@$(BOOK) -m tools.book outside

notebooks: .venv-test/.ready  ## execute every notebook in place, then check its form
	@$(TEST) -c 'import matplotlib.pyplot'
	$(TEST) tools/notebooks.py

worksheets: .venv-test/.ready  ## write the worksheets of every chapter, blank and with solutions, from the bank
	@$(TEST) tools/worksheets.py

bench: .venv-test/.ready  ## measure the speed, as ratios, and write them to docs/speed.md
	@$(TEST) tools/browser.py --install
	$(TEST) -m bench

facts: .venv-test/.ready  ## derive the facts of the markets from raw files again (RAW=folder)
	$(TEST) -m tools.facts $(RAW)

lite: .venv-lite/.ready  ## build JupyterLite, with Python in the reader's browser (LITE_SITE=folder)
	$(LITE) -m tools.lite.build $(LITE_SITE)

lite-test: lite .venv-test/.ready  ## run chapters 1 to 8 there, offline, in Chromium
	@$(TEST) tools/browser.py --install
	LITE_SITE=$(LITE_SITE) $(TEST) -m pytest -p no:cacheprovider tests/browser_lite.py

classroom-test: .venv-class/.ready  ## a class of ten on a JupyterHub of this machine, from login to feedback
	$(CLASS) -m tools.classroom

lock:  ## resolve the dependencies anew (UPGRADE=--upgrade for newer ones; needs uv)
	@$(UV) --version >/dev/null || { echo "make lock needs uv (pip install uv), or name one: make lock UV=/path/to/uv" >&2; exit 1; }
	$(COMPILE) --extra lab --extra site --extra test --output-file requirements/test.txt
	$(COMPILE) --extra lab --constraint requirements/test.txt --output-file requirements/lab.txt
	$(COMPILE) --extra site --constraint requirements/test.txt --output-file requirements/site.txt
	$(COMPILE) --extra lite --constraint requirements/test.txt --output-file requirements/lite.txt
	$(COMPILE) --extra class --constraint requirements/test.txt --output-file requirements/class.txt
	$(BROWSER) --constraint requirements/test.txt --output-file requirements/browser.txt
	@$(MAKE) .venv-site/.ready .venv-lite/.ready
	@$(BOOK) -m tools.book npm-lock
	$(LITE) -m tools.lite.npm
	$(LITE) -m tools.lite.npm tools/classroom

clean:  ## remove the environments and caches
	rm -rf .venv-lab .venv-test .venv-site .venv-lite .venv-class .cache _site _print _slides \
		_screenshots dist
	find perpedu tests tools bench notebooks -name __pycache__ -type d -prune -exec rm -rf {} +

.venv-%/.ready: requirements/%.txt tools/environment.py
	@test -n "$(PYTHON)" || { echo "perpedu needs Python 3.11 or newer: install it, or name one: make PYTHON=/path/to/python" >&2; exit 1; }
	@"$(PYTHON)" tools/environment.py .venv-$* $<
	@touch $@
