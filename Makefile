# What a developer does. `make help` lists the targets.

GO      ?= go
MODULE   = github.com/kubectl-flare/kubectl-flare
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo v0.0.0)
LAB      = $(GO) run ./test/lab
comma    = ,

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build the programs to bin/
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X $(MODULE)/plugin.version=$(VERSION)' -o bin/ ./cmd/...

.PHONY: release
release: ## Build the plugin's archives and the krew manifest of VERSION=v… to dist/
	$(GO) run ./krew --version $(VERSION)

.PHONY: demo
demo: lab-up ## Show a real federation of FRAMEWORK, nvflare or flower, from kits to a finished job; leaves the lab up
	eval "$$($(LAB) env)" && $(GO) run ./test/e2e/demo $(FRAMEWORK)

.PHONY: demo-flower
demo-flower:
	$(MAKE) demo FRAMEWORK=flower

.PHONY: lab-up
lab-up: ## Start a real Kubernetes cluster on this machine, with the images of NVFLARE and Flower
	$(LAB) up
	$(LAB) push
	$(LAB) push flower
	$(LAB) push flare-webhook
	$(LAB) push flare-kit

.PHONY: lab-down
lab-down: ## End the lab; leaves nothing behind but the cache
	$(LAB) down

.PHONY: test
test: verify test-unit test-lab lab-up test-integration test-e2e ## Run all tests, which show the demos too; leaves the lab up

.PHONY: test-unit
RACE ?= # -race in CI; it needs a C compiler
# Linking is most of the work if a package that many import has changed. Go's own linker and no
# DWARF, which only a debugger reads, halve it; stack traces stay as they are. The linters run vet.
TEST     = $(GO) test -vet=off -ldflags='-w -linkmode=internal'
test-unit: ## Run the tests that need nothing but Go
	$(TEST) $(RACE) ./...

.PHONY: test-lab
test-lab: ## Test that the lab leaves nothing behind; ends a lab that runs
	$(TEST) -tags lab -count=1 -timeout 30m ./test/lab/...

.PHONY: test-integration
test-integration: ## Run the tests against a real API server and etcd
	@# The longest package begins.
	eval "$$($(LAB) env)" && $(TEST) -tags integration -count=1 -timeout 10m ./test/integration/load ./test/integration/...

# The tests of docs/e2e.md that a cluster can run, by build tags: all of them in
# the lab; elsewhere those that need what was given. They wait for pods more than for a processor.
E2E      = $(TEST) -count=1 -v -timeout 60m -parallel 6 -tags

.PHONY: test-e2e
test-e2e: ## Run the tests with pods that really run, in the lab or on FLARE_E2E_KUBECONFIG
ifdef FLARE_E2E_KUBECONFIG
	FLARE_E2E_KUBECONFIG='$(abspath $(FLARE_E2E_KUBECONFIG))' $(E2E) e2e$(if $(FLARE_E2E_WEBHOOK_IMAGE),$(comma)governed)$(if $(FLARE_E2E_FLOWER_HTTP_IMAGE),$(comma)flower) ./test/e2e
else
	eval "$$($(LAB) env)" && $(E2E) e2e,governed,flower,lab ./test/e2e
endif

.PHONY: generate
generate: ## Write the generated code, the CRD, the Helm chart and the kustomizations again
	$(GO) tool -modfile=test/tools/go.mod controller-gen object paths='./policies/v1alpha1;./policies/snapshot'
	$(GO) tool -modfile=test/tools/go.mod controller-gen crd paths=./policies/v1alpha1 output:crd:dir=manifests/crd
	$(GO) tool -modfile=test/tools/go.mod controller-gen crd paths=./plugin/federation output:crd:dir=plugin/federation/schema
	$(GO) run ./manifests/charts

.PHONY: docs
docs: ## Draw the picture in docs/architecture.md from the code
	$(GO) run ./test/architecture

.PHONY: bench
bench: lab-up ## Print what is promised about speed, as ratios to a reference of the same run
	eval "$$($(LAB) env)" && $(GO) run ./test/bench

.PHONY: fuzz
FUZZTIME ?= 30s
fuzz: ## Run every fuzz target for FUZZTIME
	@for package in $$($(GO) list ./...); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
		done; \
	done

.PHONY: verify
verify: lint verify-generated verify-tidy ## Check style, imports, generated code and go.mod files; changes nothing

.PHONY: lint
lint: ## Run the linters; the tools are built from test/tools
	$(GO) tool -modfile=test/tools/lint/go.mod golangci-lint run ./...

.PHONY: verify-generated
GENERATE_READS = Makefile go.mod go.sum manifests plugin policies test/tools
verify-generated: ## Fail if `make generate` would change a file
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && mkdir "$$dir/is" "$$dir/want" && \
	tar -cf "$$dir/tree" $(GENERATE_READS) && tar -xf "$$dir/tree" -C "$$dir/is" && tar -xf "$$dir/tree" -C "$$dir/want" && \
	$(MAKE) -s -C "$$dir/want" generate && cd "$$dir" && \
	{ diff -ru is want || { echo 'Generated files are stale: run "make generate" and commit them.' >&2; exit 1; }; }

.PHONY: verify-tidy
verify-tidy: ## Fail if `go mod tidy` would change a go.mod or go.sum
	@for mod in $$(git ls-files go.mod '*/go.mod'); do \
		(cd "$$(dirname "$$mod")" && $(GO) mod tidy -diff) || { echo "$$mod is not tidy: run 'go mod tidy' in its folder." >&2; exit 1; }; \
	done
