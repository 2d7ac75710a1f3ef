#! /bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# graft.sh: makes the Open vSwitch tree that the build compiles, from a source
# of Open vSwitch (a folder or a tarball) and a series of patches.
#
#   graft.sh peek SOURCE FILE
#       prints one file of SOURCE
#   graft.sh version SOURCE
#       prints the release that SOURCE is of, such as 3.1.0
#   graft.sh inputs SOURCE SERIES
#       prints a line for each thing that decides what the tree looks like;
#       the tree is up to date while the lines stay the same
#   graft.sh tree SOURCE SERIES TOP DEST
#       makes DEST: unpacks SOURCE, applies SERIES, links TOP (the folder above
#       lib/, datapath-ext/ and ofproto/) in as DEST/mplsudp, runs boot.sh
#
# The tree is made in DEST.new and becomes DEST only when every patch applied,
# so a failure leaves the former DEST, or none.  A DEST that exists is brought
# up to date file by file: DEST/.graft-files has the checksum of each file as
# it was grafted, and only files whose checksum differs are replaced.  All
# others keep their time stamps, so make builds little again.

set -u
export LC_ALL=C
self=$0

die() {
    printf 'graft: %s\n' "$@" >&2
    exit 1
}

say() {
    printf '  %-8s %s\n' GRAFT "$*"
}

# Prints file $2 of the source $1.
peek() {
    if [ -d "$1" ]; then
        cat "$1/$2"
    else
        tar -xOf "$1" --wildcards --no-wildcards-match-slash "*/$2"
    fi
}

# Prints the version of the source $1.
version() {
    peek "$1" configure.ac |
        sed -n 's/^AC_INIT([^a-z]*openvswitch[^0-9]*\([0-9.]*\).*/\1/p'
}

# Prints the names of the patches of the series file $1 in order.
patches() {
    sed 's/#.*//' "$1" | while read -r name rest; do
        [ -z "$name" ] || echo "$name"
    done
}

inputs() {
    source=$1 series=$2
    dir=$(dirname "$series")
    if [ -d "$source" ]; then
        echo "$(find "$source" -name .git -prune -o -type f \
                 -printf '%P %s %T@\n' | sort | sha1sum) $source"
    else
        sha1sum "$source"
    fi
    # Without the path of graft.sh: it may be given in several ways.
    sha1sum <"$self"
    patches "$series" | while read -r name; do
        sha1sum "$dir/$name"
    done
}

# Copies or unpacks the source $1 into the empty folder $2.
unpack() {
    if [ ! -d "$1" ]; then
        tar -xf "$1" --strip-components=1 --no-same-owner -C "$2"
    elif [ -f "$1/config.status" ]; then
        die "$1 is configured in place and cannot be built elsewhere;" \
            "run 'make distclean' there or name an unused source"
    else
        tar -C "$1" --exclude=./.git --exclude='./_*' -cf - . |
            tar -C "$2" --no-same-owner -xf -
    fi
}

# Explains why patch $1 did not apply; $2 is what patch(1) printed.
explain() {
    echo "graft: $1 does not apply to Open vSwitch $version:" >&2
    awk '/^(patching|checking) file / { file = $3; next }
         /^Hunk #.*FAILED|^Hunk #.*[Ii]gnored|malformed patch/ {
             print "graft:   " file ": " $0; n++ }
         /^\|\+\+\+ / { wanted = $2 }
         /^No file to patch/ { print "graft:   " wanted ": no such file"; n++ }
         { all = all "graft:   " $0 "\n" }
         END { if (!n) printf "%s", all }' "$2" >&2
    exit 1
}

# Applies the series $1 to the tree $2.  No fuzz: a hunk whose surroundings
# have changed needs a human to look at it.
apply() {
    dir=$(dirname "$1")
    patches "$1" >"$2/.graft-series"
    while read -r name; do
        [ -f "$dir/$name" ] || die "$1 names $name, which is not in $dir"
        say "patching $name"
        patch -d "$2" -p1 --fuzz=0 --batch --forward --no-backup-if-mismatch \
            <"$dir/$name" >"$2/.graft-log" 2>&1 ||
            explain "$name" "$2/.graft-log"
    done <"$2/.graft-series"
    rm -f "$2/.graft-series" "$2/.graft-log"
}

# Lists the files of the tree $1 with their checksums, sorted by name.
list() {
    (cd "$1" && {
        find . -path ./mplsudp -prune -o -name .graft-files -prune \
            -o -type f -print0 | xargs -0 sha1sum
        find . -path ./mplsudp -prune -o -type l -printf '%l  %p\n'
    }) | sort -k2
}

# Brings the tree $2 to the state of the tree $1, replacing only what differs.
update() {
    join -1 2 -2 2 -a 1 -a 2 -e - -o 0,1.1,2.1 \
        "$2/.graft-files" "$1/.graft-files" | awk '$2 != $3 { print $1, $3 }' |
    while read -r file sum; do
        if [ "$sum" = - ]; then
            rm -f "$2/$file"
        else
            mkdir -p "$(dirname "$2/$file")" &&
                cp -a --remove-destination "$1/$file" "$2/$file" || exit 1
        fi
    done || die "cannot bring $2 up to date; remove it and run make again"
    mv "$1/.graft-files" "$2/.graft-files" && rm -rf "$1"
}

tree() {
    source=$1 series=$2 top=$3 dest=$4 new=$4.new
    trap 'rm -rf "$new"' EXIT
    trap 'exit 1' HUP INT TERM
    rm -rf "$new"
    mkdir -p "$new" || exit 1
    say "unpacking $source"
    unpack "$source" "$new" || die "cannot unpack $source"
    [ -f "$new/vswitchd/bridge.c" ] || die "$source is no Open vSwitch source"
    version=$(version "$new")
    apply "$series" "$new"
    ln -s "$(realpath --relative-to="$(dirname "$new")/x" "$top")" \
        "$new/mplsudp" || exit 1
    say "generating the configure script of Open vSwitch $version"
    (cd "$new" && ./boot.sh >boot.log 2>&1) || {
        cat "$new/boot.log" >&2
        die "boot.sh of Open vSwitch failed, see above"
    }
    rm -rf "$new/autom4te.cache" "$new/boot.log"
    list "$new" >"$new/.graft-files"
    if [ -f "$dest/.graft-files" ]; then
        update "$new" "$dest"
    else
        rm -rf "$dest"
        mv "$new" "$dest" || exit 1
    fi
}

case ${1-}:$# in
    peek:3) peek "$2" "$3" ;;
    version:2) version "$2" ;;
    inputs:3) inputs "$2" "$3" ;;
    tree:5) tree "$2" "$3" "$4" "$5" ;;
    *) sed -n '/^#   graft/s/^#  //p' "$self" >&2; exit 2 ;;
esac
