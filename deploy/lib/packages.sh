# shellcheck shell=bash
# Installs what deploy/packages lists. Sourced by deploy/run and tests/run.

# packages_install FILE PART...: installs the missing packages of these parts; says nothing if none is missing, and
# needs no network then. nodejs and npm count as there when the commands are, wherever they came from.
packages_install() {
  local file=$1
  shift
  local missing=() part package reason wanted
  while read -r part package reason; do
    case "$part" in '' | '#'*) continue ;; esac
    for wanted in "$@"; do
      [ "$part" = "$wanted" ] || continue
      case "$package" in
        nodejs) command -v node >/dev/null && continue ;;
        npm) command -v npm >/dev/null && continue ;;
      esac
      dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
  done <"$file"
  [ ${#missing[@]} -eq 0 ] && return 0

  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
      echo "These packages are missing, and this is neither root nor is there sudo: ${missing[*]}" >&2
      return 1
    }
    sudo=(sudo)
  fi
  echo "Installing ${#missing[@]} packages: ${missing[*]}"
  "${sudo[@]}" apt-get update -qq || echo "apt-get update failed; trying with the lists that are here" >&2
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
    >/dev/null || {
    echo "apt-get could not install: ${missing[*]}" >&2
    return 1
  }
}
