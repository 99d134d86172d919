# Everything that contributors and CI run. `make help` lists it.

GO ?= go
BUILD := build
COMMIT := $(shell git rev-parse HEAD 2>/dev/null)
LDFLAGS := -X github.com/bokehbinder/bokehbinder/internal/cli.linkedCommit=$(COMMIT)

.DEFAULT_GOAL := help
.PHONY: help demo demo-cards test setup lint apidiff unit e2e busy bench fuzz update pictures build clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "%-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## render samples into build/demo; on a terminal, or with DEMO_SERVE=1, serve them, with dashboards that run
	@$(GO) build -o $(BUILD)/bin/demo ./internal/demo && exec $(BUILD)/bin/demo -o $(BUILD)/demo

demo-cards: ## write the documentation's cards anew
	@$(GO) run ./internal/demo -sync

test: ## everything, installing what it needs where it can; at the end, what failed
	@MAKE="$(MAKE)" sh scripts/test.sh setup lint unit e2e

setup: ## install what the tests need where that is possible
	@sh scripts/setup.sh

lint: ## gofmt, go vet, staticcheck, spelling, links of the docs
	@GO="$(GO)" sh scripts/lint.sh

apidiff: ## compare the public Go packages with the last tag
	@GO="$(GO)" sh scripts/apidiff.sh

unit: ## tests of the module itself
	@# What go test vets anew, lint has vetted.
	$(GO) test -vet off ./...

e2e: ## tests that need Hugo, a browser, node or testscript
	@# Of the files that tests read, the go command's cache knows those below e2e alone.
	@# One package more than there are processors, since they wait for the network, too; the longest first.
	cd e2e && BOKEHBINDER_REQUIRE=$$(cat ../$(BUILD)/installed 2>/dev/null) $(GO) test -vet off -count 1 -timeout 40m \
		-p $$(($$(getconf _NPROCESSORS_ONLN) + 1)) $(addprefix ./,$(notdir $(wildcard $(addprefix e2e/,preview stack browser launch doors)))) ./...

busy: ## tests that wait, three times beside 20 busy processes; takes an hour or more
	@GO="$(GO)" sh scripts/busy.sh

bench: ## every benchmark, with what a site that imports the module downloads
	$(GO) test -run '^$$' -bench . -benchtime 1x ./...
	cd e2e && $(GO) test -run '^$$' -bench . -benchtime 1x ./...

fuzz: ## every fuzz target for FUZZTIME (20s) each
	@GO="$(GO)" FUZZTIME="$(or $(FUZZTIME),20s)" sh scripts/fuzz.sh

update: ## write the golden files anew
	@GO="$(GO)" sh scripts/update.sh

pictures: ## take the pictures of the README, the docs and Hugo's list of themes
	@$(GO) run ./internal/demo -site=false -o $(BUILD)/demo
	@GO="$(GO)" sh scripts/pictures.sh

build: ## the command, into build/bokehbinder
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BUILD)/bokehbinder ./cmd/bokehbinder

clean: ## remove what the other targets made
	rm -rf $(BUILD) e2e/node_modules
