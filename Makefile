# Shortcuts; everything works with the go command alone.
.PHONY: build test ci race fuzz bench lint docs nightly

build:
	go build -o bin/infomorph ./cmd/infomorph

test:
	go test ./...

ci:
	.ci/run

race:
	go test -race -timeout 30m ./actors/... ./internal/sim/... ./internal/record/... ./cmd/...

fuzz:
	FUZZTIME=500000x .ci/run

bench:
	go test -run '^$$' -bench . ./pid ./neuron ./internal/sim ./actors

lint:
	go vet ./...
	golangci-lint run

# The generated pages: docs/scenario.md and the man pages.
docs:
	go run ./cmd/infomorph docs

# Long random worlds on every engine.
nightly:
	go test -timeout 6h -race ./internal/sim ./actors -worlds 2000
