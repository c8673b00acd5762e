# Shortcuts; everything works with the go command alone.
.PHONY: pack mutants memory faults build test ci race fuzz fuzz-readers bench lint docs nightly results soak kills node-kills

build:
	go build -trimpath -ldflags '-s -w' -o bin/infomorph ./cmd/infomorph

test:
	go test ./...

ci:
	.ci/run

race:
	go test -race -timeout 30m ./actors/... ./neuron/sim/... ./internal/record/... ./cmd/...

fuzz:
	FUZZ=all FUZZTIME=500000x .ci/run

# Every reader for ten minutes of processor time each, nine hours in all: time,
# inputs and memory of each. FUZZTIME=60s shortens it, TARGETS=Graph chooses some.
fuzz-readers:
	.ci/fuzz

bench:
	go test -run '^$$' -bench . ./pid ./neuron ./neuron/sim ./actors

lint:
	go vet ./...
	golangci-lint run

# The generated pages: docs/scenario.md, and the man pages in bin/man.
docs:
	go run ./cmd/infomorph docs scenario > docs/scenario.md.new && mv docs/scenario.md.new docs/scenario.md
	go run ./cmd/infomorph docs man bin/man

# Packs the pictures of the gallery again, without loss, by a sixth; a test draws some of
# them anew and compares every byte, which are left as they are.
pack:
	ls docs/gallery/*.png | grep -v '/bars\(-2\)\?\.png\|/sequence' | xargs optipng -quiet -o2 -nc -nb -np

# Long random lives of one neuron, long random worlds on every engine.
nightly:
	go test -timeout 1h ./neuron -rapid.checks 200000 -rapid.nofailfile
	go test -timeout 6h -race ./neuron/sim ./actors -worlds 2000

# 24 minutes of processor time of random worlds with faults, under the race
# detector, which keeps memory of its own; and without it, where resident memory
# must be flat.
soak:
	go test -timeout 6h ./actors -run TestSoak -v -soak 2m
	go test -race -timeout 6h ./actors -run TestSoak -v -soak 24m

# Runs of every kind of task, each killed a dozen times at random moments.
kills:
	go test -timeout 2h ./cmd/infomorph -run TestKilledRuns -v -kills 12

# A run on one to three nodes of this machine: nodes and the coordinator killed or
# stopped at a hundred random moments, each told in time, results the same bytes.
node-kills:
	go test -timeout 2h ./cmd/infomorph -run TestKilledNodes -v -node-kills 100

# docs/results.md: what is claimed, measured. DATA is the folder of MNIST.
results:
	go run ./cmd/infomorph reproduce all $(if $(DATA),--data $(DATA)) --write docs/results.md

# A run that fails at every single operation of the file system in every way, and
# every bit of its folder turned over; then the program itself, killed 300 times
# and damaged 300 times.
faults:
	go test -timeout 1h ./internal/checkpoint -every-fault -v
	go test -timeout 2h ./cmd/infomorph -run 'TestKilledRuns|TestDamagedFolders' -v -kills 17 -damages 300

# What is estimated of memory, against what whole processes take.
memory:
	go test ./cmd/infomorph -run TestFootprint -memory -v

# Tests of the tests: breaks packages in small ways, one at a time, and lists what no
# test notices, with the share that is noticed in each package: by its own tests, and
# with those of the packages beside it in one word of PKGS. SAMPLE mutants are drawn of
# each package with SEED; SAMPLE=0 tries all, which takes days. WHAT chooses some: all
# that make a sync, a lock or an error mean nothing are tried by
# make mutants SAMPLE=0 PKGS=internal/record,internal/checkpoint,internal/disk WHAT='Sync|lock|no error|not called|!= nil'
SAMPLE = 100
SEED = 1
WHAT =
PKGS = pid neuron neuron/sim actors scenarios/... internal/record,internal/checkpoint,internal/disk
mutants:
	for p in $(PKGS); do go test -timeout 72h ./internal/mutate -run 'TestMutants$$' -v -mutate "$$p" \
		-sample $(SAMPLE) -seed $(SEED) -what '$(WHAT)' -with internal/checkpoint=-every-fault || exit 1; done
