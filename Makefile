# Every verb is one line of tools/course.py, which also runs without make (Windows).
# Options go after the verb there: python3 tools/course.py test -k fold
PYTHON ?= python3
COURSE := $(PYTHON) tools/course.py

.DEFAULT_GOAL := help
.PHONY: help lab test book book-serve check format bench clean

help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

lab: ## open the first lesson in JupyterLab
	@$(COURSE) lab

test: ## check and test everything
	@$(COURSE) test

book: ## build the static book in book/_build/html
	@$(COURSE) book

book-serve: ## build the book and serve it on this computer
	@$(COURSE) book-serve

check: ## check style, stripped notebooks and types
	@$(COURSE) check

format: ## format code and notebooks, strip outputs
	@$(COURSE) format

bench: ## measure what is fast, against whom
	@$(COURSE) bench

clean: ## delete what was built, keep .venv
	@$(COURSE) clean
