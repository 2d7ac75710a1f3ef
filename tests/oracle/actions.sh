# SPDX-License-Identifier: Apache-2.0
#
# Label stacks that push_labels pushes, and that pop_labels takes off: the
# kernel takes and sends up to three labels in every encapsulation; the rest,
# which is the same in all of them, is tested in the first: deep stacks, TTLs,
# explicit null, entropy labels, the kernel as a router in between, and stacks
# that are refused.
#
# h1 pushes labels from 110 on, the peer from 210 on.  What the peer swaps has
# label 500 or 501 on top and comes back as 510 or 520.

. "$(dirname "${BASH_SOURCE[0]}")/oracle-lib"

# $2 labels from $1 on, with slashes.
stack() {
    seq -s / "$1" $(($1 + $2 - 1))
}

# What h1 does with the guest's IP packets: onto IPv4 it pushes as $1 says,
# onto IPv6 as $2; from stacks of the peer it takes as $3 says.  What is below
# has to match $4, if given, or is counted by missed.
h1_does() {
    flows 1 "in_port=vm1,ip,actions=decap(),$1,output:to" \
        "in_port=vm1,ipv6,ipv6_dst=fd02::1,actions=decap(),$2,output:to" \
        "in_port=$FROM,mpls,mpls_label=210,actions=$3,resubmit(,1)" \
        "table=1,priority=2,ip,nw_src=10.1.0.1${4:-},actions=$(deliver)" \
        "table=1,priority=2,ipv6,ipv6_src=fd02::1${4:-},actions=$(deliver)" \
        "table=1,priority=1,actions=drop"
}

# The same with one stack $1 to push onto both.
h1_pushes() {
    h1_does "push_labels($1)" "push_labels($1)" "${@:2}"
}

# The peer sends both under labels $1.
peer_pushes() {
    peer_labels "$1" "$1"
}

# Packets that pop_labels dropped for reason $1.
popped_wrong() {
    sb_hv 1 ovs-appctl mplsudp/show |
        sed -n "/^pop_labels refused/,\$s/^ *$1: \([0-9]*\) .*/\1/p" |
        grep . || echo 0
}

# answer_ttl TTL PLACE ADDRESS [ARGUMENT...]: an echo request is answered, and
# the answer has that TTL.
answer_ttl() {
    local ttl=$1 place=$2 address=$3

    shift 3
    at $place "ping -c 1 -W 3 $* $address | tee ping
        grep -q ' ttl=$ttl ' ping"
}

## Every encapsulation ------------------------------------------------------

# As many labels each way as the last number of the peer's address says.
stacks() {
    local n push=()

    for n in 1 2 3; do
        push+=("ip,nw_dst=10.1.0.$n,actions=decap(),\
push_labels($(stack 11${n} $n)),output:to"
            "ipv6,ipv6_dst=fd02::$n,actions=decap(),\
push_labels($(stack 11${n} $n)),output:to")
    done
    flows 1 "${push[@]/#/in_port=vm1,}" \
        "in_port=$FROM,mpls,mpls_label=210,actions=pop_labels,resubmit(,1)" \
        "table=1,ip,nw_src=10.1.0.0/24,actions=$(deliver)" \
        "table=1,ipv6,ipv6_src=fd02::/64,actions=$(deliver)"
    for n in 1 2 3; do
        peer_pushes $(stack 210 $n)
        check "L-01 L-07 $1: $n pushed and popped, IPv4" \
            echo_from vm1 10.1.0.$n
        check "L-01 L-07 $1: $n pushed and popped, IPv6" \
            echo_from vm1 fd02::$n
    done
    check "$1: TCP to the peer over IPv4, 3 labels" tcp_from vm1 peer 10.1.0.3
    check "$1: TCP to the peer over IPv6, 3 labels" tcp_from vm1 peer fd02::3
    check "$1: TCP from the peer over IPv4" tcp_from peer vm1 10.0.0.1
}

## Depth --------------------------------------------------------------------

# The kernel looks labels up one after the other, those below the top on
# device lo.  It knows all from 110 to 125.
each_label_counts() {
    local stacks=(110/111/112 999/110/111 110/999/111 110/111/999)

    peer_pushes 210
    h1_pushes ${stacks[0]} pop_labels
    check "L-01 $1: the peer looks up each of three labels" \
        grows_by 4 peer_labelled lo -- echo_from vm1 10.1.0.1
    h1_pushes ${stacks[1]} pop_labels
    check "L-01 $1: it does not know the first, and stops there" \
        grows_by 2 peer_unknown_labels -- \
        grows_by 0 peer_labelled lo -- no_echo_from vm1 10.1.0.1
    h1_pushes ${stacks[2]} pop_labels
    check "L-01 $1: or the second" \
        grows_by 2 peer_unknown_labels lo -- \
        grows_by 2 peer_labelled lo -- no_echo_from vm1 10.1.0.1
    h1_pushes ${stacks[3]} pop_labels
    check "L-01 $1: or the third" \
        grows_by 2 peer_unknown_labels lo -- \
        grows_by 4 peer_labelled lo -- no_echo_from vm1 10.1.0.1
}

deep_stacks() {
    local n

    for n in 4 8 16; do
        peer_pushes $(stack 210 $n)
        h1_pushes $(stack 110 $n) pop_labels
        check "L-01 $1: the peer takes $n labels, IPv4" \
            grows_by $((2 * (n - 1))) peer_labelled lo -- \
            echo_from vm1 10.1.0.1
        check "L-01 $1: $n labels from the peer, IPv6" echo_from peer fd01::1
    done
    peer_pushes $(stack 210 30)
    check "L-01 $1: the most that the peer sends, 30 labels" \
        echo_from peer 10.0.0.1
    flows 1 "in_port=vm1,ip,actions=decap(),push_labels(110),output:to" \
        "in_port=$FROM,mpls,mpls_label=210,mpls_bos=0,\
actions=pop_labels(count=1),resubmit(,1)" \
        "table=1,mpls,mpls_label=211,mpls_bos=0,\
actions=pop_labels(count=16),resubmit(,2)" \
        "table=2,mpls,mpls_label=227,mpls_bos=0,\
actions=pop_labels(count=13,payload=ip),resubmit(,3)" \
        "table=3,ip,nw_src=10.1.0.1,actions=$(deliver)"
    check "L-01 $1: 30 labels in three steps" echo_from peer 10.0.0.1
}

## TTLs ---------------------------------------------------------------------

# The peer hands the TTL of a stack on to IP, or does not.
peer_model() {
    local propagate=1

    test $1 = uniform || propagate=0
    sb_must peer "echo $propagate > /proc/sys/net/mpls/ip_ttl_propagate"
}

# The kernel takes 1 from the TTL that it hands on, also from IP's in a pipe.
pushed_ttls() {
    peer_pushes 210/211/212
    sb_must at vm1 "echo 40 > /proc/sys/net/ipv4/ip_default_ttl
        echo 40 > /proc/sys/net/ipv6/conf/eth0/hop_limit"
    h1_pushes 110/111/112 pop_labels
    check "L-12 T-01 $1: the stack has the TTL of IPv4, less the hop" \
        answer_ttl 39 peer 10.0.0.1
    check "L-12 T-01 $1: and that of IPv6" answer_ttl 39 peer fd01::1
    h1_pushes 110/111/112,ttl=33 pop_labels
    check "T-01 $1: ttl=33" answer_ttl 32 peer 10.0.0.1
    check "T-01 $1: ttl=33, IPv6" answer_ttl 32 peer fd01::1
    h1_does "push_labels(112,ttl=21),push_labels(110/111,ttl=200)" \
        "push_labels(112,ttl=22),push_labels(110/111)" pop_labels
    check "L-01 T-01 $1: labels pushed onto labels leave their TTL" \
        answer_ttl 20 peer 10.0.0.1
    check "L-01 T-01 $1: also if it is inherited, IPv6" \
        answer_ttl 21 peer fd01::1
    peer_model pipe
    check "T-01 T-02 $1: in a pipe, the guest's TTL stays below the stack" \
        answer_ttl 39 peer 10.0.0.1
    check "T-01 T-02 $1: and so does its hop limit" \
        answer_ttl 39 peer fd01::1
    peer_model uniform
    sb_must at vm1 "echo 64 > /proc/sys/net/ipv4/ip_default_ttl
        echo 64 > /proc/sys/net/ipv6/conf/eth0/hop_limit"
}

# Only echo requests that come out with the TTL that a flow wants are answered.
popped_ttls() {
    peer_pushes "210/211/212 ttl 20"
    h1_pushes 110 "pop_labels(ttl=copy)" ,nw_ttl=20
    check "L-13 T-02 $1: ttl=copy lowers the TTL to that of the stack" \
        echo_from peer 10.0.0.1
    check "L-13 T-02 $1: ttl=copy lowers the hop limit" \
        echo_from peer fd01::1
    h1_pushes 110 pop_labels ,nw_ttl=64
    check "T-02 $1: without it, the TTL stays" echo_from peer 10.0.0.1
    check "T-02 $1: without it, the hop limit stays" echo_from peer fd01::1
    peer_pushes 210/211/212
    h1_pushes 110 "pop_labels(ttl=copy)" ,nw_ttl=40
    check "T-02 $1: ttl=copy leaves a TTL that is that of the stack" \
        echo_from peer 10.0.0.1 -t 40
    peer_model pipe
    h1_pushes 110 "pop_labels(ttl=copy)" ,nw_ttl=64
    check "T-02 $1: ttl=copy does not raise the TTL to 255" \
        echo_from peer 10.0.0.1
    check "T-02 $1: ttl=copy does not raise the hop limit" \
        echo_from peer fd01::1
    peer_model uniform
}

## Special labels -----------------------------------------------------------

explicit_nulls() {
    peer_labels 210/0 210/2
    h1_does "push_labels(110/0)" "push_labels(110/2)" pop_labels
    check "L-02 $1: label 0 at the bottom, both ways" echo_from vm1 10.1.0.1
    check "L-04 $1: label 2 at the bottom, both ways" echo_from vm1 fd02::1
    peer_labels 210/0/211 210/2/211
    h1_does "push_labels(0/110/0/111)" "push_labels(2/110/2/111)" pop_labels
    check "L-02 $1: label 0 elsewhere in the stack, both ways" \
        echo_from vm1 10.1.0.1
    check "L-04 $1: label 2 elsewhere in the stack, both ways" \
        echo_from vm1 fd02::1
}

# The kernel sends any labels; the TTL of its "entropy labels" is not 0.
entropy_labels() {
    peer_labels 210/211/7/70000 210/211
    h1_pushes 110 pop_labels
    check "E-03 $1: an entropy label at the bottom goes with the stack" \
        echo_from peer 10.0.0.1
    check "E-03 $1: a stack without one is taken as well" \
        echo_from peer fd01::1
    peer_pushes 210/7/70000/211
    flows 1 "in_port=vm1,ip,actions=decap(),push_labels(110),output:to" \
        "in_port=$FROM,mpls,mpls_label=210,\
actions=pop_labels(count=1),resubmit(,1)" \
        "table=1,mpls,mpls_label=211,mpls_bos=1,\
actions=pop_labels(count=1,payload=ip),resubmit(,2)" \
        "table=2,ip,nw_src=10.1.0.1,actions=$(deliver)"
    check "E-03 $1: one below the label that goes, goes with it" \
        echo_from peer 10.0.0.1
}

## Refused stacks -----------------------------------------------------------

# refused REASON LABELS POP TEXT: what the peer sends under LABELS is dropped.
refused() {
    peer_pushes $2
    h1_pushes 110 "$3"
    check "$4" \
        grows_by 2 popped_wrong $1 -- grows_by 0 missed -- \
        no_echo_from peer 10.0.0.1
}

refused_stacks() {
    refused stack_length 210/211 "pop_labels(count=3,payload=ip)" \
        "L-01 L-08 $1: fewer labels than count are dropped and counted"
    refused stack_length 210/211/212 "pop_labels(count=2,payload=ip)" \
        "L-01 L-08 $1: more labels than count, above IP, too"
    refused stack_length 210 "pop_labels(count=1)" \
        "L-01 L-08 $1: no label below, where one should be, too"
    refused control_word 210/211 "pop_labels(control_word)" \
        "P-04 $1: IP where a control word should be, too"
    peer_pushes 210/7
    check "E-03 $1: an indicator of entropy at the bottom, too, by the port" \
        grows_by 2 drops 1 $FROM special_label -- no_echo_from peer 10.0.0.1
}

## The kernel as a router in between ----------------------------------------

swap_routes() {
    sb_must peer "ip -f mpls route replace 500 as 510 dev tn &&
        ip -f mpls route replace 501 as 520/521/522 dev tn"
}

# What left by the swap route comes back, and goes on with another top label.
segments() {
    local back=to

    test $FROM != to || back=in_port
    peer_pushes 210
    swap_routes
    flows 1 "in_port=vm1,ip,actions=decap(),push_labels(500/111/112),\
output:to" \
        "in_port=$FROM,mpls,mpls_label=510,mpls_ttl=63,mpls_bos=0,\
actions=pop_labels(count=1,ttl=copy),resubmit(,1)" \
        "table=1,mpls,mpls_label=111,mpls_ttl=63,mpls_bos=0,\
actions=decap(),push_labels(110),output:$back" \
        "in_port=$FROM,mpls,mpls_label=210,actions=pop_labels,resubmit(,2)" \
        "table=2,ip,nw_src=10.1.0.1,actions=$(deliver)"
    check "L-11 T-01 T-02 $1: the peer swaps the first of three labels; we \
replace it; the peer takes the stack" echo_from vm1 10.1.0.1
}

# Guests vm1 and vm2 in one subnet, with the peer as a router between them; of
# the labels that one guest's frames come back with, three are the peer's.
pseudowire() {
    sb_vm 1 vm2 02:aa:00:00:00:02 10.0.0.2/24 fd01::2/64
    swap_routes
    flows 1 "in_port=vm1,actions=push_labels(500/111/112,control_word),\
output:to" \
        "in_port=vm2,actions=push_labels(501/111/112,control_word),output:to" \
        "in_port=$FROM,mpls,mpls_label=510,mpls_ttl=254,\
actions=pop_labels(control_word),resubmit(,1)" \
        "in_port=$FROM,mpls,mpls_label=520,mpls_ttl=254,\
actions=pop_labels,resubmit(,2)" \
        "table=1,eth_src=02:aa:00:00:00:01,actions=output:vm2" \
        "table=2,eth_src=02:aa:00:00:00:02,actions=output:vm1"
    check "L-01 P-02 T-04 $1: ARP and IPv4 in a pseudowire that the peer \
switches" echo_from vm1 10.0.0.2
    check "L-01 P-02 T-04 $1: and IPv6 with its neighbour discovery" \
        echo_from vm2 fd01::1
    check "L-01 P-02 $1: TCP" tcp_from vm1 vm2 10.0.0.2
}

# Frames of vm1 to vm2 under labels 500 and what $2 says come back, and are
# taken as $3 says: dropped for reason $1.
refused_by_swap() {
    flows 1 "in_port=vm1,icmp,actions=$2,output:to" \
        "in_port=vm1,arp,actions=output:vm2" "in_port=vm2,arp,actions=\
output:vm1" \
        "in_port=$FROM,mpls,mpls_label=510,actions=$3,resubmit(,1)" \
        "table=1,priority=1,actions=drop"
    check "$4" grows_by 2 popped_wrong $1 -- grows_by 0 missed -- \
        no_echo_from vm1 10.0.0.2
}

refused_swapped() {
    refused_by_swap payload "push_labels(500/111,control_word)" \
        "pop_labels(payload=ip,control_word)" \
        "P-04 $1: a frame where IP should be is dropped and counted"
    refused_by_swap control_word \
        "decap(),push_labels(500/111)" "pop_labels(payload=ethernet,\
control_word)" "P-04 $1: IP instead of a control word and a frame, too"
    refused_by_swap ttl_expired "decap(),push_labels(111),\
set_field:0->mpls_ttl,push_labels(500,ttl=9)" pop_labels \
        "L-10 $1: a TTL of 0 below the top, too"
}

oracle_topology
sb_must peer '
    for label in $(seq 110 125); do
        ip -f mpls route add $label dev lo || exit
    done
    for n in 2 3; do
        ip addr add 10.1.0.$n/32 dev lo && ip addr add fd02::$n/128 dev lo
    done'
first=yes
for family in $FAMILIES; do
    for encap in $ENCAPS; do
        name="mpls$encap over IPv$family, labels"
        tunnel $encap $family
        stacks "$name"
        test $first = yes || continue
        first=no
        each_label_counts "$name"
        deep_stacks "$name"
        pushed_ttls "$name"
        popped_ttls "$name"
        explicit_nulls "$name"
        entropy_labels "$name"
        refused_stacks "$name"
        segments "$name"
        pseudowire "$name"
        refused_swapped "$name"
    done
done
