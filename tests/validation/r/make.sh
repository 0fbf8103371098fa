#!/bin/sh
# Rebuilds the references in ../data with R (Debian: apt-get install r-base-core), base R only.
# The same bytes come out every time. Not part of the tests: they read the files as committed.
set -eu
cd "$(dirname "$0")"
for script in eortc facit eq5d promis rand pro_ctcae short; do
    Rscript --vanilla "$script.R"
done
