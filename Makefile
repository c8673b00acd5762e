# Shortcuts; everything works with the go command alone.
.PHONY: pack mutants memory faults build test ci race fuzz fuzz-readers bench profile lint docs nightly results soak kills node-kills

# As small as it can be. grpcnotrace leaves out pages of gRPC for debugging, which nothing
# here uses; their templates would keep every exported method of every type.
build:
	go build -trimpath -tags grpcnotrace -ldflags '-s -w' -o bin/infomorph ./cmd/infomorph

test:
	go test ./...

ci:
	.ci/run

race:
	go test -race -timeout 30m ./actors/... ./neuron/sim/... ./internal/record/... ./cmd/...

fuzz:
	FUZZ=all FUZZTIME=500000x .ci/run

# Fuzzes every reader for ten minutes of processor time, nine hours in total, and
# prints time, inputs and memory of each. FUZZTIME=60s makes it shorter,
# TARGETS=Graph selects some.
fuzz-readers:
	.ci/fuzz

bench:
	go test -pgo $(CURDIR)/cmd/infomorph/default.pgo -run '^$$' -bench . ./pid ./neuron ./internal/batch ./actors

# The profile by which the compiler optimises the command, from benchmarks. It takes a
# minute on an idle machine.
profile:
	mkdir -p bin
	go test -run '^$$' -bench 'Delivery/.*/.*/.*/(shown|population|neurons)|Presentation|Memory' -o bin/actors.test -cpuprofile bin/actors.prof ./actors
	go test -run '^$$' -bench 'Readout|Hidden' -o bin/batch.test -cpuprofile bin/batch.prof ./internal/batch
	go tool pprof -proto -output cmd/infomorph/default.pgo bin/actors.prof bin/batch.prof

lint:
	go vet ./...
	golangci-lint run

# The generated pages: docs/scenario.md, and the man pages in bin/man.
docs:
	go run ./cmd/infomorph docs scenario > docs/scenario.md.new && mv docs/scenario.md.new docs/scenario.md
	go run ./cmd/infomorph docs man bin/man

# Compresses the pictures of the gallery by a sixth, without loss. It skips those that
# a test draws again and compares byte by byte.
pack:
	ls docs/gallery/*.png | grep -v '/bars\(-2\)\?\.png\|/sequence' | xargs optipng -quiet -o2 -nc -nb -np

# Long random tests: of one neuron, and of random networks on every engine.
nightly:
	go test -timeout 1h ./neuron -rapid.checks 200000 -rapid.nofailfile
	go test -timeout 6h -race ./neuron/sim ./actors -worlds 2000

# Random networks with faults: first for 2 minutes, where resident memory must not
# grow; then for 24 minutes under the race detector, which needs memory of its own.
soak:
	go test -timeout 6h ./actors -run TestSoak -v -soak 2m
	go test -race -timeout 6h ./actors -run TestSoak -v -soak 24m

# Runs of every kind of task, each killed 12 times at random moments.
kills:
	go test -timeout 2h ./cmd/infomorph -run TestKilledRuns -v -kills 12

# A run on one to three nodes of this machine. Nodes and the coordinator are killed or
# stopped at 100 random moments; each fault must be reported in time, and the results
# must be the same bytes.
node-kills:
	go test -timeout 2h ./cmd/infomorph -run 'TestKilledNodes|TestSlowNode|TestFullDisk' -v -node-kills 100

# Writes docs/results.md, the measurements of all claims. DATA is the folder of MNIST.
results:
	go run ./cmd/infomorph reproduce all $(if $(DATA),--data $(DATA)) --write docs/results.md

# A run in which each single operation of the file system fails, in every way, and with
# each bit of its folder inverted; then the program itself, killed 300 times and with
# 300 damaged folders.
faults:
	go test -timeout 1h ./internal/checkpoint -every-fault -v
	go test -timeout 2h ./cmd/infomorph -run 'TestKilledRuns|TestDamagedFolders' -v -kills 17 -damages 300

# Compares the estimates of memory with the memory of whole processes.
memory:
	go test ./cmd/infomorph -run TestFootprint -memory -v

# Mutation testing: makes small faults in packages, one at a time, and lists those that
# no test detects, with the share of detected faults in each package. A package is
# tested by its own tests and by those of the packages in the same word of PKGS. SAMPLE
# faults are drawn in each package with SEED; SAMPLE=0 tests all, which takes days.
# Faults that change no result are left out of the draw; internal/mutate/equivalent.txt
# lists them with the reasons.
# WHAT selects some. This selects all faults that remove a sync, a lock or an error:
# make mutants SAMPLE=0 PKGS=internal/record,internal/checkpoint,internal/disk WHAT='Sync|lock|no error|not called|!= nil'
SAMPLE = 100
SEED = 1
WHAT =
PKGS = pid neuron neuron/sim actors scenarios/... internal/record,internal/checkpoint,internal/disk
mutants:
	go run ./internal/mutate -sample $(SAMPLE) -seed $(SEED) -what '$(WHAT)' -with internal/checkpoint=-every-fault $(PKGS)
