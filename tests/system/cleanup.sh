# SPDX-License-Identifier: Apache-2.0
#
# mplsudp-sandbox removes what it made: told to end, and after it was killed.

sandbox=$(dirname "$0")/../utilities/mplsudp-sandbox

# What runs other than this one have left.
leftovers() {
    sb_runs | grep -v -x "$SB_RUN"
}

# up SIGNAL: starts a sandbox, waits until daemons run in it, and sends SIGNAL.
up() {
    local pid tries

    "$sandbox" --hypervisors 2 > "$SB_DIR/sandbox.log" 2>&1 &
    pid=$!
    for tries in {1..200}; do
        grep -q 'h1: ovs-vswitchd' "$SB_DIR/sandbox.log" && break
        sleep 0.1
    done
    leftovers | grep -q . || return
    kill "-$1" $pid
    wait $pid
    true
}

check "a sandbox is up, and told to end" up TERM
check "it leaves nothing" equal "$(leftovers)" ""
check "another is up, and killed" up KILL
check "it leaves namespaces and daemons" test -n "$(leftovers)"
check "mplsudp-sandbox --clean" "$sandbox" --clean
check "nothing is left" equal "$(leftovers)" ""
check "the run that is alive was left alone" test -d "$SB_DIR"
