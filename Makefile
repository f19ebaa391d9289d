# Every target runs from a clean checkout: what it needs is installed first, into .venv and static/node_modules.
SHELL := /bin/sh
PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BOOT = $(if $(PYTHON),$(PYTHON) -m config.parts.bootstrap,@echo "Satchel needs Python 3.11 or newer with venv: apt-get install python3 python3-venv" >&2; exit 1;)
export PORT BIND PUBLIC_URL URL FAULTS

.DEFAULT_GOAL := help
.PHONY: help up test test-a11y check format messages requirements doctor screenshots chaos bench-%

help: ## List every target
	@grep -hE '^[a-z0-9%-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

up: ## Start everything, with the demo: PORT=, BIND=, PUBLIC_URL=
	@$(BOOT) up

test: ## Check and test everything, browser included, on parts of its own
	@$(BOOT) test

test-a11y: ## Look at every page in every theme, language and width, by every rule of axe
	@$(BOOT) test --a11y

check: ## Only the checks that read code: style, types, imports, templates
	@$(BOOT) test --check

format: ## Put code and templates into the house's form
	@$(BOOT) format

messages: ## Bring the catalogues up to what the code marks for translation
	@$(BOOT) messages

requirements: ## Compile requirements/*.in into hashed *.txt
	@$(BOOT) requirements

doctor: ## Say whether every part is well
	@$(BOOT) manage doctor

screenshots: ## Look at the main pages, both widths, light and dark, in screenshots/: PAGES=, URL= of a running one
	@$(BOOT) screenshots $(PAGES)

bench-%: ## Measure: bench-award (SIZES="100 1000 10000" to go further)
	@$(BOOT) bench $*

chaos: ## Kill and break everything, FAULTS=1000 times, and count what is lost or doubled
	@$(BOOT) bench chaos
