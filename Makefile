# `make demo` and `make test` each need only Debian 12 with git, make and Python 3.11; scripts/setup brings the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
BIN := .venv/bin

.PHONY: help setup demo up test lint format bench-rules bench-docs proto clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

setup: ## Install what is missing: 安装所需软件（只装缺的）
	@scripts/setup

demo: setup ## Assess the invented examples and set their papers: 演示，文书写入 out/
	@$(BIN)/huiyin demo

up: setup ## Keep both services running in the foreground: 启动两个服务，Ctrl-C 停止
	@$(BIN)/huiyin up

test: setup lint ## Check style and types, then run all tests: 检查并测试
	@$(BIN)/pytest -n auto

lint: setup ## Check style and types only
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@PATH="$(BIN):$$PATH" cython-lint rules_service

format: setup ## Put the code in the project's form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/huiyin rules fmt rulesets

bench-rules: setup ## Measure the rules service beside its peers into benchmarks/RESULTS.md
	@.tools/bin/uv sync --quiet --frozen --all-extras --group bench
	@$(BIN)/python -m benchmarks.rules

bench-docs: setup ## Measure the documents service beside its peers into benchmarks/RESULTS-docs.md
	@.tools/bin/uv sync --quiet --frozen --all-extras --group bench
	@$(BIN)/python -m benchmarks.docs

proto: setup ## Generate the Python of the contract again
	@$(BIN)/python proto/generate.py

clean: ## Remove what the targets above made; system packages stay
	rm -rf .venv .tools .build build out huiyin.egg-info
	find rules_service \( -name "*.so" -o -name "*.c" \) -delete
