PYTHON ?= python3

.PHONY: demo test soak

demo:
	$(PYTHON) dev.py demo

test:
	$(PYTHON) dev.py test

# All that is proved, and landings in which things go wrong: make soak SECONDS=3600 JOBS=2
SECONDS ?= 600
JOBS ?= 1

soak:
	$(PYTHON) dev.py proofs
	$(PYTHON) dev.py soak --walk --seconds $(SECONDS) --jobs $(JOBS)
