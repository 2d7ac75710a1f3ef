# SPDX-License-Identifier: Apache-2.0
#
# Demo ecmp: how the underlay spreads flows over its paths, by encapsulation.
#
# Run by mplsudp-sandbox, in a topology of its own: h1 and h2, whose leaf
# routers have SB_SPINES equal-cost paths between them, and a tunnel from h1 to
# h2 for each encapsulation over IPv4 and IPv6.  vm1's UDP flows, which differ
# in the source port only, take tunnel N if they go to 10.0.N.2.  What leaf1
# sent to each spine is counted by its kernel.
#
# The routers hash the outer five-tuple, as most do, and for one more round
# the IPv6 flow label too (RFC 6438).

ECMP_ENCAPS=(mplsudp mplsgre mplsip vxlan)
ECMP_FAMILIES=(4 6)
ECMP_PACKETS=12              # Of each flow.
ECMP_ROWS=()                 # "ENCAP OUTER FLOWS...", one number per spine.

ecmp_build() {
    local i

    SB_SPINES=${spines:-4}
    sb_underlay 4 2
    for i in 1 2; do
        sb_hypervisor $i
        sb_vm $i vm$i 02:00:00:00:00:0$i
    done
    sb_addr vm1 eth0 10.0.0.1/8
}

# Adds the tunnels over family $1, numbered from $2 on.
ecmp_tunnels() {
    local family=$1 n=$2 encap

    for encap in "${ECMP_ENCAPS[@]}"; do
        ecmp_tunnel $n 1 2 $encap
        ecmp_tunnel $n 2 1 $encap
        sb_must ip -n "$SB_RUN-vm1" neigh add 10.0.$n.2 dev eth0 \
            lladdr 02:00:00:00:00:02
        n=$((n + 1))
    done
    sb_resolve
}

# Adds tunnel $1 of hypervisor $2, to hypervisor $3, of type $4.
ecmp_tunnel() {
    local n=$1 i=$2 flow options=(options:key=flow)

    case $4 in
    mpls*) options+=(options:payload=auto) ;;
    esac
    sb_must sb_hv $i ovs-vsctl --timeout=30 add-port br-int tn$n \
        -- set interface tn$n type=$4 "${options[@]}" \
        options:remote_ip="\"$(sb_hv_addr $3)\""
    test "$(sb_hv $i ovs-vsctl get interface tn$n error)" = '[]' ||
        sb_hv_die $i "port tn$n of type $4 has an error"
    flow="in_port=vm1,udp,nw_dst=10.0.$n.2,actions=set_field:100->tun_id,\
output:tn$n"
    test $i = 1 || flow="in_port=tn$n,tun_id=100,udp,actions=output:vm2"
    sb_must sb_hv $i ovs-ofctl --names add-flow br-int "$flow"
}

# Prints how many packets leaf1 has sent to each spine.
ecmp_counts() {
    local s

    for ((s = 1; s <= SB_SPINES; s++)); do
        sb_in leaf1 cat /sys/class/net/spine$s/statistics/tx_packets
    done
}

# Packets that h2 took from tunnel $1 for vm2.
ecmp_arrived() {
    sb_hv 2 ovs-ofctl --names dump-flows br-int |
        sed -n "s/.*n_packets=\([0-9]*\),.*in_port=tn$1 .*/\1/p"
}

# Sends $2 flows through tunnel $1, and waits until vm2 has them all, or has not
# after 4 s: the statistics of flows are behind by half a second.
ecmp_send() {
    local n=$1 want tries

    want=$(($(ecmp_arrived $n) + $2 * ECMP_PACKETS))
    sb_in vm1 /usr/bin/python3 -c '
import socket, sys, time
address, flows, packets = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
for port in range(20000, 20000 + flows):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("10.0.0.1", port))
    for i in range(packets):
        s.sendto(b"x" * 64, (address, 9))
    time.sleep(.001)' "10.0.$n.2" "$2" $ECMP_PACKETS
    for tries in {1..40}; do
        test "$(ecmp_arrived $n)" -ge $want && break
        sleep 0.1
    done
    ecmp_lost=$((ecmp_lost + want - $(ecmp_arrived $n)))
}

# Measures tunnel $1, of type $2; $3 says what the routers look at.  A router's
# own packets, up to five, are lost in the rounding.
ecmp_measure() {
    local n=$1 encap=$2 outer=$3 before after s row=()

    mapfile -t before < <(ecmp_counts)
    ecmp_send $n $flows
    mapfile -t after < <(ecmp_counts)
    for ((s = 0; s < SB_SPINES; s++)); do
        row+=($(((after[s] - before[s] + ECMP_PACKETS / 2) / ECMP_PACKETS)))
    done
    ECMP_ROWS+=("$encap $outer ${row[*]}")
}

# Measures every encapsulation over IPv$1 from tunnel $2 on; $3 as above.
ecmp_family() {
    local n=$2 encap

    for encap in "${ECMP_ENCAPS[@]}"; do
        ecmp_measure $n $encap "$3"
        n=$((n + 1))
    done
}

ecmp_table() {
    local row cell encap outer

    printf '\n        %-8s %-18s' "" "routers look at"
    printf '%10s' $(seq -f 'spine%g' $SB_SPINES)
    echo
    for row in "${ECMP_ROWS[@]}"; do
        set -- $row
        encap=$1 outer=$2
        shift 2
        printf '        %-8s %-18s' "$encap" "${outer//_/ }"
        for cell; do
            printf '%9d%%' $(((cell * 100 + flows / 2) / flows))
        done
        echo
    done
    echo
}

# Prints the row of encapsulation $1 and outer header $2, without those words.
ecmp_row() {
    printf '%s\n' "${ECMP_ROWS[@]}" | sed -n "s/^$1 $2 //p"
}

# Checks that each spine has half to one and a half times its equal share.
ecmp_spread() {
    local row cell bad=0

    row=$(ecmp_row $1 $2)
    test -n "$row" || bad=1
    for cell in $row; do
        test $((2 * cell * SB_SPINES)) -ge $flows &&
            test $((2 * cell * SB_SPINES)) -le $((3 * flows)) || bad=1
    done
    check $bad "$1 over ${2//_/ }: every path has its share of $flows flows:\
 $row"
}

# Checks that one spine has all.
ecmp_single() {
    local row

    row=$(ecmp_row $1 $2)
    test "$(tr ' ' '\n' <<< "$row" | sort -n | paste -sd' ')" = \
        "$(printf '0 %.0s' $(seq 2 $SB_SPINES))$flows"
    check $? "$1 over ${2//_/ }: one path has them all, for no field tells\
 flows apart: $row"
}

ecmp_checks() {
    local encap

    check_equal "packets of flows that did not arrive at vm2" $ecmp_lost 0
    for encap in mplsudp vxlan; do
        ecmp_spread $encap IPv4,_ports
        ecmp_spread $encap IPv6,_ports
    done
    test $SB_SPINES -gt 1 || return 0
    for encap in mplsgre mplsip; do
        ecmp_single $encap IPv4,_ports
        ecmp_single $encap IPv6,_ports
    done
    for encap in mplsudp mplsgre mplsip; do
        ecmp_spread $encap IPv6,_flow_label
    done
}

# Prints the rows as bars, a group for each row and a bar for each spine.
ecmp_svg() {
    printf '%s\n' "${ECMP_ROWS[@]}" |
        awk -v flows=$flows -v spines=$SB_SPINES '
        function text(x, y, s, more) {
            printf "<text x=\"%d\" y=\"%d\" %s>%s</text>\n", x, y, more, s
        }
        BEGIN {
            split("#4477aa #ee6677 #228833 #ccbb44 #66ccee #aa3377 #bbbbbb " \
                  "#222222", colour, " ")
            group = 12 * spines + 30
            printf "<svg xmlns=\"http://www.w3.org/2000/svg\" " \
                "font-family=\"sans-serif\" font-size=\"12\" " \
                "viewBox=\"0 0 %d 330\">\n", 12 * group + 70
            printf "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
            text(60, 20, "Share of " flows " flows on each path of the " \
                "underlay, by encapsulation", "font-size=\"15\"")
            for (p = 0; p <= 100; p += 25) {
                y = 250 - 2 * p
                printf "<path d=\"M55 %dH%d\" stroke=\"#ddd\"/>\n", \
                    y, 12 * group + 60
                text(50, y + 4, p "%", "text-anchor=\"end\"")
            }
        }
        {
            x = 60 + (NR - 1) * group
            for (s = 1; s <= spines; s++) {
                h = 200 * $(s + 2) / flows
                printf "<rect x=\"%d\" y=\"%.1f\" width=\"10\" " \
                    "height=\"%.1f\" fill=\"%s\"/>\n", \
                    x + 12 * (s - 1), 250 - h, h, colour[s]
            }
            middle = "text-anchor=\"middle\""
            text(x + 6 * spines, 267, $1, middle)
            gsub("_", " ", $2)
            split($2, outer, ", ")
            text(x + 6 * spines, 282, outer[1], middle)
            text(x + 6 * spines, 297, outer[2], middle " fill=\"#666\"")
        }
        END {
            for (s = 1; s <= spines; s++) {
                printf "<rect x=\"%d\" y=\"310\" width=\"10\" height=\"10\" " \
                    "fill=\"%s\"/>\n", 70 * s - 10, colour[s]
                text(70 * s + 4, 320, "spine" s)
            }
            print "</svg>"
        }'
}

demo_ecmp() {
    local flows ecmp_lost=0

    step "Demo ecmp: the underlay spreads flows over equal-cost paths"
    ecmp_build
    flows=$((256 * SB_SPINES))
    test $short = no || flows=$((64 * SB_SPINES))
    say "vm1 on h1 sends $flows UDP flows, which differ in their source port," \
        "to vm2 on h2."
    say "leaf1 chooses one of $SB_SPINES spines for each, by addresses," \
        "protocol and ports."
    ecmp_tunnels 4 1
    ecmp_send 1 64              # The routers get to know their neighbours.
    ecmp_family 4 1 IPv4,_ports
    sb_add_family 6
    ecmp_tunnels 6 5
    ecmp_send 5 64
    ecmp_family 6 5 IPv6,_ports
    # All but the flow label is the default of policy 1; 3 has the fields said.
    sb_must sb_in leaf1 sh -c 'cd /proc/sys/net/ipv6 &&
        echo 3 > fib_multipath_hash_policy &&
        echo 0x3f > fib_multipath_hash_fields'
    ecmp_family 6 5 IPv6,_flow_label
    ecmp_table
    ecmp_checks
    ecmp_svg > "$svg" || sb_die "$svg: cannot be written"
    say "as a plot: $svg"
}
