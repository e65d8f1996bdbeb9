# Every task of the project. CI calls these targets, never commands of its own.
SHELL := /bin/sh
# Debian's own where it is whole, as in the images (ADR 0027): other builds of 3.11 are up to a fifth slower.
PYTHON ?= $(shell python=/usr/bin/python3.11; $$python -c 'import ensurepip, venv' 2>/dev/null || python=python3; echo $$python)
VENV := .venv
RUN := $(VENV)/bin/python
LOCAL := $(RUN) -m deploy.local
COMPILE := $(VENV)/bin/uv pip compile --quiet --python-version 3.11 --python-platform x86_64-manylinux_2_35 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
unexport PYTHONDONTWRITEBYTECODE  # a town in the box starts its programs again and again: what is compiled once is kept

.DEFAULT_GOAL := help
.PHONY: help setup up watch down status logs token keycloak demo play storm test campaign cluster check fmt bench onestop trace topics dlq audit image map manifests lock

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 12

setup: $(VENV)/.stamp node_modules/.stamp .local/machine.stamp ## install what the project needs (quick the second time)

$(VENV)/.stamp: requirements-dev.lock
	@PYTHON="$(PYTHON)" sh deploy/local/setup.sh python $@ $^

node_modules/.stamp: package-lock.json shared/web/vendor.py | $(VENV)/.stamp
	@sh deploy/local/setup.sh npm $@ $^

.local/machine.stamp: deploy/local/machine.py deploy/local/downloads.py deploy/local/parts/kafka.py deploy/local/seal.py deploy/local/pom.xml | $(VENV)/.stamp
	@sh deploy/local/setup.sh machine $@ $^

up: setup ## start the whole system, or PARTS="kafka mongo …"; SECURE=1: everything signs in, over TLS; KEYCLOAK=1: a town's provider
	@$(LOCAL) up $(PARTS)

watch: setup ## start Prometheus beside it, with the rules of deploy/monitoring
	@$(LOCAL) up prometheus

down: ## stop it, leaving nothing behind (the data stays; DATA=drop removes it)
	@$(LOCAL) down $(if $(filter drop,$(DATA)),--drop-data)

status: ## say what runs
	@$(LOCAL) status

logs: ## show the logs: [PART=dispatch] [FOLLOW=1], or every line about a case: REF=… or CASE=…
	@$(LOCAL) logs $(PART) $(if $(FOLLOW),--follow) $(if $(REF)$(CASE),--about $(or $(REF),$(CASE)))

token: ## print a bearer token: ROLE=crew [TEAM=works-water] or USER_NAME=somchai
	@$(LOCAL) token $(if $(ROLE),--role $(ROLE)) $(if $(TEAM),--team $(TEAM)) $(if $(USER_NAME),--user $(USER_NAME))

keycloak: setup ## fetch Keycloak, for make up KEYCLOAK=1 and the tests of a real sign-in
	@$(LOCAL) keycloak

demo: setup ## send forty-one reports and two permit applications, and show where each went
	@$(RUN) -m deploy.demo

play: $(VENV)/.stamp ## play many cases and reconcile what came out: [FILE=cases.csv] [ARGS=…]
	@$(RUN) -m tools.play $(if $(FILE),--file $(FILE)) $(ARGS)

storm: $(VENV)/.stamp ## play a storm of reports with one outage in it, decide, end and reconcile it: [ARGS="--reports 200 --minutes 2"]
	@$(RUN) -m tools.play.storm $(ARGS)

test: setup ## run every test but the campaigns: [ARGS=tests/unit]; SECURE=1: on stacks in which everybody signs in
	@$(RUN) -m pytest -m "not campaign" -n 3 $(ARGS)

campaign: setup ## run the long randomised tests, for hours (CONTRIBUTING says what each takes): [ARGS=tests/unit]
	@$(RUN) -m pytest -m campaign $(ARGS)

cluster: setup ## prove the manifests on a real Kubernetes, built once (a quarter of an hour): [ARGS=…]
	@$(RUN) -m deploy.cluster test $(ARGS)

check: $(VENV)/.stamp ## lint, types and formatting
	@ruff check . && ruff format --check . && mypy

fmt: $(VENV)/.stamp ## format and fix what can be fixed
	@ruff check --fix-only --quiet . && ruff format .

bench: setup ## measure: figures, never pass or fail
	@$(RUN) -m tests.bench $(ARGS)

onestop: $(VENV)/.stamp ## any command of an operator: ARGS="doctor" (ARGS=--help lists them)
	@$(LOCAL) run tools.operate $(or $(ARGS),--help)

trace: $(VENV)/.stamp ## show a case's whole way: REF=…
	@$(LOCAL) run --needs zipkin tools.operate trace $(REF)

topics: $(VENV)/.stamp ## list or create the topics: [ARGS=create]
	@$(LOCAL) run tools.operate topics $(or $(ARGS),list)

dlq: $(VENV)/.stamp ## dead letters: GROUP=notify [ARGS="show|replay|discard …"]
	@$(LOCAL) run tools.operate dlq $(or $(ARGS),list) $(if $(GROUP),--group $(GROUP))

image: setup ## build the image without a container engine: [TARGETS="service oidc"] [TAG=0.1.0] [BASE=pinned]
	@$(RUN) -m deploy.image $(TARGETS) $(if $(TAG),--tag $(TAG)) $(if $(BASE),--base $(BASE))

map: setup ## make a town's map from an OpenStreetMap extract: TOWN=maehia FROM=extract.osm.pbf
	@$(RUN) -m tools.town_map $(TOWN) $(FROM)

audit: setup ## known weaknesses, licences, secrets, bill of materials: [PARTS="licences secrets bill"] [ADVISORIES=folder]
	@ADVISORIES="$(ADVISORIES)" $(RUN) -m tools.audit $(PARTS)

manifests: $(VENV)/.stamp ## write the Kubernetes manifests that follow from the code: [ARGS=--check]
	@$(RUN) -m tools.manifests $(ARGS)

lock: $(VENV)/.stamp ## renew the lock files from requirements*.in and package.json
	@$(COMPILE) --upgrade requirements.in -o requirements.lock
	@$(COMPILE) --upgrade requirements-dev.in -o requirements-dev.lock
	@npm install --package-lock-only --loglevel=error
