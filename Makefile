# Each command installs what it needs first. Everything here also works by hand: see README.md.

# A target may import only what Package.swift says it depends on.
SWIFT_FLAGS := --explicit-target-dependency-import-check error
# The second line is for a quick start. By its name, a type made of generic ones is checked at run time
# against all conformances of the program, some hundred times before the first answer; without, the
# compiler says what it knows. And nobody loads anything that would look for symbols in the program.
# The last line keeps the path of this folder out of the program: another folder, the same bytes.
RELEASE_FLAGS := -c release --static-swift-stdlib $(SWIFT_FLAGS) \
	-Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors \
	-Xlinker --no-export-dynamic \
	-Xcc -ffile-prefix-map=$(CURDIR)=. \
	-Xswiftc -num-threads -Xswiftc 1
# The compiler orders some code by addresses in its own memory. They are the same each time with one
# thread for each module, where the kernel does not randomize them: then two compilations give the
# same program.
RELEASE_BUILD := $(shell setarch -R true 2>/dev/null && echo setarch -R) swift build $(RELEASE_FLAGS)
SWIFT_FILES := Package.swift Sources functions local Tests
LOCAL := .build/debug/copilot-local

.PHONY: help demo console run build test test-sanitized soak soak-million fuzz docs boards pictures gallery lint format \
	bench check-performance dist clean programs packages test-packages bench-packages dist-packages

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 26

demo: packages ## See the whole product work on this machine, offline, without any account
	swift build $(SWIFT_FLAGS) --product copilot-local
	$(LOCAL) demo

console: packages ## Serve the pages over the demo's state, which is played first if it is not there (PORT=8081)
	swift build $(SWIFT_FLAGS) --product copilot-local
	test -e demo/demo.env || $(LOCAL) demo --days 21
	$(LOCAL) console --env-file demo/demo.env --port $(or $(PORT),8081)

run: packages ## Start the local runner with its web page (see .env in README.md)
	swift build $(SWIFT_FLAGS) --product copilot-local
	$(LOCAL) run $(if $(wildcard .env),--env-file .env)

build: packages ## Build everything, for development
	swift build $(SWIFT_FLAGS)

test: test-packages lint programs check-performance ## Run every test
	swift build --build-tests $(SWIFT_FLAGS)
	Tests/run.sh $(SWIFT_FLAGS)
	$(MAKE) soak-million DAYS=2000

test-sanitized: test-packages ## Run the tests that need no second program under AddressSanitizer and ThreadSanitizer (SANITIZER=thread for one)
	Tests/Sanitizers/run.sh $(or $(SANITIZER),address thread)

soak: test-packages ## Play a month in which everything goes wrong, a hundred times (SEEDS=100), then 100,000 organization-days
	swift build --build-tests $(SWIFT_FLAGS)
	SOAK_SEEDS=$(or $(SEEDS),100) swift test --skip-build --no-parallel $(SWIFT_FLAGS) --filter MonthTests
	$(MAKE) soak-million DAYS=$(or $(DAYS),100000)

soak-million: packages ## Play a million organization-days in which everything goes wrong (DAYS=1000000, SEED=1, MINUTES=60, TRACE=1)
	$(RELEASE_BUILD) --product soak
	.build/release/soak --days $(or $(DAYS),1000000) --seed $(or $(SEED),1) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(TRACE),--trace)

bench: bench-packages ## Measure speed, memory and size of a release build (BENCH=--quick is short)
	$(RELEASE_BUILD) --product copilot-functions
	$(RELEASE_BUILD) --product bench
	.build/release/bench --functions .build/release/copilot-functions \
		--json $(if $(BENCH),.build/bench.json,infra/performance/figures.json) $(BENCH)

check-performance: bench-packages ## Fail if a release build executes more instructions than committed (UPDATE=1 accepts the new counts)
	$(RELEASE_BUILD) --product copilot-functions
	$(RELEASE_BUILD) --product bench
	.build/release/bench check-instructions .build/release/copilot-functions \
		infra/performance/instructions.json $(if $(UPDATE),--update)

fuzz: packages ## Look for inputs that break a reader (SECONDS=60 for each, TARGET=report for one)
	Tests/Fuzz/fuzz.sh $(or $(SECONDS),60) $(TARGET)

docs: packages ## Write the pages of docs/ that come from the code
	swift build $(SWIFT_FLAGS) --product copilot-local
	$(LOCAL) docs docs
	infra/docs/modules.py > .build/modules.md && mv .build/modules.md docs/modules.md
	infra/docs/performance.py > .build/performance.md && mv .build/performance.md docs/performance.md

boards: test-packages ## Write the dashboards, recording rules and alerts, which come from infra/boards
	swift build $(SWIFT_FLAGS) --product copilot-local
	infra/boards/make.py

gallery: test-packages ## Draw every page of the local runner as a picture, for 0 to 1,000 organizations (FOLDER=gallery)
	swift build --build-tests $(SWIFT_FLAGS)
	GALLERY=$(abspath $(or $(FOLDER),gallery)) swift test --skip-build --no-parallel $(SWIFT_FLAGS) --filter GalleryTests
	COPILOT_FUNCTIONS=$(CURDIR)/.build/debug/copilot-functions .build/python/bin/python -B \
		Tests/InfraTests/checks/gallery.py $(abspath $(or $(FOLDER),gallery))

pictures: test-packages ## Draw the dashboards in docs/pictures with the demo's data, through a real Prometheus
	swift build $(SWIFT_FLAGS) --product copilot-local
	infra/boards/pictures.py

lint: ## Check format and documentation
	swift format lint --strict --recursive $(SWIFT_FILES)

format: ## Put everything into the house format
	swift format --in-place --recursive $(SWIFT_FILES)

dist: dist-packages programs ## Write what is released to dist/: Debian package, image, SBOM, checksums
	infra/release/dist.sh dist

programs: packages
	$(RELEASE_BUILD) --product copilot-functions
	$(RELEASE_BUILD) --product copilot-local

clean: ## Remove what was built and what the demo wrote
	rm -rf .build demo dist

packages:
	@infra/debian/install.sh build

bench-packages:
	@infra/debian/install.sh bench

dist-packages:
	@infra/debian/install.sh dist

test-packages:
	@infra/debian/install.sh test
	@infra/python/install.sh
