# Everything that is done here has a name; `make help` lists them. What it takes is said by tools/deps.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# Debug and release builds have a folder each, so that neither makes the other build anew. Fetched packages
# are kept beside them, once for both, and nothing is kept outside this directory.
CACHE := --cache-path .build-cache
export CLANG_MODULE_CACHE_PATH := $(CURDIR)/.build-cache/clang
DEBUG := .build
RELEASE := .build-release
DIST := $(RELEASE)/dist
PRODUCTS := nomyo-proxy nomyo-dev-router

# SwiftPM keeps what Package.swift evaluated to as long as neither that file nor the environment changes. The
# commit that `--version` names is a part of it, so it is a part of the environment too.
export NOMYO_PROXY_COMMIT := $(shell git rev-parse HEAD 2>/dev/null)

# A stack protector for all C and C++, that of the packages too, and no RUNPATH: what nobody needs to look for beside the
# program, nobody can put there. Swift has no stack protector; how the programs are linked is said in Package.swift.
HARDENED := --disable-local-rpath -Xcc -fstack-protector-strong -Xcxx -fstack-protector-strong

FORMATTED := Sources Tests Fuzz Package.swift
FUZZ_SECONDS := 5

.PHONY: help deps build release deb image test test-swift test-interop test-clients test-demo test-containers test-soak test-fuzz test-asan test-tsan test-systemd test-kubernetes test-deb test-programs check format demo run bench \
  sbom clean

help: ## This list
	@printf 'make TARGET, where TARGET is one of\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' Makefile
	@printf '\nNew here? `make demo` shows a request sealed, opened and answered; `make run` serves.\n'

deps: ## Install the Debian packages that are missing
	@tools/deps

build: deps ## Debug build of both programs, in .build
	@for product in $(PRODUCTS); do \
	  tools/step "build-$$product" "Building $$product (debug)" \
	    swift build $(CACHE) --scratch-path $(DEBUG) --product "$$product"; \
	done

# With MADE set, what is tested has been made already.
ifdef MADE
release deb image: ;
else
release: deps ## Release build, stripped, in .build-release/dist
	@for product in $(PRODUCTS); do \
	  tools/step "release-$$product" "Building $$product (release)" \
	    swift build $(CACHE) --scratch-path $(RELEASE) -c release --static-swift-stdlib $(HARDENED) \
	    --product "$$product"; \
	  mkdir -p $(DIST); \
	  strip -o "$(DIST)/.$$product" "$(RELEASE)/release/$$product"; \
	  mv -f "$(DIST)/.$$product" "$(DIST)/$$product"; \
	done

sbom: release ## What the release is made of, as CycloneDX, in .build-release/dist
	@tools/sbom

deb: release ## The Debian packages, in .build-release/dist
	@tools/deps package
	@tools/step --closing 2 deb "Debian packages" tools/package $(DIST)

image: release ## The container image, as an OCI archive in .build-release/dist
	@tools/deps image
	@tools/step --closing 2 image "Container image" deploy/container/build $(DIST)/nomyo-proxy $(DIST)
endif

test: check test-swift test-programs test-soak test-fuzz ## Everything that has to pass: checks and all tests

# The interoperability tests mostly wait, so everything else that does is tested meanwhile. What both need is made and
# installed before.
test-programs: deb image
	@for word in tests systemd containers; do tools/deps $$word; done
	@tools/step test-environment "Making the environment of the tests" Tests/Interop/run --version
	@tools/together "$(MAKE) MADE=1 test-interop" "$(MAKE) MADE=1 test-kubernetes test-deb test-systemd test-containers test-clients test-demo"

# One test at a time: all at once they would wait for each other's processor time, and run into each other's time limits on a
# machine that is busy. What is concurrent within a test still is. A test that hangs ends, with a status that says so.
test-swift: deps ## The tests in Swift
	@tools/step test-build "Building the Swift tests" \
	  swift build $(CACHE) --scratch-path $(DEBUG) --build-tests
	@tools/step --closing 1 test-swift "Swift tests" \
	  timeout --foreground --kill-after=10 1800 \
	  swift test $(CACHE) --scratch-path $(DEBUG) --skip-build --disable-xctest --no-parallel

test-interop: release ## The release build against the nomyo package, SDKs, and a browser
	@tools/deps tests
	@NOMYO_PROXY=$(DIST)/nomyo-proxy NOMYO_DEV_ROUTER=$(DIST)/nomyo-dev-router \
	  tools/step --closing 1 test-interop "Interop tests" Tests/Interop/run-shared

test-systemd: deb ## The package as a service under a real systemd, in namespaces; needs root
	@tools/deps systemd
	@NOMYO_DEB="$$(ls $(DIST)/nomyo-proxy_*.deb)" \
	  tools/step --closing 1 test-systemd "Service under systemd" Tests/Systemd/run

test-kubernetes: release ## The manifests by kubectl, helm, published schemas and the program itself
	@NOMYO_PROXY=$(DIST)/nomyo-proxy \
	  tools/step --closing 1 test-kubernetes "Kubernetes manifests" Tests/Kubernetes/run

test-clients: release ## Real, unmodified clients through the proxy
	@NOMYO_PROXY=$(DIST)/nomyo-proxy NOMYO_DEV_ROUTER=$(DIST)/nomyo-dev-router \
	  tools/step --closing 1 test-clients "Real clients" Tests/Clients/run

test-demo: release
	@tools/step test-demo "The demo" tools/demo $(DIST)

test-containers: image ## The image in real containers, as a sidecar
	@tools/deps containers
	@NOMYO_PROXY=$(DIST)/nomyo-proxy NOMYO_DEV_ROUTER=$(DIST)/nomyo-dev-router \
	  tools/step --closing 1 test-containers "Real containers" Tests/Containers/run $(DIST)/nomyo-proxy_*.oci.tar

test-soak: release ## Three minutes of everything at once: nothing lost, nothing left
	@NOMYO_PROXY=$(DIST)/nomyo-proxy NOMYO_DEV_ROUTER=$(DIST)/nomyo-dev-router \
	  tools/step --closing 1 test-soak "Soak, three minutes" Benchmarks/soak --minutes 3

test-deb: deb ## The Debian packages: bytes, contents, manual pages, completions, a root to live in
	@DIST=$(DIST) tools/step --closing 1 test-deb "Debian packages" Tests/Debian/run

test-fuzz: release ## Each fuzz target for a few seconds
	@tools/fuzz-all $(FUZZ_SECONDS)

test-asan: deps ## The Swift tests beneath AddressSanitizer; not a part of test
	@tools/sanitize address

test-tsan: deps ## The Swift tests beneath ThreadSanitizer; not a part of test
	@tools/sanitize thread

check: deps ## Format, imports, sizes, what does not belong here
	@tools/step check-format "Format" swift format lint --strict --recursive --parallel $(FORMATTED)
	@tools/step check-imports "Import table" tools/check-imports
	@tools/step --closing 11 check-sizes "File sizes" tools/check-sizes
	@tools/step check-tree "Contents of the repository" tools/check-tree
	@tools/step check-soak "Tests of the soak's judge" python3 -B Benchmarks/test_soak.py
	@tools/step check-checks "Tests of these checks" python3 -B tools/test_checks.py

format: ## Format all Swift files in place
	@swift format --in-place --recursive --parallel $(FORMATTED)

demo: release ## Start both programs, seal a request, show every stage, stop
	@tools/demo $(DIST)

run: release ## Start both programs and serve until Ctrl-C
	@tools/serve $(DIST)

bench: deb ## The benchmarks of docs/benchmarks.md
	@Benchmarks/run
	@Benchmarks/keys
	@Benchmarks/cancel
	@Benchmarks/stops
	@Benchmarks/paced
	@Benchmarks/faults
	@Benchmarks/dialects
	@Benchmarks/service
	@Benchmarks/callers

clean: ## Remove everything that was built or fetched
	@rm -rf .build .build-*
