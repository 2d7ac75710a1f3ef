# SPDX-License-Identifier: Apache-2.0
#
# sandbox-report: how the sandbox says what it does and what held.
#
# Sourced by mplsudp-sandbox.  Every check ends in one line, "ok" or "FAIL", and
# is counted.

passed=0
failed=0
notes=()                     # Lines for the end of the report.

step() {
    printf '\n[%3d s] %s\n' $SECONDS "$*"
}

say() {
    printf '        %s\n' "$*"
}

# Counts a check named $2 as passed if $1 is 0.
check() {
    if test "$1" = 0; then
        passed=$((passed + 1))
        printf '  ok    %s\n' "$2"
    else
        failed=$((failed + 1))
        printf '  FAIL  %s\n' "$2"
    fi
}

# Checks that $2 equals $3, as part of line $1.
check_equal() {
    if test "$2" = "$3"; then
        check 0 "$1: $2"
    else
        check 1 "$1: $2, expected $3"
    fi
}

show_result() {
    step "Result: $encap over IPv$underlay, $hypervisors hypervisors"
    test ${#notes[@]} = 0 || printf '        %s\n' "${notes[@]}"
    test $failed = 0 || say "to look around, run this with --keep"
    echo "$passed passed, $failed failed"
}
