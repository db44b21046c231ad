# shellcheck shell=bash
# Starts, watches and stops the three services. Sourced by deploy/run. A keeper process stands behind each service: it starts it
# again when it was killed, on the same port and store, and stops it when it is told to.

SUITE_SERVICES="referral-intake caseload mdt-agenda"

# suite_use BIN FOLDER PORT PORT PORT METRICS METRICS METRICS: which programs, where, on which ports (0: none for metrics).
suite_use() {
  suite_bin=$1
  suite_folder=$2
  declare -gA suite_port=([referral-intake]=$3 [caseload]=$4 [mdt-agenda]=$5)
  declare -gA suite_metrics=([referral-intake]=$6 [caseload]=$7 [mdt-agenda]=$8)
}

# A port of loopback on which nothing answers. Somebody may take it before we do: the keeper's start then fails with words.
suite_free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

suite_use_free_ports() {
  local first second third
  first=$(suite_free_port)
  second=$(suite_free_port)
  third=$(suite_free_port)
  while [ "$second" = "$first" ]; do second=$(suite_free_port); done
  while [ "$third" = "$first" ] || [ "$third" = "$second" ]; do third=$(suite_free_port); done
  suite_use "$1" "$2" "$first" "$second" "$third" 0 0 0
}

# One service in the foreground, with the flags of a workstation.
suite_exec() {
  local service=$1
  local metrics=(--metrics-listen "") peers=()
  [ "${suite_metrics[$service]}" = 0 ] || metrics=(--metrics-listen "127.0.0.1:${suite_metrics[$service]}")
  case "$service" in
    referral-intake) peers=(--caseload-address "127.0.0.1:${suite_port[caseload]}") ;;
    caseload)
      peers=(--referral-intake-address "127.0.0.1:${suite_port[referral-intake]}"
        --mdt-agenda-address "127.0.0.1:${suite_port[mdt-agenda]}")
      ;;
    mdt-agenda) peers=(--caseload-address "127.0.0.1:${suite_port[caseload]}") ;;
  esac
  exec "$suite_bin/$service" --listen "127.0.0.1:${suite_port[$service]}" "${metrics[@]}" "${peers[@]}" \
    --data-dir "$suite_folder/$service" --dev-principals --reflection
}

# Starts the service again for as long as it is killed from outside (a status over 128); any other end is its own decision. A service
# that was told to stop (the marker) is not started again.
suite_keep() {
  local service=$1 status=0
  while :; do
    suite_exec_child "$service"
    status=$?
    if [ $status -le 128 ] || [ -e "$suite_folder/$service.stop" ]; then return $status; fi
    echo "{\"event\":\"restarted\",\"service\":\"$service\",\"status\":$status}"
    sleep 0.2
  done
}

suite_exec_child() {
  (suite_exec "$1") &
  local pid=$!
  echo $pid >"$suite_folder/$1.pid"
  wait $pid
}

suite_running() {
  local pid
  pid=$(cat "$suite_folder/$1.pid" 2>/dev/null) || return 1
  [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$1" ]
}

suite_start() {
  local service=$1
  [ -x "$suite_bin/$service" ] || {
    echo "$suite_bin/$service is not there: run deploy/run without SPLW_NO_BUILD" >&2
    return 1
  }
  if suite_running "$service"; then
    echo "$service already runs (process $(cat "$suite_folder/$service.pid"))"
    return 0
  fi
  rm -f "$suite_folder/$service.stop" "$suite_folder/$service.pid"
  mkdir -p "$suite_folder"
  set +e
  suite_keep "$service" >>"$suite_folder/$service.log" 2>&1 </dev/null &
  echo $! >"$suite_folder/$service.keeper"
  set -e
  disown
}

# suite_splwctl ARGS: the client, pointed at these services.
suite_splwctl() {
  "$suite_bin/splwctl" --intake "127.0.0.1:${suite_port[referral-intake]}" \
    --caseload "127.0.0.1:${suite_port[caseload]}" --mdt "127.0.0.1:${suite_port[mdt-agenda]}" "$@"
}

suite_answers() { (exec 3<>"/dev/tcp/127.0.0.1/${suite_port[$1]}") 2>/dev/null; }

# suite_wait_serving SECONDS: until all three take connections.
suite_wait_serving() {
  local service until=$((SECONDS + $1))
  for service in $SUITE_SERVICES; do
    until suite_answers "$service"; do
      if [ $SECONDS -ge $until ] || ! kill -0 "$(cat "$suite_folder/$service.keeper")" 2>/dev/null; then
        echo "$service did not start. What it said last:" >&2
        tail -n 5 "$suite_folder/$service.log" >&2
        return 1
      fi
      sleep 0.05
    done
  done
}

suite_stop_all() {
  local service pid
  for service in $SUITE_SERVICES; do
    [ -d "$suite_folder" ] && touch "$suite_folder/$service.stop"
    if suite_running "$service"; then kill -TERM "$(cat "$suite_folder/$service.pid")" 2>/dev/null || true; fi
  done
  for service in $SUITE_SERVICES; do
    pid=$(cat "$suite_folder/$service.pid" 2>/dev/null) || continue
    for _ in $(seq 100); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    if suite_running "$service"; then
      echo "$service (process $pid) did not stop in 10 s; it goes on stopping" >&2
    fi
    rm -f "$suite_folder/$service.pid" "$suite_folder/$service.keeper" "$suite_folder/$service.stop"
  done
}

suite_status() {
  local service status=0
  for service in $SUITE_SERVICES; do
    if ! suite_running "$service"; then
      printf '%-16s does not run\n' "$service"
      status=3
    elif suite_answers "$service"; then
      printf '%-16s serves on 127.0.0.1:%s (process %s)\n' "$service" "${suite_port[$service]}" \
        "$(cat "$suite_folder/$service.pid")"
    else
      printf '%-16s runs (process %s) but does not answer\n' "$service" "$(cat "$suite_folder/$service.pid")"
      status=3
    fi
  done
  return $status
}
