# SPDX-License-Identifier: Apache-2.0
#
# sandbox-checks: what the sandbox proves, and how it says so.
#
# Sourced by mplsudp-sandbox, which has built the topology.  Every check ends
# in one line, "ok" or "FAIL", and is counted.  tshark is the witness for what
# is on the wire: it knows nothing of this project.

. "$(dirname "${BASH_SOURCE[0]}")/sandbox-wire.sh"

PINGS=5
STRAY=300                    # A label (VNI, key) that no flow expects.
passed=0
failed=0
notes=()

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
    test $failed = 0 ||
        say "to look around: $0 --encap $encap --underlay $underlay" \
            "--hypervisors $hypervisors --keep"
    echo "$passed passed, $failed failed"
}

# True if the tunnel ports are of one of our types.
is_mpls() {
    case $encap in
    mplsudp | mplsgre | mplsip) return 0 ;;
    *) return 1 ;;
    esac
}

# What kinds of traffic this encapsulation carries.
kinds() {
    is_mpls && echo ether4 ether6 routed4 routed6 ||
        echo ether4 ether6
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
    for kind in $(kinds); do
        # One router, the sending hypervisor, lowers the TTL.
        ttl=64
        test "${kind%?}" != routed || ttl=63
        for t in "${TENANTS[@]}"; do
            ping_pairs "$t" "$kind"
            check_pairs "$t" "$kind" $ttl
        done
    done
    is_mpls ||
        say "skipped: IP without Ethernet, which only MPLS ports carry"
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
                for kind in $(kinds | tr ' ' '\n' | grep 4); do
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

# Sends from red1 three marked packets with a label that no tenant has.
send_stray() {
    local hex all='' j

    hex=$(mark none | od -A n -t x1 | tr -d ' \n')
    for ((j = 2; j <= hypervisors; j++)); do
        all="$all,output:\"to-h$j\""
    done
    sb_must sb_hv 1 ovs-ofctl add-flow br-int "priority=65535,\
in_port=\"red1\",icmp,nw_dst=10.0.0.250,actions=set_field:$STRAY->tun_id$all"
    sb_must ip -n "$SB_RUN-red1" neigh add 10.0.0.250 lladdr "$(vm_mac 2)" \
        dev eth0 nud permanent
    sb_in red1 ping -n -q -c 3 -i 0.2 -W 1 -p "$hex" 10.0.0.250 >/dev/null
}

# Nobody but the sender sees the stray packets.
check_stray() {
    local t i n=0 file

    for t in "${TENANTS[@]}"; do
        for ((i = 1; i <= hypervisors; i++)); do
            test $t$i != red1 || continue
            file=$SB_DIR/$t$i.pcap
            n=$((n + $(tshark -n -r "$file" -Y \
                "frame contains \"$(mark none)\"" 2>/dev/null | wc -l)))
        done
    done
    check_equal \
        "packets with $(wire_key) $STRAY, which no tenant has, in VMs" $n 0
}

# Number of packets in VM $1's capture that hold tenant $2's mark and that the
# VM, number $3, did not send itself; $4 is one more condition.
count_marked() {
    tshark -n -r "$SB_DIR/$1.pcap" -Y "frame contains \"$(mark "$2")\" and \
        eth.src != $(vm_mac "$3") ${4:-}" 2>/dev/null | wc -l
}

# Tenant $1's VMs see their own tenant's packets, each once, and none of
# tenant $2's.
check_captures() {
    local t=$1 other=$2 i own=0 crossed=0 ways=2 n

    ! is_mpls || ways=3
    for ((i = 1; i <= hypervisors; i++)); do
        n=$(count_marked "$t$i" "$t" $i 'and icmp.type == 8')
        own=$((own + n))
        # The other tenant's VMs have the same MACs: leave out the condition.
        n=$(tshark -n -r "$SB_DIR/$t$i.pcap" \
            -Y "frame contains \"$(mark "$other")\"" 2>/dev/null | wc -l)
        crossed=$((crossed + n))
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
    check_captures red blue
    check_captures blue red
    check_stray
}

## Throughput ---------------------------------------------------------------

# Packets that leaf routers have sent to spine $1.
spine_packets() {
    local i sum=0 file=/sys/class/net/spine$1/statistics/tx_packets

    for ((i = 1; i <= hypervisors; i++)); do
        sum=$((sum + $(sb_in "leaf$i" cat "$file")))
    done
    echo $sum
}

# TCP from red1 to red2's address of kind $1.
check_tcp() {
    local kind=$1 out rate tries server

    ip netns exec "$SB_RUN-red2" iperf3 -s -1 >/dev/null 2>&1 &
    server=$!
    for tries in {1..300}; do
        sb_in red2 grep -q ':1451 0*:0000 0A' /proc/net/tcp6 && break
        sleep 0.1
    done
    out=$(sb_in red1 timeout 30 iperf3 -c "$(vm_addr "$kind" 2)" -t 3 -P 8 \
        --connect-timeout 5000 -f m 2>&1)
    rate=$(sed -n 's/^\[SUM\].* \([0-9.]*\) Mbits.*receiver$/\1/p' \
        <<< "$out")
    # After a failure the server would wait for ever.
    kill $server 2>/dev/null
    wait $server
    test -n "$rate" && test "${rate%.*}" -gt 0
    check $? "TCP, $(kind_name "$kind"), red1 to red2, 8 streams, 3 s:\
 ${rate:-$(tail -n 1 <<< "$out"); 0} Mbit/s"
    notes+=("throughput: ${rate:-none} Mbit/s, $(kind_name "$kind")")
}

check_throughput() {
    local before=() used=() s kind

    step "Throughput within red (two cores do everything here)"
    for ((s = 1; s <= SB_SPINES; s++)); do
        before[s]=$(spine_packets $s)
    done
    for kind in $(kinds | tr ' ' '\n' | grep 4); do
        check_tcp "$kind"
    done
    for ((s = 1; s <= SB_SPINES; s++)); do
        used[s]=$(($(spine_packets $s) - before[s]))
    done
    if test "$encap" = mplsudp; then
        check $((used[1] == 0 || used[2] == 0)) "both spines carried it:\
 ${used[1]} and ${used[2]} packets"
    else
        say "packets through the spines: ${used[1]} and ${used[2]}"
    fi
}

## State --------------------------------------------------------------------

check_daemons() {
    local i dead=

    step "Hypervisors"
    for ((i = 1; i <= hypervisors; i++)); do
        kill -0 "$(cat "$SB_DIR/h$i/ovs-vswitchd.pid")" 2>/dev/null &&
            ! grep -q '|EMER|' "$SB_DIR/h$i/ovs-vswitchd.log" ||
            dead="$dead h$i"
    done
    check $((${#dead} != 0)) "ovs-vswitchd ran throughout on all\
${dead:+ but$dead}"
    if ! is_mpls; then
        say "skipped: mplsudp/show, which only MPLS ports have"
        return
    fi
    for ((i = 1; i <= hypervisors; i++)); do
        sb_hv $i ovs-appctl mplsudp/show > "$SB_DIR/show$i" 2>&1
        check $? "h$i answers ovs-appctl mplsudp/show"
    done
    check_equal "lines of mplsudp/show that tell of refused packets" \
        "$(cat "$SB_DIR"/show* | grep -c '^ *[a-z_0-9]*: [0-9]* (')" 0
    say "h1's:"
    sed 's/^/          /' "$SB_DIR/show1"
}

run_checks() {
    sb_capture leaf1 hv "$SB_DIR/wire.pcap"
    check_pings
    check_isolation
    check_wire
    check_throughput
    check_daemons
}
