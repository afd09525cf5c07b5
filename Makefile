# The standard commands. On macOS and Windows plain `go run .` works.

GO ?= go
TESTFLAGS ?= -timeout 20m

.PHONY: run test check lint bench corpus screens setup build fuzz quality release-check

# Sets up, builds, and opens the demo month in a window; without a display it leaves the workbook
# and pictures of the screens in the folder that it names.
run: setup build
	./countinghouse demo

# Sets up and runs all tests.
test: setup
	$(GO) test $(TESTFLAGS) ./...

# Format, vet, staticcheck, the house rules, and all tests with the race detector.
check: lint
	$(GO) test $(TESTFLAGS) -short -race ./...

lint: setup
	@test -z "$$(gofmt -l . | tee /dev/stderr)" || (echo "run gofmt -w on the files above"; exit 1)
	$(GO) vet ./...
	$(GO) vet -tags headless .
	$(GO) tool staticcheck ./...

# Rows per second, peak memory and growth, at 10 k, 100 k and 1 M rows.
bench: setup
	$(GO) test -run '^$$' -bench . -benchtime 1x -timeout 60m ./...

# What every bank statement of the corpus comes to.
corpus: setup
	$(GO) test -count=1 -run TestCorpus -v ./sync/bankfile

# Draws every screen into docs/screens.
screens: setup
	$(GO) test -count=1 -run TestScreens ./ui -update

# Thirty seconds of fuzzing for each reader.
fuzz: setup
	./.ci/fuzz 30s

# Ten thousand worlds of known truth: docs/quality.md.
quality: setup
	$(GO) test -count=1 -timeout 60m -run TestQuality ./reconcile -worlds 10000 -write ../docs/quality.md

# What must hold before a release, for hours: all checks, five minutes of fuzzing for each reader of
# statements, ten thousand worlds, a million histories of the action queue, 20,000 killed processes, 50,000
# power cuts, a hundred years of failed renewals, four businesses that live a year. What it came to stands
# in docs/quality.md.
release-check: check quality
	./.ci/fuzz 5m ./sync/bankfile
	$(GO) test -count=1 -timeout 6h -run TestQueueUnderAllFaults ./app/queue -seeds 1000000
	$(GO) test -count=1 -timeout 2h -run 'TestKilled|TestLate' ./app/queue -kills 20000 -late 50000
	$(GO) test -count=1 -timeout 2h -run 'TestTwo|TestARestore' ./app/queue -rounds 50000 -restores 1000
	$(GO) test -count=1 -timeout 2h -run TestForged ./app -attacks 1000000
	$(GO) test -count=1 -timeout 2h -run TestReceiverKilled . -acknowledged 1000000
	$(GO) test -count=1 -timeout 2h -run 'TestAPowerCut|TestADamaged|TestAuditTampering' ./app/store \
		-cuts 50000 -flips 2000 -tamperings 1112
	$(GO) test -count=1 -timeout 60m -run TestYear ./dunning -years 100
	$(GO) test -count=1 -timeout 3h -run TestALivingBusiness ./app -days 365 -businesses 4

build: setup
	$(GO) build -o countinghouse .

# The system packages that the window needs are installed or named.
setup:
	@./.ci/setup
