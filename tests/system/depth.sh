# SPDX-License-Identifier: Apache-2.0
#
# Stacks of 1 to 16 labels, pushed on one hypervisor and popped on the other,
# both ways, through each type of tunnel over IPv4 and IPv6: frames arrive byte
# for byte, and what is on the underlay is right byte for byte, too.

depths="1 2 3 4 8 16"

# The labels of a stack of $2, for payload $1: 1 is Ethernet, 2 is IP.
stack() {
    seq -s / $(($1 * 100000 + $2 * 1000 + 1)) $(($1 * 100000 + $2 * 1000 + $2))
}

# Prints for VM $1 a line for each frame to be sent: the frame, the frame that
# arrives, and what is on the underlay from the label stack on, in hexadecimal.
# Byte 4 of the destination address is the payload, byte 6 the depth.
frames() {
    /usr/bin/python3 - "$1" $depths <<'PYTHON'
import random
import struct
import sys
rng = random.Random(6635)
src = bytes((2, 0xaa, 0, 0, 0, int(sys.argv[1])))


def blob(size):
    return bytes(rng.randrange(256) for _ in range(size))


def ipv4(size, ttl, tos):
    head = bytearray(struct.pack("!BBHHHBBH4s4s", 0x45, tos, size, 1, 0x4000,
                                 ttl, 253, 0, bytes((10, 0, 0, 1)),
                                 bytes((10, 0, 0, 2))))
    total = sum(struct.unpack("!10H", head))
    total = (total & 0xffff) + (total >> 16)
    struct.pack_into("!H", head, 10, ~total & 0xffff)
    return bytes(head) + blob(size - 20)


def ipv6(size, ttl, tos):
    return struct.pack("!IHBB", 6 << 28 | tos << 20, size - 40, 253,
                       ttl) + blob(32) + blob(size - 40)


def show(payload, depth, body, trailer, ttl):
    eth = bytes((2, 0xbb, 0, payload, 0, depth)) + src
    base = payload * 100000 + depth * 1000 + 1
    stack = b"".join(struct.pack("!I", base + i << 12
                                 | (i == depth - 1) << 8 | ttl)
                     for i in range(depth))
    wire = stack + (bytes(4) + eth + body if payload == 1 else body[2:])
    print((eth + body + trailer).hex(), (eth + body).hex(), wire.hex())


for depth in map(int, sys.argv[2:]):
    for body in (b"\x88\xb5" + blob(46), b"\x88\xb5" + blob(1),
                 b"\x08\x06" + blob(28), b"\x08\x00" + ipv4(999, 9, 0xb8),
                 b"\x81\x00\x60\x64\x08\x00" + ipv4(1500, 64, 0)):
        show(1, depth, body, b"", 255)
    for type, ip, size, trailer in ((b"\x08\x00", ipv4, 30, bytes(16)),
                                    (b"\x08\x00", ipv4, 1500, b""),
                                    (b"\x86\xdd", ipv6, 41, b""),
                                    (b"\x86\xdd", ipv6, 1399, b"")):
        ttl = rng.randrange(1, 256)
        show(2, depth, type + ip(size, ttl, 0x48), trailer, ttl)
PYTHON
}

# Sends the first column of file $2 from VM $1.
send_frames() {
    sb_in "$1" /usr/bin/python3 -c '
import socket, sys, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("eth0", 0))
for line in open(sys.argv[1]):
    s.send(bytes.fromhex(line.split()[0]))
    time.sleep(0.002)' "$2"
}

# The flows of hypervisor $1.  h2 pops what its flows say, h1 what the bytes
# below the stack say.
depth_flows() {
    local other=$((3 - $1)) n dst pop1 pop2

    for n in $depths; do
        pop1="pop_labels(all,payload=ethernet,control_word)"
        pop2="pop_labels(count=$n,payload=ip)"
        test "$1" = 2 || pop1=pop_labels pop2=pop_labels
        dst=02:bb:00:02:00:$(printf %02x $n)
        echo "in_port=vm$1,dl_dst=02:bb:00:01:00:$(printf %02x $n),\
actions=push_labels($(stack 1 $n),control_word),output:to-h$other"
        echo "in_port=vm$1,dl_dst=$dst,\
actions=decap(),push_labels($(stack 2 $n)),output:to-h$other"
        echo "in_port=to-h$other,mpls,mpls_label=$((100001 + 1000 * n)),\
actions=$pop1,output:vm$1"
        echo "in_port=to-h$other,mpls,mpls_label=$((200001 + 1000 * n)),\
actions=$pop2,set_field:$dst->eth_dst,\
set_field:02:aa:00:00:00:0$other->eth_src,output:vm$1"
    done
}

# Prints the frames that VM $1 got from the other.
arrived() {
    sb_hv "$1" ovs-pcap "$SB_DIR/vm$1.pcap" | grep "^.\{12\}02aa0000000$((3 - $1))"
}

# Prints from the label stack on what tunnels of type $1 over IPv$2 carried.
underlay() {
    sb_hv 1 ovs-pcap "$SB_DIR/wire.pcap" | awk -v type="$1" -v family="$2" '
        BEGIN {
            ofs = 1 + 2 * (14 + (family == 4 ? 20 : 40))
            ofs += 2 * (type == "mplsudp" ? 8 : type == "mplsgre" ? 4 : 0)
            proto = type == "mplsudp" ? "11" : type == "mplsgre" ? "2f" : "89"
        }
        substr($0, 25, 4) == (family == 4 ? "0800" : "86dd") &&
        substr($0, family == 4 ? 47 : 41, 2) == proto { print substr($0, ofs) }'
}

# same EXPECTED GOT: files of lines, in whatever order, with as many of each.
same() {
    diff <(sort "$1") <(sort "$2") | cut -c 1-200
    test -s "$1" && cmp <(sort "$1") <(sort "$2")
}

# Sends the frames both ways by tunnels of type $1 over IPv$2.
round() {
    local i n

    TUNNEL_TYPE=$1
    tunnels
    for i in 1 2; do
        mapfile -t rules < <(depth_flows $i)
        flows $i "${rules[@]}"
        sb_capture vm$i eth0 "$SB_DIR/vm$i.pcap"
    done
    sb_capture leaf1 hv "$SB_DIR/wire.pcap"
    for i in 1 2; do
        send_frames vm$i "$SB_DIR/frames$i"
    done
    sb_capture_stop
    for i in 1 2; do
        arrived $((3 - i)) > "$SB_DIR/got"
        cut -d' ' -f2 "$SB_DIR/frames$i" > "$SB_DIR/expected"
        check "$1 over IPv$2: frames of vm$i arrive byte for byte" \
            same "$SB_DIR/expected" "$SB_DIR/got"
    done
    underlay "$1" "$2" > "$SB_DIR/got"
    cat "$SB_DIR"/frames[12] | cut -d' ' -f3 > "$SB_DIR/expected"
    check "L-01 P-01 $1 over IPv$2: and are so on the underlay" \
        same "$SB_DIR/expected" "$SB_DIR/got"
    check "L-01 $1 over IPv$2: tshark reads 16 labels" equal "$(
        tshark -n -r "$SB_DIR/wire.pcap" -Y 'mpls.label == 216001' \
            -T fields -e mpls.label 2>/dev/null | sort -u | tr , /)" \
        "$(stack 2 16)"
}

for family in 4 6; do
    two_hypervisors $family
    for i in 1 2; do
        frames $i > "$SB_DIR/frames$i"
    done
    for type in mplsudp mplsgre mplsip; do
        round $type $family
    done
    sb_end
    sb_begin
done
