# shellcheck shell=bash
# Which files are ours. Sourced by the tools that look at them. Without git: a tree that was copied, or is somebody else's, has none.

# own_code FOLDER...: all C++ files under these folders, to `files`. None is an error: whoever looks at nothing finds nothing wrong.
own_code() {
  mapfile -t files < <(find "$@" \( -name build -o -name var -o -name node_modules \) -prune -o \
    \( -name '*.cc' -o -name '*.h' \) -print 2>/dev/null | sort)
  [ ${#files[@]} -gt 0 ] || {
    echo "there is no C++ file under $PWD: $*" >&2
    return 1
  }
}
