# Every command that a person or CI needs. `make help` lists them.
# Each does its own set-up; a second run installs and fetches nothing.

SHELL := /bin/bash
.DEFAULT_GOAL := help
CARGO := cargo
TAURI := ui/node_modules/.bin/tauri
# The desktop package with the UI inside it, as users get it.
WHOLE := --features kronos-console/custom-protocol
NAME ?=

.PHONY: help demo test matrix soak lint dev package bench format bindings icons \
        system-packages broker-files ui-packages ui app

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-10s %s\n", $$1, $$2}'

demo: app broker-files ## start real brokers and open the app on them; without a display, prove the main job
	$(CARGO) run -q --locked -p desktop --bin demo

test: app broker-files ## every test, Rust and TypeScript, unit to desktop, on real brokers
	cd ui && npm test
	$(CARGO) test --locked --no-fail-fast --workspace $(WHOLE)

matrix: app broker-files ## every test with its whole matrix, and forty times the random cases
	cd ui && npm test
	KRONOS_TESTS=matrix PROPTEST_CASES=10000 $(CARGO) test --locked --no-fail-fast --workspace $(WHOLE)

soak: app broker-files ## brokers killed, frozen and cut off at random moments, a quarter of an hour
	KRONOS_TESTS=soak $(CARGO) test --locked --no-fail-fast --workspace $(WHOLE) soak

lint: ui-packages ## formatting, lints and types of Rust and TypeScript, warnings are errors
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	cd ui && npm run lint

dev: ui-packages ## the app with live reload
	$(TAURI) dev

package: ui-packages ## a .deb with its dependencies declared, in target/release/bundle/deb
	$(TAURI) build --bundles deb --features custom-protocol -- --locked

bench: broker-files app-release ## compare with a baseline in the same run: make bench [NAME=browse]
	$(CARGO) run -q --locked --release -p bench -- $(NAME)

format: ui-packages ## format everything
	$(CARGO) fmt --all
	cd ui && npm run format

bindings: ui-packages ## write the UI's side of the contract, ui/src/platform/bindings.ts
	KRONOS_UPDATE_BINDINGS=1 $(CARGO) test -q --locked --lib -p kronos-console bindings

icons: ui-packages ## render icons/icon.svg to every size
	$(TAURI) icon icons/icon.svg --output icons
	rm -rf icons/android icons/ios icons/Square*.png icons/StoreLogo.png

# Parts of the above.
system-packages:
	@scripts/system-packages

broker-files: system-packages
	@scripts/broker-files

ui-packages: system-packages
	@scripts/ui-packages

ui: ui-packages
	cd ui && npm run --silent build

app: ui
	$(CARGO) build --locked $(WHOLE)

# Together, so that both windows are built from the same Tauri.
app-release: ui
	$(CARGO) build --locked --release -p kronos-console -p empty-window \
		$(WHOLE),empty-window/custom-protocol
