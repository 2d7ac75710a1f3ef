# SPDX-License-Identifier: Apache-2.0
#
# sandbox-probe: an echo request each millisecond, and what became of them.
#
# Sourced by demos that measure a gap in traffic.  ping slows down when answers
# stay away; this does not, so that a millisecond without service is a probe
# lost.  Of a pause of its own, on a busy machine, it makes up nothing: the
# burst would overflow queues on the way.

# Starts probes from VM $1 to IPv4 address $2, and checks that they are answered.
probe_start() {
    rm -f "$SB_DIR/probe"
    # Not by sb_in: $! would be a shell, which signals do not pass.
    ip netns exec "$SB_RUN-$1" /usr/bin/python3 -c '
import os, select, signal, socket, struct, sys, time

def checksum(data):
    n = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    n = (n >> 16) + (n & 0xffff)
    return ~(n + (n >> 16)) & 0xffff

def request(n):
    head = struct.pack("!BBHHHI", 8, 0, 0, ident, n & 0xffff, n)
    return head[:2] + struct.pack("!H", checksum(head)) + head[4:]

stop = []
signal.signal(signal.SIGTERM, lambda *_: stop.append(time.monotonic() + 1))
ident = os.getpid() & 0xffff
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
s.setblocking(False)
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
out = open(sys.argv[2], "w", buffering=1)
start = time.monotonic()
sent = 0
while not stop or time.monotonic() < stop[0]:
    now = time.monotonic()
    start += max(0, now - (start + sent / 1000) - .01)
    while not stop and start + sent / 1000 <= now:
        s.sendto(request(sent), (sys.argv[1], 0))
        sent += 1
    select.select([s], [], [], max(0, start + sent / 1000 - now) or .001)
    try:
        while True:
            data = s.recv(100)
            if data[20] == 0 and data[24:26] == struct.pack("!H", ident):
                print(struct.unpack("!I", data[28:32])[0], file=out)
    except BlockingIOError:
        pass
print("sent", sent, file=out)' "$2" "$SB_DIR/probe" 2> "$SB_DIR/probe.log" &
    probe_pid=$!
    wait_until 10 probe_reached 100
    check $? "from $1, one probe each millisecond to $2: answered"
}

# Number of the last probe that was answered.
probe_last() {
    tail -n 1 "$SB_DIR/probe" 2>/dev/null | grep -x '[0-9]*' || echo 0
}

# True if probe number $1 or a later one was answered.
probe_reached() {
    test "$(probe_last)" -ge "$1"
}

# Ends the probes once they have been answered for a while, waits for late
# answers, and sets probe_sent, probe_lost and probe_gap, the most that were
# lost one after the other.
probe_stop() {
    wait_until 10 probe_reached $(($(probe_last) + 200))
    check $? "probes are answered in the end"
    kill -TERM $probe_pid
    wait $probe_pid
    probe_sent=$(sed -n 's/^sent //p' "$SB_DIR/probe")
    read -r probe_lost probe_gap < <(grep -x '[0-9]*' "$SB_DIR/probe" |
        sort -n -u | awk -v sent="$probe_sent" '
            function gap(n) { lost += n; if (n > most) most = n }
            BEGIN { last = -1 }
            { gap($1 - last - 1); last = $1 }
            END { gap(sent - last - 1); print lost + 0, most + 0 }')
    say "$probe_sent probes, $probe_lost lost," \
        "$probe_gap of them one after the other"
}
