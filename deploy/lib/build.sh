# shellcheck shell=bash
# Configures and builds. Sourced by deploy/run and tests/run.

# build_targets SOURCE PRESET TARGET...: builds the targets; the compiler's words go to build/PRESET/build.log, and come up
# here when the build fails.
build_targets() {
  local source=$1 preset=$2
  shift 2
  local folder="$source/build/$preset" log="$source/build/$preset/build.log"
  mkdir -p "$folder"
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
    (cd "$source" && cmake --build "$folder" --target "$@") >"$log" 2>&1 || {
      grep -E 'error|FAILED' "$log" | head -n 40 >&2
      tail -n 20 "$log" >&2
      echo "the build failed: the whole log is $log" >&2
      return 1
    }
  fi
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
