# The two commands: `make demo` and `make test`. Everything they need is installed, built and cleared away by themselves.

export CARGO_TARGET_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/portway/target
export PORTWAY_TEST_PYTHON ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/portway/venv/bin/python

CARGO = . .ci/path; cargo

.PHONY: demo test soak check package package-check prepare prepare-tests prepare-package

demo: prepare
	$(CARGO) run --locked -- demo

# Everything: format, lints, and the tests on the real binary with real peers.
test: check
	. .ci/path; tests/with-postgres tests/all

# The long form: five hundred kills in place of fifty.
soak: prepare-tests
	. .ci/path; PORTWAY_SOAK=1 tests/with-postgres tests/all

check: prepare-tests
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets --features faults -- -D warnings

# The .deb and the .rpm, with everything optimised.
package: prepare-package
	. .ci/path; packaging/build all

# Quickly built ones, proved in a container.
package-check: prepare-tests prepare-package
	. .ci/path; packaging/check

prepare:
	.ci/prepare

prepare-tests:
	.ci/prepare tests

prepare-package:
	.ci/prepare package
