# SPDX-License-Identifier: Apache-2.0
#
# sandbox-run: a sandbox run's name, programs, processes and removal.
#
# Sourced by sandbox-lib.sh, which makes what this file finds and removes.
# All that a run makes is a namespace named mudpNAME-*, a process inside such
# a namespace, or a file under SB_ROOT/mudpNAME.  So a run can be found and
# removed by its name alone, also after its program was killed.

SB_ROOT=/run/mplsudp-sandbox

sb_die() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

# Runs a command whose failure ends the program and names the command.
sb_must() {
    local out

    out=$("$@" 2>&1) || sb_die "failed: $*${out:+: $out}"
}

## Open vSwitch programs ----------------------------------------------------

# Takes the programs of build or installation folder $1: sets SB_PATH, and
# SB_SCHEMA and SB_OVERLAY_SCHEMA, files of database schemas.  Returns 1 if
# there is no ovs-vswitchd in it.
sb_try_ovs() {
    local dir=$1 src schema=mpls-overlay.ovsschema

    if test -x "$dir/ovs-build/vswitchd/ovs-vswitchd"; then
        dir=$dir/ovs-build
    fi
    if test -x "$dir/vswitchd/ovs-vswitchd"; then
        src=$(sed -n 's/^srcdir = //p' "$dir/Makefile")
        case $src in
        /*) ;;
        *) src=$dir/$src ;;
        esac
        SB_PATH=$dir/vswitchd:$dir/ovsdb:$dir/utilities
        SB_PATH+=:$dir/mplsudp/utilities
        SB_SCHEMA=$src/vswitchd/vswitch.ovsschema
        SB_OVERLAY_SCHEMA=$src/mplsudp/utilities/controller/$schema
    elif test -x "$dir/sbin/ovs-vswitchd"; then
        SB_PATH=$dir/sbin:$dir/bin
        SB_SCHEMA=$dir/share/openvswitch/vswitch.ovsschema
        SB_OVERLAY_SCHEMA=$dir/share/openvswitch/$schema
    else
        return 1
    fi
    test -r "$SB_SCHEMA" || sb_die "$SB_SCHEMA: cannot be read, though\
 $dir has ovs-vswitchd"
}

# Finds the programs: MPLSUDP_BUILD, else the build beside folder $1 (where
# the calling program is), else the default installation.
sb_find_ovs() {
    local here=$1

    if test -n "${MPLSUDP_BUILD:-}"; then
        sb_try_ovs "$(realpath -m "$MPLSUDP_BUILD")" || sb_die "MPLSUDP_BUILD=\
$MPLSUDP_BUILD: no ovs-vswitchd there; give a folder with\
 ovs-build/vswitchd/ovs-vswitchd or sbin/ovs-vswitchd"
        return
    fi
    sb_try_ovs "$(realpath -m "$here/..")" ||
        sb_try_ovs /opt/mplsudp ||
        sb_die "no ovs-vswitchd in $(realpath -m "$here/..")/ovs-build or\
 /opt/mplsudp/sbin; build first (utilities/quickstart demo) or set\
 MPLSUDP_BUILD"
}

# Runs a command with the programs' paths, and the sockets of those that run in
# folder $1 of this run.
sb_programs() {
    local dir=$SB_DIR/$1

    shift
    PATH=$SB_PATH:$PATH OVS_RUNDIR=$dir OVS_LOGDIR=$dir OVS_DBDIR=$dir \
        OVS_SYSCONFDIR=$dir "$@"
}

# The same with hypervisor $1's sockets.
sb_hv() {
    sb_programs "h$1" "${@:2}"
}

# And inside its namespace.
sb_hv_in() {
    local i=$1

    shift
    sb_hv "$i" ip netns exec "$SB_RUN-h$i" "$@"
}

# Runs a command in namespace $1 of this run.
sb_in() {
    local ns=$SB_RUN-$1

    shift
    ip netns exec "$ns" "$@"
}

## A run's life -------------------------------------------------------------

# The start time of process $1 in clock ticks: with the number it names one
# process for good.  Prints nothing if there is none.
sb_start_time() {
    local stat

    { stat=$(< "/proc/$1/stat"); } 2>/dev/null || return 1
    # The name, in parentheses, may hold spaces.
    set -- ${stat##*) }
    echo "${20}"
}

# Begins a run named $1 (letters and digits; default: the process number).
sb_begin() {
    SB_RUN=mudp${1:-$$}
    SB_DIR=$SB_ROOT/$SB_RUN
    test ! -e "$SB_DIR" || sb_die "$SB_DIR exists: a run of this name is up,\
 or was not cleaned; see mplsudp-sandbox --clean"
    sb_must mkdir -p "$SB_DIR"
    echo "$$ $(sb_start_time $$)" > "$SB_DIR/owner"
}

# Prints the process number of run $1's owner if it is alive.
sb_owner() {
    local pid start

    { read -r pid start < "$SB_ROOT/$1/owner"; } 2>/dev/null || return 1
    test -n "$start" && test "$(sb_start_time "$pid")" = "$start" &&
        echo "$pid"
}

# Prints the processes of run $1: in its namespaces, or named by a pidfile.
sb_processes() {
    local ns pid file

    for ns in $(sb_namespaces "$1"); do
        ip netns pids "$ns" 2>/dev/null
    done
    for file in "$SB_ROOT/$1"/*/*.pid; do
        test -r "$file" && read -r pid < "$file" &&
            tr '\0' ' ' 2>/dev/null < "/proc/$pid/cmdline" |
            grep -q -F "$SB_ROOT/$1/" && echo "$pid"
    done 2>/dev/null
}

# Prints the namespaces of run $1 (default: of every run).
sb_namespaces() {
    ip netns list 2>/dev/null | cut -d' ' -f1 |
        grep -E "^${1:-mudp[A-Za-z0-9]+}-"
}

# Ends run $1's processes: TERM, and KILL for those that stay.
sb_stop_processes() {
    local pids tries

    pids=$(sb_processes "$1" | sort -u | grep -v -x "$$")
    test -n "$pids" || return 0
    kill -TERM $pids 2>/dev/null
    for tries in {1..30}; do
        pids=$(sb_processes "$1" | sort -u | grep -v -x "$$")
        test -n "$pids" || return 0
        sleep 0.1
    done
    kill -KILL $pids 2>/dev/null
    sleep 0.2
}

# Removes everything of run $1.  Safe to repeat.
sb_remove() {
    local ns

    sb_stop_processes "$1"
    for ns in $(sb_namespaces "$1"); do
        ip netns del "$ns" 2>/dev/null
    done
    rm -rf "${SB_ROOT:?}/$1"
    rmdir "$SB_ROOT" 2>/dev/null
    return 0
}

# Removes this run.
sb_end() {
    test -n "${SB_RUN:-}" || return 0
    sb_remove "$SB_RUN"
    SB_RUN=
}

# Prints the name of every run that left anything.
sb_runs() {
    local dir

    {
        sb_namespaces | cut -d- -f1
        for dir in "$SB_ROOT"/mudp*; do
            test -d "$dir" && echo "${dir##*/}"
        done
    } | sort -u
}

# Removes what runs whose owner is gone left behind, and says what it does.
sb_clean() {
    local run pid found=no

    for run in $(sb_runs); do
        found=yes
        if pid=$(sb_owner "$run"); then
            echo "$run: still running (process $pid), left alone;" \
                 "'kill $pid' ends it and removes it"
        else
            echo "$run: $(sb_namespaces "$run" | wc -l) namespaces," \
                 "$(sb_processes "$run" | sort -u | wc -l) processes removed"
            sb_remove "$run"
        fi
    done
    test $found = yes || echo "nothing to remove"
}
