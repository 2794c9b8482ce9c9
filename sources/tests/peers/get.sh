#!/bin/sh
# Brings the servers that the peer tests run against, beside the system and not into it:
# packages are downloaded and unpacked, nothing is installed and nothing is started.
#
#   sources/tests/peers/get.sh [FOLDER]      # default: target/peers
#
# FOLDER/stable holds what this Debian offers, FOLDER/sid what Debian's newest suite offers.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
to=${1:-$here/../../../target/peers}
mkdir -p "$to"
to=$(cd "$to" && pwd)
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -n 1)
[ -n "$mirror" ] || { echo "no package lists: run apt-get update first" >&2; exit 1; }

unpacked() { # unpacked SUITE PROGRAM...: whether they are there already
    suite=$1; shift
    for program; do [ -x "$to/$suite/usr/bin/$program" ] || return 1; done
}

fetch() { # fetch SUITE PACKAGE...
    suite=$1; shift
    debs=$(mktemp -d "$to/debs.XXXXXX")
    chmod 755 "$debs"
    (cd "$debs" && apt-get -o APT::Sandbox::User=root download -q "$@")
    for deb in "$debs"/*.deb; do dpkg -x "$deb" "$to/$suite"; done
    rm -r "$debs"
}

unpacked stable victoria-metrics || fetch stable victoria-metrics

if ! unpacked sid prometheus victoria-metrics; then
    apt=$to/apt
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/parts"
    : >"$apt/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" >"$apt/sources.list"
    cat >"$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "$apt/parts";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
APT::Sandbox::User "root";
CONF
    export APT_CONFIG="$apt/apt.conf"
    apt-get update -q
    fetch sid prometheus victoria-metrics
    rm -r "$apt"
fi

for program in "$to"/*/usr/bin/prometheus "$to"/*/usr/bin/victoria-metrics; do
    [ -x "$program" ] && echo "$program: $("$program" --version 2>&1 | grep -m 1 . || echo present)"
done
