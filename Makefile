# Everything that contributors and CI run. `make help` lists it.

GO ?= go
GOTESTSUM ?= $(GO) tool gotestsum
BUILD := build
COMMIT := $(shell git rev-parse HEAD 2>/dev/null)
LDFLAGS := -X github.com/bokehbinder/bokehbinder/internal/cli.linkedCommit=$(COMMIT)

.DEFAULT_GOAL := help
.PHONY: help demo demo-cards test setup lint apidiff vulnerabilities unit e2e busy generators faults bench fuzz update pictures build release clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "%-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## render samples into build/demo; on a terminal, or with DEMO_SERVE=1, serve them, with dashboards that run
	@$(GO) build -o $(BUILD)/bin/demo ./internal/demo && exec $(BUILD)/bin/demo -o $(BUILD)/demo

demo-cards: ## write the documentation's cards anew
	@$(GO) run ./internal/demo -sync

test: ## everything, installing what it needs where it can; at the end, what failed
	@MAKE="$(MAKE)" sh scripts/test.sh setup lint unit e2e

setup: ## install what the tests need where that is possible
	@sh scripts/setup.sh

lint: ## gofmt, go vet, also for Windows, staticcheck, spelling, links of the docs
	@GO="$(GO)" sh scripts/lint.sh

apidiff: ## compare the public Go packages with the last tag
	@GO="$(GO)" sh scripts/apidiff.sh

vulnerabilities: ## ask Go's vulnerability database about what the command is made of
	@GO="$(GO)" sh scripts/vulnerabilities.sh

unit: ## tests of the module itself
	@# What go test vets anew, lint has vetted.
	$(GO) test -vet off -timeout 30m ./...

e2e: ## tests that need Hugo, a browser, node or testscript
	@# Of the files that tests read, the go command's cache knows those below e2e alone.
	@# One package more than there are processors, since they wait for the network, too; the longest first.
	@# A browser on a busy machine may lose what it does not alone: where at most ten tests and parts of tests fail, these are run again.
	cd e2e && BOKEHBINDER_REQUIRE=$$(cat ../$(BUILD)/installed 2>/dev/null) $(GOTESTSUM) --format standard-quiet --hide-summary skipped \
		--rerun-fails=1 --rerun-fails-max-failures 10 --rerun-fails-report ../$(BUILD)/again \
		--packages '$(addprefix ./,$(notdir $(wildcard $(addprefix e2e/,preview stack browser hugo launch doors faults generators)))) ./...' -- \
		-vet off -count 1 -timeout 80m -p $$(($$(getconf _NPROCESSORS_ONLN) + 1))

busy: ## tests that wait, three times beside 20 busy processes; takes an hour or more
	@GO="$(GO)" sh scripts/busy.sh

generators: ## set sites of all generators up as the guide says, and write docs/generators.md
	cd e2e && BOKEHBINDER_REQUIRE=node,pypi,jekyll,chromium $(GO) test -vet off -count 1 -timeout 60m -parallel 3 ./generators -all -record $(CURDIR)/docs/generators.md

faults: setup ## break network, disk and processes at every place, and write docs/faults.md; forty minutes
	@# FAULTS=TestHub tries those of such a name alone; what others tried before stays on the page.
	cd e2e && BOKEHBINDER_REQUIRE=chromium,faketime $(GO) test -vet off -count 1 -timeout 90m ./faults $(if $(FAULTS),-run '$(FAULTS)|TestTable') -all -record $(CURDIR)/docs/faults.md
	$(if $(FAULTS),,cd e2e && BOKEHBINDER_REQUIRE=chromium,firefox $(GO) test -vet off -count 1 -timeout 90m ./browser -run TestOneMember -all)

bench: setup ## every benchmark, one after the other, and docs/figures.md of what they measured
	@# BENCH=Reading runs those of such a name alone, once all have measured: what others measured is
	@# kept in build/figures, and stays on the page. BOKEHBINDER_RUNS is how often each thing is measured.
	@# One that costs more than it may fails, and the page has what it measured all the same.
	@failed=; $(GO) test -run '^$$' -bench '$(or $(BENCH),.)' -benchtime 1x ./... || failed=yes; \
	cd e2e; BOKEHBINDER_REQUIRE=node,pypi,chromium BOKEHBINDER_FIGURES=$(CURDIR)/$(BUILD)/figures \
		$(GO) test -run '^$$' -bench '$(or $(BENCH),.)' -benchtime 1x -timeout 60m ./... || failed=yes; \
	$(GO) run ./figures -from ../$(BUILD)/figures -root .. && test -z "$$failed"

fuzz: ## every fuzz target for FUZZTIME (20s) each
	@GO="$(GO)" FUZZTIME="$(or $(FUZZTIME),20s)" sh scripts/fuzz.sh

update: ## write the golden files anew
	@GO="$(GO)" sh scripts/update.sh

pictures: ## take the pictures of the README, the docs and Hugo's list of themes
	@$(GO) run ./internal/demo -site=false -o $(BUILD)/demo
	@GO="$(GO)" sh scripts/pictures.sh

build: ## the command, into build/bokehbinder
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BUILD)/bokehbinder ./cmd/bokehbinder

release: ## archives and wheels of the command for each system, into build/release; TAG=v1.2.3 wants that tag
	@rm -rf $(BUILD)/release && cd e2e && $(GO) build -o ../$(BUILD)/bin/release ./release && \
		../$(BUILD)/bin/release -tag '$(TAG)' -out ../$(BUILD)/release

clean: ## remove what the other targets made
	rm -rf $(BUILD) e2e/node_modules
