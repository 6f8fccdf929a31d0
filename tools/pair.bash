# nomyo-dev-router and nomyo-proxy beside each other on loopback, set up by the environment alone.
# For tools/demo and tools/serve, which source this file and say where the programs are: $programs.

work=$(mktemp -d "${TMPDIR:-/tmp}/nomyo-demo.XXXXXX")
started=() # names
pids=()    # of the same

bold='' dim='' plain=''
if [[ -t 1 ]]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; fi

# Prints COUNT loopback ports that nobody listens on, and that the kernel gives to nobody else until they are taken: it gives
# those of its own range to connections.
free_ports() {
  python3 -c '
import random, socket, sys
count = int(sys.argv[1])
low, high = map(int, open("/proc/sys/net/ipv4/ip_local_port_range").read().split())
ports = [port for port in range(20_000, 65_000) if not low <= port <= high]
random.shuffle(ports)
probes = []
for port in ports + [0] * count:
    try:
        probes.append(socket.create_server(("127.0.0.1", port)))
    except OSError:
        continue  # somebody listens there
    if len(probes) == count:
        break
print(*(probe.getsockname()[1] for probe in probes))' "$1"
}

# start NAME COMMAND...: in the background, its output in $work/NAME.log.
start() {
  local name=$1
  shift
  "$@" >"$work/$name.log" 2>&1 </dev/null &
  started+=("$name")
  pids+=("$!")
}

# Our programs see nothing of the caller's environment: neither variables nor a configuration at home matter.
bare=(env -i PATH="$PATH" HOME="$work" TMPDIR="$work")

# wait_for URL SECONDS: until the URL answers 200, while everything that was started still runs.
wait_for() {
  local deadline=$((SECONDS + $2)) pid
  until [[ $(curl --silent --noproxy '*' --max-time 2 --output /dev/null --write-out '%{http_code}' "$1") == 200 ]]; do
    for pid in "${pids[@]}"; do
      kill -0 "$pid" 2>/dev/null || fail "a program ended before $1 answered"
    done
    ((SECONDS < deadline)) || fail "$1 did not answer 200 within $2 s"
    sleep 0.05
  done
}

# start_router PORT and start_proxy PORT ROUTER_PORT
start_router() {
  start nomyo-dev-router "${bare[@]}" \
    "$programs/nomyo-dev-router" --listen "127.0.0.1:$1" --api-key demo-key --show-wire "$work/opened"
  wait_for "http://127.0.0.1:$1/pki/public_key" 120
}
start_proxy() {
  start nomyo-proxy "${bare[@]}" NOMYO_API_KEY=demo-key NOMYO_PROXY_LISTEN="127.0.0.1:$1" \
    NOMYO_PROXY_ROUTER_URL="http://127.0.0.1:$2" NOMYO_PROXY_ROUTER_ALLOW_HTTP=true \
    NOMYO_PROXY_ROUTER_RATE_PER_SECOND=0 \
    STATE_DIRECTORY="$work/state" RUNTIME_DIRECTORY="$work/run" \
    "$programs/nomyo-proxy" run
  # Ready means that its key pair is made, which takes a second or two.
  wait_for "http://127.0.0.1:$1/readyz" 120
}

# Stops everything, the last one first; returns 1 when a program of ours did not end well.
stop_all() {
  local index tries status result=0
  for ((index = ${#pids[@]} - 1; index >= 0; index--)); do
    kill -TERM "${pids[index]}" 2>/dev/null || true
    for ((tries = 0; tries < 100; tries++)); do
      kill -0 "${pids[index]}" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "${pids[index]}" 2>/dev/null || true
    status=0
    wait "${pids[index]}" 2>/dev/null || status=$?
    if ((status != 0)) && [[ ${started[index]} == nomyo-* ]]; then
      printf '%s ended with status %d\n' "${started[index]}" "$status" >&2
      result=1
    fi
  done
  pids=()
  return "$result"
}

# fail REASON: shows the logs and ends.
fail() {
  local name
  {
    printf '\n%sFAILED: %s%s\n' "$bold" "$1" "$plain"
    for name in "${started[@]}"; do
      printf '\n--- log of %s\n' "$name"
      tail -n 40 "$work/$name.log"
    done
  } >&2
  exit 1
}

finish() {
  local status=$?
  stop_all || true
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
