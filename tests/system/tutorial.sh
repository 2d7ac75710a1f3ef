# SPDX-License-Identifier: Apache-2.0
#
# mplsudp-tutorial(7): ten commands, as the manual page has them, make two
# routed tenants with the same addresses of hypervisors that know nothing.

. "$(dirname "$0")/../utilities/sandbox-overlay.sh"
manual=$(dirname "$0")/../utilities/mplsudp-tutorial.7

# commands EXAMPLE...: as the page has them, but for the folders.
commands() {
    local name

    for name; do
        "$(dirname "$0")/man-example" "$manual" "$name"
    done | sed "s,/var/lib/openvswitch,$SB_DIR/mgmt,
        s,/run/openvswitch,$SB_DIR/mgmt,
        s,/opt/mplsudp/.*\.ovsschema,$SB_OVERLAY_SCHEMA,"
}

# on_control EXAMPLE, on_hypervisor NUMBER EXAMPLE
on_control() {
    commands "$1" > "$SB_DIR/commands" &&
        sb_mgmt_in mgmt timeout 60 sh -e "$SB_DIR/commands"
}
on_hypervisor() {
    commands "$2" > "$SB_DIR/commands" &&
        sb_hv "$1" timeout 60 sh -e "$SB_DIR/commands"
}

# vm HYPERVISOR NAME NETWORK MAC-NUMBER: as the page says, with a default route.
vm() {
    sb_vm "$1" "$2" 02:00:00:00:00:0$4 10.0.$3.1$4/24
    sb_must ip -n "$SB_RUN-$2" route add default via 10.0.$3.1
}

# silenced VM COMMAND...: the command holds while that VM answers nobody.
silenced() {
    local file=/proc/sys/net/ipv4/icmp_echo_ignore_all

    sb_in "$1" sh -c "echo 1 > $file"
    "${@:2}"
    set -- "$1" $?
    sb_in "$1" sh -c "echo 0 > $file"
    return $2
}

SB_MTU=1500
sb_underlay 4 2
sb_management
for i in 1 2; do
    sb_hypervisor $i
    sb_manage $i
done
check "the VMs' MTU is what the page says" equal $SB_VM_MTU 1450
vm 1 red-web1 1 1
vm 1 blue-web1 1 1
vm 2 red-db1 2 2
vm 2 blue-db1 2 2

check "these are ten commands" equal "$(commands control h1 h2 tenants |
    grep -c -v '^ ')" 10
check "the control host's four" on_control control
check "h1's" on_hypervisor 1 h1
check "h2's" on_hypervisor 2 h2
sb_resolve
check "the four about tenants" on_control tenants
for i in 1 2; do
    check "h$i's datapath does what its flows say" revalidated $i
done
check "red-web1 reaches red-db1" soon pings red-web1 10.0.2.12
check "blue-db1 reaches blue-web1" soon pings blue-db1 10.0.1.11
check "red-web1 does not reach blue-db1 in its stead" \
    silenced red-db1 not pings red-web1 10.0.2.12
check "nor does blue-web1 reach red-db1" \
    silenced blue-db1 not pings blue-web1 10.0.2.12
check "what the page shows at the end" on_control look
