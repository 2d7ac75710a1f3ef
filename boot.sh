#! /bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# boot.sh: makes ./configure and Makefile.in from configure.ac and Makefile.am.
# Run it once after getting the source, then ./configure && make.

cd "$(dirname "$0")" || exit 1
for tool in autoreconf automake; do
    if ! command -v $tool >/dev/null 2>&1; then
        echo "boot.sh: $tool is missing: apt-get install autoconf automake" >&2
        exit 1
    fi
done
exec autoreconf --install --force
