# shellcheck shell=bash
# Configures and builds. Sourced by deploy/run and tests/run.

# build_targets SOURCE PRESET TARGET...: builds the targets; the compiler's words go to build/PRESET/build.log, and come up
# here when the build fails.
build_targets() {
  local source=$1 preset=$2
  shift 2
  local folder="$source/build/$preset" log="$source/build/$preset/build.log"
  mkdir -p "$folder"
  # Presets that changed, as by a pull, may name another compiler: a folder keeps its own until it is configured from nothing.
  if [ "$source/CMakePresets.json" -nt "$folder/build.ninja" ]; then
    rm -rf "$folder/CMakeCache.txt" "$folder/CMakeFiles" "$folder/build.ninja"
  fi
  if [ ! -f "$folder/build.ninja" ]; then
    (cd "$source" && cmake --preset "$preset") >"$log" 2>&1 || {
      tail -n 40 "$log" >&2
      echo "cmake could not configure: the whole log is $log" >&2
      return 1
    }
  fi
  if [ -t 1 ]; then
    # Ninja's own progress line, for a person who waits.
    (cd "$source" && cmake --build "$folder" --target "$@") || return 1
  else
    (cd "$source" && exec cmake --build "$folder" --target "$@") >"$log" 2>&1 &
    build_wait $! "$log" || {
      grep -E 'error|FAILED' "$log" | head -n 40 >&2
      tail -n 20 "$log" >&2
      echo "the build failed: the whole log is $log" >&2
      return 1
    }
  fi
}

# build_wait PID LOG: until the build ends, with its status; every 30 seconds says how far it is.
build_wait() {
  local pid=$1 log=$2 said=$SECONDS
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    [ $((SECONDS - said)) -ge 30 ] || continue
    said=$SECONDS
    tail -c 2000 "$log" | sed -nE 's|^\[([0-9]+)/([0-9]+)\].*|   \1 of \2|p' | tail -n 1
  done
  wait "$pid"
}

# stage NAME COMMAND...: runs a command and says how long it took.
stage() {
  local name=$1 start=$SECONDS status=0
  shift
  echo "== $name"
  "$@" || status=$?
  if [ $status -eq 0 ]; then
    echo "== $name: $((SECONDS - start)) s"
  else
    echo "== $name: failed after $((SECONDS - start)) s (status $status)" >&2
  fi
  return $status
}
