# Two commands do everything: `make demo` shows Doorward, `make test` checks it.

CARGO_TARGET_DIR ?= $(CURDIR)/target
export CARGO_TARGET_DIR
# Arguments of the demo, for example: make demo ARGS=--once
ARGS ?=

.PHONY: help demo test bench

help:
	@echo "make demo    build Doorward and show it with sample data (ARGS=--once: print the table and exit)"
	@echo "make test    install what the tests need, then run every check and test"
	@echo "make bench   measure start-up, memory, decisions and policy tools of release builds (writes target/bench.json)"

demo:
	cargo run --quiet --package doorward -- demo $(ARGS)

test:
	test/run

bench:
	cargo xtask bench
