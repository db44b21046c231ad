# shellcheck shell=bash
# Starts, watches and stops the three services. Sourced by deploy/run. A keeper process stands behind each service: it starts it
# again when it was killed, on the same port and store, and stops it when it is told to. Both hold the lock of the service's name open
# as file 9 for as long as they live: a process id in a file is believed only where that process holds it, and what holds it is
# never forgotten, however early or late it is told to stop.

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
    --data-dir "$suite_folder/$service" --port-file "$suite_folder/$service.ready" --dev-principals --reflection
}

# Starts the service again for as long as it is killed from outside (a status over 128); any other end is its own decision. SIGTERM is
# passed on, and is the end. What dies within five seconds, five times in a row, is given up.
suite_keep() {
  local service=$1 status=0 pid="" signals=0 seen began early=0
  set +e
  trap 'signals=$((signals + 1)); [ -z "$pid" ] || kill -TERM "$pid" 2>/dev/null' TERM
  while [ $signals -eq 0 ]; do
    rm -f "$suite_folder/$service.ready"
    began=$SECONDS
    (suite_exec "$service") &
    pid=$!
    echo $pid >"$suite_folder/$service.pid"
    # What came before there was anybody to pass it on to.
    [ $signals -eq 0 ] || kill -TERM $pid 2>/dev/null
    seen=""
    until [ "$seen" = $signals ]; do # a signal ends the wait, not the service
      seen=$signals
      wait $pid
      status=$?
    done
    pid=""
    [ $status -gt 128 ] && [ $signals -eq 0 ] || break
    if [ $((SECONDS - began)) -lt 5 ]; then early=$((early + 1)); else early=0; fi
    if [ $early -ge 5 ]; then
      echo "{\"event\":\"given_up\",\"service\":\"$service\",\"status\":$status}"
      break
    fi
    echo "{\"event\":\"restarted\",\"service\":\"$service\",\"status\":$status}"
    sleep 0.2
  done
  return $status
}

# suite_process SERVICE FILE: the process id in the service's FILE (pid, keeper), if that process is alive and ours.
suite_process() {
  local pid
  pid=$(cat "$suite_folder/$1.$2" 2>/dev/null) || return 1
  [ -n "$pid" ] && [ "/proc/$pid/fd/9" -ef "$suite_folder/$1.lock" ] && echo "$pid"
}

suite_running() { suite_process "$1" pid >/dev/null; }

suite_start() {
  local service=$1
  [ -x "$suite_bin/$service" ] || {
    echo "$suite_bin/$service is not there: run deploy/run without SPLW_NO_BUILD" >&2
    return 1
  }
  mkdir -p "$suite_folder"
  exec 9>>"$suite_folder/$service.lock"
  if suite_running "$service" || ! flock -w 1 9; then
    exec 9>&-
    echo "$service already runs (process $(suite_process "$service" pid))"
    return 0
  fi
  rm -f "$suite_folder/$service.pid"
  set -m # in a process group of its own: what is typed at this terminal, and its end, are not for the service
  suite_keep "$service" >>"$suite_folder/$service.log" 2>&1 </dev/null &
  echo $! >"$suite_folder/$service.keeper"
  set +m
  exec 9>&-
  disown
}

# suite_splwctl ARGS: the client, pointed at these services.
suite_splwctl() {
  "$suite_bin/splwctl" --intake "127.0.0.1:${suite_port[referral-intake]}" \
    --caseload "127.0.0.1:${suite_port[caseload]}" --mdt "127.0.0.1:${suite_port[mdt-agenda]}" "$@"
}

# Ours runs and has said that it serves. That something answers on its port says nothing: it may be another suite's.
suite_serves() { suite_running "$1" && [ -s "$suite_folder/$1.ready" ]; }

# suite_wait_serving SECONDS: until all three serve at one look: one may end, and be started again, while another is waited for.
suite_wait_serving() {
  local service missing until=$((SECONDS + $1))
  while :; do
    missing=""
    for service in $SUITE_SERVICES; do
      suite_serves "$service" || {
        missing=$service
        break
      }
    done
    [ -n "$missing" ] || break
    if [ $SECONDS -ge $until ] || ! suite_process "$missing" keeper >/dev/null; then
      suite_say_not_serving "$missing"
      return 1
    fi
    sleep 0.05
  done
  for service in $SUITE_SERVICES; do
    [ "$(suite_port_of "$service")" = "${suite_port[$service]}" ] || {
      echo "$service of $suite_folder serves on port $(suite_port_of "$service") already, not on ${suite_port[$service]}:" \
        "set SPLW_PORTS as it was started, or stop it first" >&2
      return 1
    }
  done
}

# On which port it serves, by its own word; nothing where it does not serve.
suite_port_of() { head -n 1 "$suite_folder/$1.ready" 2>/dev/null || true; }

suite_say_not_serving() {
  echo "$1 does not serve on 127.0.0.1:${suite_port[$1]}. What it said last:" >&2
  tail -n 5 "$suite_folder/$1.log" >&2
}

# The keeper first: it would start the service again.
suite_tell_to_stop() {
  local file pid
  for file in keeper pid; do
    if pid=$(suite_process "$1" $file); then kill -TERM "$pid" 2>/dev/null || true; fi
  done
}

# Status 1 where something needs longer to stop.
suite_stop_all() {
  local service tries status=0
  for service in $SUITE_SERVICES; do suite_tell_to_stop "$service"; done
  for service in $SUITE_SERVICES; do
    [ -e "$suite_folder/$service.lock" ] || continue
    tries=0
    # Under the lock, so that they are not those of a process that was started this very moment.
    until flock -n "$suite_folder/$service.lock" rm -f "$suite_folder/$service.pid" "$suite_folder/$service.keeper"; do
      tries=$((tries + 1))
      if [ $tries -gt 100 ]; then
        echo "$service (process $(suite_process "$service" pid)) did not stop in 10 s; it goes on stopping" >&2
        status=1
        continue 2
      fi
      sleep 0.1
      # Again: it may have been started since, or not have been able to listen yet.
      suite_tell_to_stop "$service"
    done
  done
  return $status
}

suite_status() {
  local service status=0
  for service in $SUITE_SERVICES; do
    if ! suite_running "$service"; then
      printf '%-16s does not run\n' "$service"
      status=3
    elif suite_serves "$service"; then
      printf '%-16s serves on 127.0.0.1:%s (process %s)\n' "$service" "$(suite_port_of "$service")" \
        "$(suite_process "$service" pid)"
    else
      printf '%-16s runs (process %s) but does not serve yet\n' "$service" "$(suite_process "$service" pid)"
      status=3
    fi
  done
  return $status
}
