# Acalert: the commands that people need. `make` alone lists them.

BUILD_PACKAGES := librdkafka-dev libsqlite3-dev libcurl4-openssl-dev libssl-dev zlib1g-dev libjemalloc-dev pkg-config
TEST_PACKAGES := $(BUILD_PACKAGES) sqlite3 kcat curl prometheus-alertmanager python3-aiosmtpd python3-venv 'chromium|chromium-browser' 'chromium-driver|chromium-chromedriver'
DEMO_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo build test bench quality faults lint format clean

help: ## List these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: build ## See it work: broker, wearers, service and dashboard on http://127.0.0.1:8080
	@exec .build/release/acalert demo $(DEMO_ARGS)

build: ## Build the programs for use, into .build/release
	@scripts/check-swift
	@scripts/install-packages $(BUILD_PACKAGES)
	swift build -c release --product acalert
	swift build -c release --product simulator

test: ## Run all tests, installing what they need
	@scripts/check-swift
	@scripts/install-packages $(TEST_PACKAGES)
	@scripts/python-environment
	swift build --build-tests
	@scripts/run-tests

bench: ## Measure the stages, the whole, false alarms, a storm of alerts, a long history (minutes)
	@scripts/check-swift
	@scripts/install-packages $(BUILD_PACKAGES)
	swift build -c release --package-path Benchmarks
	Benchmarks/.build/release/acalert-benchmarks
	Benchmarks/.build/release/acalert-benchmarks alarms
	Benchmarks/.build/release/acalert-benchmarks storm
	Benchmarks/.build/release/acalert-benchmarks history

quality: build ## Measure the detectors on recordings: make quality DATA=FOLDER (15 minutes)
	@scripts/install-packages python3-venv
	@scripts/python-environment
	swift build -c release --package-path Benchmarks
	scripts/quality $(DATA)

faults: build ## Measure the series detectors on simulated faults of equipment (3 minutes)
	scripts/quality-faults

lint: ## Check the format of the sources
	swift format lint -r --strict Package.swift Sources Tests simulator Plugins Benchmarks

format: ## Format the sources
	swift format -i -r Package.swift Sources Tests simulator Benchmarks Plugins

clean: ## Remove what was built, not the data
	rm -rf .build Benchmarks/.build
