# SPDX-License-Identifier: Apache-2.0
#
# sandbox-checks: two tenants, red and blue, and what is checked of both.
#
# Sourced by mplsudp-sandbox.  Every hypervisor has a VM of each tenant: red1,
# blue1, red2, ...  The topology (sandbox-static.sh, sandbox-control.sh) says
# in KINDS which kinds of traffic they can exchange, and in LABELS by which
# labels a tenant's traffic is known.

. "$(dirname "${BASH_SOURCE[0]}")/sandbox-wire.sh"

TENANTS=(red blue)
# Each VM also has an address that only its tenant has: this plus its number.
declare -A OWN=([red]=10.0.0.10 [blue]=10.0.0.20)
declare -A LABELS=()         # Of each tenant, with spaces between.
KINDS=(ether4 ether6)
PINGS=5
STRAY=300                    # A label (VNI, key) that no flow expects.

vm_mac() {
    echo "02:00:00:00:00:0$1"
}

# Address of VM $2, of either tenant, for traffic of kind $1.
vm_addr() {
    case $1 in
    ether4) echo "10.0.0.$2" ;;
    ether6) echo "fd0a::$2" ;;
    routed4) echo "10.1.$2.2" ;;
    routed6) echo "fd01:$2::2" ;;
    esac
}

# The kinds of IPv4 traffic.
ipv4_kinds() {
    printf '%s\n' "${KINDS[@]}" | grep 4
}

kind_name() {
    case $1 in
    ether4) echo "IPv4 in Ethernet" ;;
    ether6) echo "IPv6 in Ethernet" ;;
    arp) echo "ARP broadcast" ;;
    routed4) echo "IPv4 without Ethernet" ;;
    routed6) echo "IPv6 without Ethernet" ;;
    esac
}

## Pings --------------------------------------------------------------------

# Pings of kind $2 within tenant $1, all ordered pairs at once.
ping_pairs() {
    local t=$1 kind=$2 i j pids=() dir=$SB_DIR/ping

    rm -rf "$dir"
    mkdir "$dir"
    for ((i = 1; i <= hypervisors; i++)); do
        for ((j = 1; j <= hypervisors; j++)); do
            test $i != $j || continue
            sb_in "$t$i" ping -n -c $PINGS -i 0.2 -W 2 \
                "$(vm_addr "$kind" $j)" > "$dir/$t$i-$t$j" 2>&1 &
            pids+=($!)
        done
    done
    wait "${pids[@]}"
}

# Checks the answers of ping_pairs: every one, each once, and with TTL $3.
check_pairs() {
    local t=$1 kind=$2 ttl=$3 dir=$SB_DIR/ping good bad file

    bad=$(for file in "$dir"/*; do
        good=$(grep 'bytes from' "$file" | grep -c "ttl=$ttl")
        grep -q " $PINGS received, 0% packet loss" "$file" &&
            test "$good" = $PINGS || echo "${file##*/} "
    done)
    good=$(cat "$dir"/* | grep -c 'bytes from')
    check $((${#bad} != 0)) "$t, $(kind_name "$kind"): $good of\
 $((hypervisors * (hypervisors - 1) * PINGS)) answered, TTL $ttl${bad:+;\
 not as they should be: ${bad//$'\n'/}}"
}

check_pings() {
    local t kind ttl

    step "Pings within each tenant, from every VM to every other"
    for kind in "${KINDS[@]}"; do
        # One router, the sending hypervisor, lowers the TTL.
        ttl=64
        test "${kind%?}" != routed || ttl=63
        for t in "${TENANTS[@]}"; do
            ping_pairs "$t" "$kind"
            check_pairs "$t" "$kind" $ttl
        done
    done
}

## Isolation ----------------------------------------------------------------

# The 16 bytes that fill tenant $1's marked packets.
mark() {
    printf '%.4s-tenant-mark' "$1----"
}

# Every VM of both tenants sends 3 marked packets by each way that there is:
# broadcast, and to every other VM by every kind of IPv4.
send_marked() {
    local t i j kind hex pids=()

    for t in "${TENANTS[@]}"; do
        hex=$(mark "$t" | od -A n -t x1 | tr -d ' \n')
        for ((i = 1; i <= hypervisors; i++)); do
            sb_in "$t$i" ping -n -q -c 3 -i 0.2 -W 1 -p "$hex" \
                -b 10.0.0.255 &
            pids+=($!)
            for ((j = 1; j <= hypervisors; j++)); do
                for kind in $(ipv4_kinds); do
                    test $i != $j || continue
                    sb_in "$t$i" ping -n -q -c 3 -i 0.2 -W 1 -p "$hex" \
                        "$(vm_addr "$kind" $j)" &
                    pids+=($!)
                done
            done
        done
    done >/dev/null 2>&1
    wait "${pids[@]}"
}

# Reads each VM's capture: MAC of the sender, ICMP type and data of packets with
# any mark.
read_marked() {
    local t i

    for t in "${TENANTS[@]}"; do
        for ((i = 1; i <= hypervisors; i++)); do
            tshark -n -r "$SB_DIR/$t$i.pcap" -Y 'frame contains "tenant-mark"' \
                -T fields -e eth.src -e icmp.type -e data.data \
                > "$SB_DIR/$t$i.marked" 2>/dev/null
        done
    done
}

# Number of packets in VM $1's capture that hold tenant $2's mark; $3 is one more
# condition for awk.
count_marked() {
    awk -v mark="$(mark "$2" | od -A n -t x1 | tr -d ' \n')" \
        "index(\$3, mark) && ${3:-1} { n++ } END { print n + 0 }" \
        "$SB_DIR/$1.marked"
}

# Nobody but the sender sees the stray packets.
check_stray() {
    local t i n=0

    for t in "${TENANTS[@]}"; do
        for ((i = 1; i <= hypervisors; i++)); do
            test $t$i = red1 || n=$((n + $(count_marked $t$i none)))
        done
    done
    check_equal \
        "packets with $(wire_key) $STRAY, which no tenant has, in VMs" $n 0
}

# Tenant $1's VMs see their own tenant's packets, each once, and none of
# tenant $2's.
check_captures() {
    local t=$1 other=$2 i own=0 crossed=0 ways n

    ways=$((1 + $(ipv4_kinds | wc -l))) # The one more is broadcast.
    for ((i = 1; i <= hypervisors; i++)); do
        n=$(count_marked "$t$i" "$t" "\$1 != \"$(vm_mac $i)\" && \$2 == 8")
        own=$((own + n))
        # The other tenant's VMs have the same MACs: any sender counts.
        crossed=$((crossed + $(count_marked "$t$i" "$other")))
    done
    check_equal "marked requests of $t captured in $t's VMs" $own \
        $((hypervisors * (hypervisors - 1) * ways * 3))
    check_equal "marked packets of $other captured in $t's VMs" $crossed 0
}

# An address that only tenant $1 has answers there and not to tenant $2.
check_own_address() {
    local t=$1 other=$2 addr=${OWN[$1]}2

    sb_in "${t}1" ping -n -q -c 2 -i 0.2 -W 2 "$addr" >/dev/null 2>&1
    check $? "$addr, which only $t has, answers ${t}1"
    ! sb_in "${other}1" ping -n -q -c 2 -i 0.2 -W 1 "$addr" >/dev/null 2>&1
    check $? "$addr does not answer ${other}1"
}

check_isolation() {
    local t i

    step "Isolation: both tenants use the same addresses and MACs"
    check_own_address red blue
    check_own_address blue red
    for t in "${TENANTS[@]}"; do
        for ((i = 1; i <= hypervisors; i++)); do
            sb_capture "$t$i" eth0 "$SB_DIR/$t$i.pcap"
        done
    done
    send_marked
    send_stray
    sb_capture_stop
    read_marked
    check_captures red blue
    check_captures blue red
    check_stray
}
