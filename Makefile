# Two targets for a first visit: `make run` and `make test`. `make help` lists the rest.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
GO ?= go
export CGO_ENABLED ?= 1

.PHONY: help run test check build doctor bench soak lambda terraform kubernetes generate clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: build ## run sync against the embedded lab: addresses move, DNS breaks, nothing is lost
	@bin/postern lab demo

build: ## build bin/postern
	@scripts/step "build" $(GO) build -o bin/postern ./cmd/postern

test: build doctor ## run every test, with the race detector, and check the Terraform modules
	@scripts/step "test (race)" $(GO) test -race -p 3 -timeout 15m -skip '^TestTraffic$$' ./... # one of three packages waits for Terraform's provider
	@scripts/step "test (traffic)" $(GO) test -race -run '^TestTraffic$$' ./internal/e2e # real time: alone on the machine
	@scripts/step "terraform" scripts/terraform-check

check: ## formatting, vet, staticcheck, generated files and go.mod current
	@scripts/check

doctor: ## name what the tests would like to have on this machine
	@scripts/doctor

bench: ## benchmarks and figures, as docs/performance.md shows them
	@$(GO) test -run '^$$' -bench . -benchmem ./internal/plan ./internal/lab/state
	@$(GO) test -run '^$$' -bench . -benchmem -benchtime 3x ./internal/reconcile ./internal/e2e
	@$(GO) test -run '^$$' -bench 'Apply|State' ./internal/lab
	@$(GO) test -run '^$$' -bench ChainConnections -benchtime 20000x ./internal/lab
	@$(GO) test -run '^$$' -bench ChainStream -benchtime 50000x ./internal/lab
	@$(GO) test -run '^$$' -bench Up/default -benchtime 1x ./internal/lab
	@$(GO) test -run '^$$' -bench Up/200 -benchtime 1x ./internal/lab
	@$(GO) test -run '^$$' -bench ChainGrowth -benchtime 1x -timeout 30m ./internal/lab
	@FIGURES=1 $(GO) test -v -count=1 -timeout 40m -run '^(TestWatchRegistersInTime|TestWatchSteadyState|TestPacedPassOverAFleet|TestWatchLargeFleet)$$' ./internal/e2e \
		| grep -E 'figure:|^(---|ok|FAIL)'

soak: build doctor ## what takes longer: each fuzz target for a minute, long properties, tests again and again
	@scripts/soak

lambda: ## build the function: dist/postern-sync-arm64.zip and its hash, the same bytes each time
	@scripts/step "lambda" $(GO) run ./scripts/lambda

terraform: ## format, validity and mocked tests of the Terraform modules and examples
	@scripts/step "terraform" scripts/terraform-check

kubernetes: ## build kube-apiserver and etcd into .kubernetes, for the lab's --kubernetes real
	@scripts/step "kubernetes" kubernetes/build

generate: ## write generated files anew
	$(GO) generate ./...

clean: ## remove what the build made
	rm -rf bin dist
