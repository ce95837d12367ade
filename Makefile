PYTHON ?= python3

.PHONY: demo test

demo:
	$(PYTHON) dev.py demo

test:
	$(PYTHON) dev.py test
