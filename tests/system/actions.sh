# SPDX-License-Identifier: Apache-2.0
#
# The examples of mplsudp-actions(7), as the manual page has them: each in
# namespaces, with what tshark reads on the underlay.  h1 to h4 and their VMs
# are as the page says.

manual=$(dirname "$0")/../utilities/mplsudp-actions.7

# h1 to h4 with vm1 to vm4, whose router's address is static.
four_hypervisors() {
    local i

    sb_underlay 4 4
    for i in 1 2 3 4; do
        sb_hypervisor $i
        sb_vm $i vm$i 02:aa:00:00:00:0$i 10.0.0.$i/24 10.$i.0.1/32 \
            fd01::$i/64
        sb_must ip -n "$SB_RUN-vm$i" neigh add 10.0.0.254 dev eth0 \
            lladdr 02:bb:00:00:00:0$i
        sb_must ip -n "$SB_RUN-vm$i" route add 10.0.0.0/8 via 10.0.0.254 \
            src 10.$i.0.1
    done
}

# Removes from hypervisor $1 what an example made.
clear_example() {
    local port

    sb_hv "$1" ovs-ofctl del-flows br-int
    sb_hv "$1" ovs-ofctl -O OpenFlow13 del-groups br-int
    for port in $(sb_hv "$1" ovs-vsctl list-ports br-int |
                  grep -x -e 'to-h.' -e mu0); do
        sb_hv "$1" ovs-vsctl del-port br-int "$port"
    done
    sb_in "vm$1" ip neigh flush dev eth0 nud all nud reachable nud stale
    sb_in "vm$1" ip neigh replace 10.0.0.254 dev eth0 \
        lladdr "02:bb:00:00:00:0$1"
}

# commands NAME HYPERVISOR: of the example, as the page has them.  What the page
# calls "the same" for another hypervisor is made from those of h2.
commands() {
    case $1$2 in
    ecmp3 | all[234])
        "$(dirname "$0")/man-example" "$manual" "ecmp h2" |
            sed "s/vm2/vm$2/; s/mpls_label=200/mpls_label=${2}00/" ;;
    *) "$(dirname "$0")/man-example" "$manual" "$1 h$2" ;;
    esac
}

# Runs the commands of example $1 for the hypervisors that follow.
run_commands() {
    local name=$1 i

    shift
    for i; do
        commands "$name" "$i" > "$SB_DIR/commands" &&
            sb_hv "$i" timeout 30 sh -e "$SB_DIR/commands" || return
        revalidated "$i"
    done
}

# example NAME HYPERVISOR...: begins an example, with captures of the underlay
# of each of these hypervisors.
example() {
    local name=$1 i

    for i in 1 2 3 4; do
        clear_example $i
    done
    check "$name: commands of the manual page" run_commands "$@"
    shift
    for i; do
        sb_resolve_one "$i"
        sb_capture "leaf$i" hv "$SB_DIR/$name$i.pcap"
    done
}

# wire EXAMPLE FROM TO FILTER: distinct packets of hypervisor FROM to TO, as the
# side of TO has them: protocols, labels, S bits, TTLs and classes, top first;
# "pwethcw" for a control word, and the TTL of an inner IP header.  Labels do not
# say what is below them; BOTTOM is one that is above a control word.  tshark
# says "echo" only of what TCP sends for the first time.
BOTTOM=
wire() {
    tshark -n -r "$SB_DIR/$1$3.pcap" ${BOTTOM:+-d "mpls.label==$BOTTOM,pwethcw"} \
        -Y "ip.src == 198.18.$2.1 && ip.dst == 198.18.$3.1 && $4" \
        -T fields -e frame.protocols -e mpls.label -e mpls.bottom -e mpls.ttl \
        -e mpls.exp -e pwethcw -e ip.ttl 2>/dev/null |
        sed 's/^eth:ethertype:ip://; s/:\(data\|echo\)\>//
             s/\t[0-9]*,*\([0-9]*\)$/ \1/; s/[\t ]\+/ /g; s/ $//' | sort -u
}

# The same for echo requests.
requests() {
    wire "$@" "icmp.type == 8"
}

# ttl_of_reply VM ADDRESS: of each echo reply.
ttl_of_reply() {
    sb_in "$1" ping -n -c 3 -i 0.2 -W 2 "$2" |
        sed -n 's/.* ttl=\([0-9]*\) .*/\1/p' | sort -u
}

# Prints what the actions of all hypervisors refused.
refused() {
    local i

    for i in 1 2 3 4; do
        sb_hv $i ovs-appctl mplsudp/show | sed -n '/labels refused:$/,$p'
    done
}

four_hypervisors

## An Ethernet service.

example l2 1 2
check "l2: ping" pings vm1 10.0.0.2
check "l2: IPv6 ping" pings vm2 fd01::1
check "l2: TCP" tcp vm1 vm2 10.0.0.2
sb_capture_stop
BOTTOM=200
check "P-01 l2: label 200, control word and frame on the wire" \
    equal "$(requests l2 1 2)" "udp:mpls:eth:ethertype:ip:icmp 200 1 255 0 pwethcw 64"
BOTTOM=100
check "P-01 l2: label 100 on the way back" \
    equal "$(wire l2 2 1 arp.opcode==2)" \
        "udp:mpls:eth:ethertype:arp 100 1 255 0 pwethcw"

## An IP service.

example l3 1 2
check "l3: ping" pings vm1 10.2.0.1
check "l3: TCP" tcp vm2 vm1 10.1.0.1
check "l3: each router lowers the TTL" equal "$(ttl_of_reply vm1 10.2.0.1)" 62
sb_capture_stop
BOTTOM=
check "L-12 l3: the label has the TTL of the packet" \
    equal "$(requests l3 1 2)" "udp:mpls:ip:icmp 200 1 63 0 63"
check "L-12 l3: and on the way back" \
    equal "$(wire l3 2 1 icmp.type==0)" "udp:mpls:ip:icmp 100 1 63 0 63"

## Segment routing with five labels.

example sr 1 2 3 4
sb_capture vm4 eth0 "$SB_DIR/vm4.pcap"
check "sr: ping" pings vm1 10.4.0.1
check "sr: TCP" tcp vm1 vm4 10.4.0.1
sb_capture_stop
check "sr: five labels to h2" equal "$(requests sr 1 2)" \
    "udp:mpls:ip:icmp 16002,24023,24034,16004,400 0,0,0,0,1\
 63,63,63,63,63 0,0,0,0,0 63"
check "L-11 sr: three of them to h3, with a TTL that is lower" \
    equal "$(requests sr 2 3)" \
    "udp:mpls:ip:icmp 24034,16004,400 0,0,1 62,63,63 0,0,0 63"
check "L-11 sr: two of them to h4, with a TTL that is lower still" \
    equal "$(requests sr 3 4)" "udp:mpls:ip:icmp 16004,400 0,1 61,63 0,0 63"
vm4_ttls() {
    tshark -n -r "$SB_DIR/vm4.pcap" -Y 'icmp.type == 8' -T fields -e ip.ttl \
        2>/dev/null | sort -u
}
check "L-13 sr: vm4 gets it with a TTL that all of them lowered" \
    equal "$(vm4_ttls)" 60
check "sr: replies take the direct way" \
    equal "$(wire sr 4 1 "icmp.type == 0")" "udp:mpls:ip:icmp 100 1 63 0 63"

## A swap at a gateway.

example swap 1 2 3
check "swap: ping" pings vm1 10.0.0.3
check "swap: TCP" tcp vm3 vm1 10.0.0.1
sb_capture_stop
frame=eth:ethertype:ip:icmp
BOTTOM=200
check "swap: label 200 in UDP" \
    equal "$(requests swap 1 2)" "udp:mpls:$frame 200 1 255 0 pwethcw 64"
BOTTOM=300
check "L-11 swap: label 300 in GRE, with a TTL that is lower" \
    equal "$(requests swap 2 3)" "gre:mpls:$frame 300 1 254 0 pwethcw 64"
BOTTOM=201
check "swap: label 201 in GRE on the way back" \
    equal "$(wire swap 3 2 "icmp.type == 0")" \
    "gre:mpls:$frame 201 1 255 0 pwethcw 64"
BOTTOM=100
check "L-11 swap: label 100 in UDP" \
    equal "$(wire swap 2 1 "icmp.type == 0")" \
    "udp:mpls:$frame 100 1 254 0 pwethcw 64"

## Label stitching.

example stitch 1 2 3
check "stitch: ping" pings vm1 10.0.0.3
check "stitch: TCP" tcp vm1 vm3 10.0.0.3
sb_capture_stop
BOTTOM=500
check "stitch: label 500 in UDP" \
    equal "$(requests stitch 1 2)" "udp:mpls:$frame 500 1 255 5 pwethcw 64"
BOTTOM=600
check "L-11 stitch: becomes label 600 below two others in IP" \
    equal "$(requests stitch 2 3)" \
    "mpls:$frame 16030,16003,600 0,0,1 254,254,254 5,5,5 pwethcw 64"
BOTTOM=700
check "stitch: two labels on the way back" \
    equal "$(wire stitch 3 2 "icmp.type == 0")" \
    "mpls:$frame 16002,700 0,1 255,255 0,0 pwethcw 64"
BOTTOM=100
check "L-11 stitch: become label 100 in UDP" \
    equal "$(wire stitch 2 1 "icmp.type == 0")" \
    "udp:mpls:$frame 100 1 254 0 pwethcw 64"

## Two endpoints that share flows.

# Accepts TCP connections to port 7 of VM $1, and answers what comes by that
# VM's name.
answer() {
    : > "$SB_DIR/ready"
    sb_in "$1" timeout 120 /usr/bin/python3 -c '
import socketserver, sys
class Answer(socketserver.BaseRequestHandler):
    def handle(self):
        while self.request.recv(99):
            self.request.send(sys.argv[1].encode())
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 99
with Server(("10.0.0.64", 7), Answer) as server:
    print("ready", flush=True)
    server.serve_forever()' "$1" > "$SB_DIR/ready" 2>&1 &
    soon grep -q ready "$SB_DIR/ready"
}

# Connects from 64 ports of vm1, sends three times by each, in turn, and prints
# for each who answered.
who_answers() {
    sb_in vm1 timeout 60 /usr/bin/python3 -c '
import socket
flows = [(socket.create_connection(("10.0.0.64", 7), 30, ("10.0.0.1", port)),
          []) for port in range(4001, 4065)]
for i in range(3):
    for s, answers in flows:
        s.send(b"?")
        answers.append(s.recv(99).decode())
for _, answers in flows:
    print(*answers)'
}

# The VMs that answer get one address.
example ecmp 1 2 3
for i in 2 3; do
    sb_must ip -n "$SB_RUN-vm$i" link set eth0 address 02:aa:00:00:00:64
    sb_addr vm$i eth0 10.0.0.64/24
    answer vm$i
done
check "ecmp: ping" pings vm1 10.0.0.64
who_answers > "$SB_DIR/answers" 2>&1
sb_capture_stop
counts() {
    sort "$SB_DIR/answers" | uniq -c
}
check "ecmp: 64 flows have one endpoint each, which answers all of it" \
    equal "$(counts | awk '{ n += $1; print $2, $3, $4 }
                           END { print n }' | paste -sd' ')" \
    "vm2 vm2 vm2 vm3 vm3 vm3 64"
check "ecmp: each endpoint has 10 of them or more" \
    awk '$1 < 10 { exit 1 }' <(counts)
for i in 2 3; do
    BOTTOM=${i}00
    check "ecmp: what vm$i answers has label ${i}00" \
        equal "$(wire ecmp 1 $i "tcp.dstport == 7 && tcp.len > 0")" \
        "udp:mpls:eth:ethertype:ip:tcp ${i}00 1 255 0 pwethcw 64"
    sb_must ip -n "$SB_RUN-vm$i" addr del 10.0.0.64/24 dev eth0
    sb_must ip -n "$SB_RUN-vm$i" link set eth0 address 02:aa:00:00:00:0$i
done

## Replication to three endpoints.

example all 1 2 3 4
for i in 2 3 4; do
    check "all: ping of vm$i" pings vm1 10.0.0.$i
    sb_capture vm$i eth0 "$SB_DIR/vm$i.pcap"
done
sb_in vm1 ip neigh replace 10.0.0.99 lladdr 02:aa:00:00:00:99 dev eth0
sb_in vm1 bash -c 'for port in {5001..5020}; do
    echo x > /dev/udp/10.0.0.99/$port; done'
sb_capture_stop
for i in 2 3 4; do
    check "all: vm$i gets each of 20 packets once" \
        equal "$(tshark -n -r "$SB_DIR/vm$i.pcap" -Y 'udp.dstport >= 5001 &&
            udp.dstport <= 5020' -T fields -e udp.dstport 2>/dev/null |
            sort -n | paste -sd,)" "$(seq -s, 5001 5020)"
    BOTTOM=${i}00
    check "all: label ${i}00 to h$i" \
        equal "$(wire all 1 $i "udp.dstport == 5020")" \
        "udp:mpls:eth:ethertype:ip:udp ${i}00 1 255 0 pwethcw 64"
done

check "no action refused a packet" equal "$(refused)" ""
