# make test   everything, with a real PostgreSQL, Redis and Chromium
# make quick  what a change breaks most often, in a minute: the rules, the views,
#             the store on SQLite, who may import whom, the README; needs Go alone
# make lint   formatting, go vet, staticcheck
# make bench  the benchmarks alone
# make chaos  the trials of the promises: processes killed 300 times on each store
#             while everything else breaks; half an hour
# make build  dist/breachbot, one static file
# make browser      the tests of the demo page alone, in a real browser
# make screenshots  every form and card as a picture, in dist/screenshots
#
# With servers of your own, none need to be installed:
#   make test TEST_DATABASE_URL=postgres://… TEST_REDIS_URL=redis://…

GO    ?= go
CACHE := $(CURDIR)/.cache

# The name has both versions: a staticcheck built with an older Go refuses newer code.
STATICCHECK_VERSION := v0.8.2
STATICCHECK := $(CACHE)/bin/staticcheck-$(STATICCHECK_VERSION)-$(shell $(GO) env GOVERSION 2>/dev/null)

# What npm fetches for the tests stays in the project, where git ignores it.
export npm_config_cache := $(CACHE)/npm

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help test quick bench lint chaos build browser screenshots tools clean

help:
	@sed -n 's/^# \{0,1\}//p;/^$$/q' Makefile

# What the tests need of the machine.
tools:
	@bash .ci/tools

# -race looks for races everywhere. It also checks each computed pointer
# (checkptr). SQLite is translated from C and does little else, so the check is off
# for SQLite, where it took a fifth of the whole time. The tests have memory to
# spare, so Go collects garbage less often (GOGC).
test: tools
	GOGC=400 $(GO) test -race '-gcflags=modernc.org/...=-d=checkptr=0' -timeout 40m ./...

# Nothing here starts a browser or a server. TestSchemas compares SQLite with
# PostgreSQL; of the program there are only the tests that read the source.
quick:
	$(GO) vet ./...
	$(GO) test ./workflow/... ./bot/view ./store/sqlite
	$(GO) test -skip '^TestSchemas$$' ./store
	$(GO) test -run '^Test(.*Arrows|WhoMayReadTheClock|Readme|Manifest|Scopes)' ./cmd/breachbot

bench: tools
	@packages=$$(grep -rl --include='*_test.go' --exclude-dir=.cache --exclude-dir=.git --exclude-dir=node_modules '^func Benchmark' . | xargs -r -n1 dirname | sort -u); \
	if [ -z "$$packages" ]; then echo "There are no benchmarks."; exit 0; fi; \
	set -x; $(GO) test -run '^$$' -bench . -benchmem -timeout 40m $$packages

# SEED=… begins the dice again as a run has printed it. Nothing runs beside another
# trial, so that the times mean something.
chaos: tools build
	$(GO) test ./cmd/breachbot -count=1 -parallel 1 -v -timeout 60m -run '^TestChaos' -chaos -chaos.program '$(CURDIR)/dist/breachbot' -chaos.seed $(or $(SEED),0)

# ST1005 wants error texts to be fragments. Those that people read are sentences.
lint: $(STATICCHECK)
	@wrong=$$(gofmt -l bot cmd scheduler store workflow) || exit 1; \
	if [ -n "$$wrong" ]; then echo "gofmt -w would change:"; echo "$$wrong"; exit 1; fi
	$(GO) vet ./...
	$(STATICCHECK) -checks inherit,-ST1005 ./...

# A tool line in go.mod would pull the versions of staticcheck's dependencies into
# the program's, so staticcheck is built separately.
$(STATICCHECK):
	@mkdir -p $(@D)/new
	GOBIN=$(@D)/new GOFLAGS= $(GO) install honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK_VERSION)
	@mv $(@D)/new/staticcheck $@

build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o dist/breachbot ./cmd/breachbot

browser: tools
	$(GO) test ./cmd/breachbot -count=1 -run 'Clicking|Clicks|Page|Typing|Screenshots|Barriers'

screenshots: tools
	$(GO) test ./cmd/breachbot -count=1 -run 'TestScreenshots$$' -screenshots '$(CURDIR)/dist/screenshots'

clean:
	rm -rf dist .cache
