# SPDX-License-Identifier: Apache-2.0
#
# mplsudp-sandbox removes what it made: told to end, and after it was killed.

sandbox=$(dirname "$0")/../utilities/mplsudp-sandbox

# What runs other than this one have left.
leftovers() {
    sb_runs | grep -v -x "$SB_RUN"
}

# up SIGNAL: starts a sandbox, waits until daemons run in it, and sends SIGNAL.
# What it was about to do when it was killed comes to its end: the session has
# all that it started, except for daemons.
up() {
    local log=$SB_DIR/sandbox-$1.log pid

    setsid "$sandbox" --short --hypervisors 2 isolation > "$log" 2>&1 &
    pid=$!
    soon grep -q 'hv-add h1' "$log" && test -n "$(leftovers)"
    set -- "$1" $?
    kill "-$1" $pid
    wait $pid
    soon not pgrep -s $pid
    cat "$log"
    return $2
}

check "a sandbox is up, and told to end" up TERM
check "it leaves nothing" equal "$(leftovers)" ""
check "another is up, and killed" up KILL
check "it leaves namespaces and daemons" test -n "$(leftovers)"
check "mplsudp-sandbox --clean" "$sandbox" --clean
check "nothing is left" equal "$(leftovers)" ""
check "the run that is alive was left alone" test -d "$SB_DIR"
