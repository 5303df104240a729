#!/usr/bin/env bash
# Measures what predicted prompts save and cost, and draws the pictures of src/docs/kv-prediction-guide.md.
# Usage: src/bench/kv-prediction.sh [ridge|demo|quality|ttft|shape|goodput|chat]...    without arguments all of them, about 40 minutes on two quiet cores
# SCRATCH=DIR keeps what is made on the way (2.2 GB) for the next run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
results=src/bench/results/$(date -u +%F)
pictures=src/docs/kv-prediction
pairs=src/models/kv-prediction
port=${PORT:-18093}
scratch=${SCRATCH:-$(mktemp -d)}
server=
mkdir -p "$pictures" "$scratch"

stop() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; server=; fi
}
trap 'stop; [ -n "${SCRATCH-}" ] || rm -rf "$scratch"' EXIT

serve() { # arguments of serve: starts a server and waits until all its models answer
  ./foretoken serve --port "$port" "$@" >"$scratch/server.log" 2>&1 &
  server=$!
  local i
  for i in $(seq 1 180); do
    if curl -sf "http://127.0.0.1:$port/health/ready" >/dev/null &&
      ! curl -sf "http://127.0.0.1:$port/v1/models" | grep -q '"state":"loading"'; then return; fi
    kill -0 "$server" 2>/dev/null || { tail -5 "$scratch/server.log" >&2; exit 1; }
    sleep 1
  done
  echo "kv-prediction: the server does not answer; its output is in $scratch/server.log" >&2
  exit 1
}

ridge() { # fits maps to half of the demo model's own layers, for demo to compare: about a minute
  local registry=$scratch/registry
  [ ! -e "$scratch/ridge-0.5" ] || return 0
  ./foretoken models import toy src/models/demo/model --registry "$registry"
  ./foretoken models build toy --variant kvp --auxiliary layer-pruned:0.5 --calibration src/models/demo/eval/calibration.jsonl.gz \
    --registry "$registry"
  # The view that the variant was measured in: a folder like any other.
  ln -s "$(dirname "$(find "$registry" -name prediction.json | head -1)")" "$scratch/ridge-0.5"
}

demo() { # quality, repair and the picture of both: about 8 minutes
  local fitted=()
  [ ! -e "$scratch/ridge-0.5/prediction.json" ] || fitted=(--model "$scratch/ridge-0.5")
  ./foretoken bench prediction --model "$pairs/lp-0.5" --model "$pairs/lp-0.25" "${fitted[@]}" --also-weights w8a8,q4-g128 --questions 500 \
    --prompt 1024,512,256,128 --json "$results-prediction-demo.json" --svg "$pictures/quality.svg"
}

quality() { # of the trained half on every question of the set, for narrow bounds: about 10 minutes
  ./foretoken bench prediction --model "$pairs/lp-0.5" --questions 3188 --prompt 256 --json "$results-prediction-demo-all-questions.json"
}

ttft() { # of the demo model by length, in many rounds since one takes milliseconds: about a minute
  ./foretoken bench prefill --model "$pairs/lp-0.5" --repeat 40 --json "$results-prefill-lp-0.5.json" --svg "$pictures/ttft-demo.svg"
  ./foretoken bench prefill --model "$pairs/lp-0.25" --repeat 40 --json "$results-prefill-lp-0.25.json"
}

llama() { # makes the 1.1B shape with random weights: about half a minute
  [ -e "$scratch/llama-1.1b/prediction.json" ] ||
    ./foretoken bench make-model llama-1.1b "$scratch/llama-1.1b" --context 4352 --layer-pruned 0.25
}

shape() { # of the 1.1B shape by length, up to 4,096 tokens: about 4 minutes
  llama
  ./foretoken bench prefill --model "$scratch/llama-1.1b" --weights w8a8 --repeat 5 --json "$results-prefill-llama1b.json" --svg "$pictures/ttft-llama1b.svg"
}

goodput() { # of 32 clients of the 1.1B shape at four loads: about 8 minutes
  llama
  serve --model "llama-1.1b=$scratch/llama-1.1b" --weights w8a8
  # The first requests compile the code and teach the server what its steps take; with a seed of their own, else they are found.
  local seed=100
  for mode in exact predicted; do
    ./foretoken bench serve "http://127.0.0.1:$port" --concurrency 2 --requests 6 --vocab 32000 --input 64..1536 --output 16 \
      --ignore-eos --seed "$((seed += 1))" --prefill-mode "$mode" >/dev/null
  done
  ./foretoken bench goodput "http://127.0.0.1:$port" --clients 32 --think 40s,20s,12s,8s --duration 45s --warmup 8s --vocab 32000 \
    --input 64..1536 --output 32 --ignore-eos --ttft-objective 1000 --slo ttft=1s \
    --json "$results-goodput-llama1b.json" --svg "$pictures/goodput.svg"
  stop
}

changing() { # the demo model with a template whose beginning is another in every turn, so that a turn finds nothing of those before
  mkdir -p "$scratch/changing"
  cp src/models/demo/model/* "$scratch/changing/"
  sed -i "s/{{ bos_token }}/{{ bos_token + '<|system|>' + (messages | length | string) + ' messages.' + eos_token }}/" "$scratch/changing/tokenizer_config.json"
  grep -q "messages | length" "$scratch/changing/tokenizer_config.json"
}

chat() { # of the demo model: about 3 minutes
  changing
  serve --model demo=src/models/demo/model --model "changing=$scratch/changing" --model "predicted=$pairs/lp-0.5"
  # Its template keeps what came before, so that there is nothing to prepare but the answer's last block.
  ./foretoken bench chat "http://127.0.0.1:$port" --model demo --json "$results-chat-demo.json"
  ./foretoken bench chat "http://127.0.0.1:$port" --model changing --json "$results-chat-changing.json"
  # What was predicted is never found again.
  ./foretoken bench chat "http://127.0.0.1:$port" --model predicted --prefill-mode predicted --repair-by never \
    --json "$results-chat-predicted.json"
  stop
}

for step in "${@:-ridge demo quality ttft shape goodput chat}"; do
  for one in $step; do "$one"; done
done
