# SPDX-License-Identifier: Apache-2.0
"""Open vSwitch on its dummy datapath, as local.at sets it up, in a folder of
its own: commands, packets, and a report of all that it counted.

The time in ovs-vswitchd stands still but for settle(), and random insertion in
its exact match cache is off: two switches that are told the same do the same.
Called by compare and mix.py.
"""

import ctypes
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time

TIMEOUT = 60                    # Seconds until something has gone wrong.
QUEUE = 90                      # Packets that a dummy port may have waiting.
OFCTL = ("dump-ports", "dump-flows", "dump-group-stats", "meter-stats")
PEER_MAC = "02:00:00:00:0a:01"
ALLOWED = re.compile("Broken pipe|reset by peer|is not connected|timeval|"
                     "Dropped [0-9]* log messages|to quiesce|"
                     # Of a flow that a purge deleted meanwhile.
                     "failed to (flow_get|put.modify.) .No such file|"
                     "Failed to acquire udpif_key")


def die_with_parent():
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Request:
    """A command to a daemon, as ovs-appctl gives it."""

    def __init__(self, path, command, *args):
        self.what = " ".join((command,) + args)[:200]
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(TIMEOUT)
        self.sock.connect(path)
        self.sock.sendall(json.dumps({"method": command, "params": args,
                                      "id": 0}).encode())

    def answer(self):
        data = b""
        while True:
            more = self.sock.recv(1 << 20)
            if not more:
                sys.exit(f"{self.what}: no answer")
            data += more
            try:
                reply = json.loads(data)
            except ValueError:
                continue
            self.sock.close()
            if reply["error"] is not None:
                sys.exit(f"{self.what}: {reply['error']}")
            return reply["result"]


class Pcap:
    """Reads what is appended to a file that netdev-dummy writes."""

    def __init__(self, path):
        self.path = path
        self.ofs = 24

    def read(self):
        """Returns the new packets as hexadecimal digits."""
        with open(self.path, "rb") as file:
            file.seek(self.ofs)
            data = file.read()
        packets = []
        ofs = 0
        while ofs < len(data):
            size, = struct.unpack_from("=I", data, ofs + 8)
            packets.append(data[ofs + 16:ofs + 16 + size].hex())
            ofs += 16 + size
        self.ofs += ofs
        return packets


class Switch:
    def __init__(self, folder, direct, other_config=()):
        """Starts it in FOLDER, which is made, with direct receive or not."""
        os.mkdir(folder)
        self.folder = folder
        self.ctl = folder + "/vswitchd.ctl"
        self.received = 0       # Packets given to p0.
        self.pcaps = {}
        self.env = dict(os.environ)
        for name in ("OVS_RUNDIR", "OVS_LOGDIR", "OVS_DBDIR"):
            self.env[name] = os.path.abspath(folder)
        self.daemons = []
        try:
            self.start(["mplsudp-direct-receive=" + str(direct).lower(),
                        "emc-insert-inv-prob=0", "max-idle=100000000",
                        *other_config])
        except BaseException:
            self.kill()
            raise

    def start(self, other_config):
        schema = os.environ["abs_top_srcdir"] + "/vswitchd/vswitch.ovsschema"
        # File names are looked up in OVS_RUNDIR and so on.
        self.run("ovsdb-tool", "create", "conf.db", schema)
        self.daemon("ovsdb-server", "conf.db", "--remote=punix:db.sock")
        self.vsctl("--no-wait init")
        for setting in other_config:
            self.vsctl("--no-wait set Open_vSwitch . other_config:" + setting)
        self.daemon("ovs-vswitchd", "unix:db.sock", "--enable-dummy",
                    "--disable-system", "--disable-system-route")
        # One by one, for the same port numbers in all datapaths.
        for i, bridge in enumerate(("br0", "br-int", "br-none")):
            self.vsctl(f"add-br {bridge} -- set bridge {bridge} "
                       f"datapath_type=dummy fail-mode=secure "
                       f"other-config:hwaddr=02:00:00:00:0b:{i + 1:02}")
        self.dummy_port("br0", "p0", 1)
        self.dummy_port("br-int", "vm", 1)
        self.appctl("netdev-dummy/ip4addr", "br0", "192.0.2.2/24")
        self.appctl("netdev-dummy/ip6addr", "br0", "2001:db8::2/64")
        self.appctl("ovs/route/add", "192.0.2.0/24", "br0")
        self.appctl("ovs/route/add", "2001:db8::/64", "br0")
        for address in ("192.0.2.1", "192.0.2.3", "2001:db8::1",
                        "2001:db8::3"):
            self.appctl("tnl/neigh/set", "br0", address, PEER_MAC)
        self.ofctl("add-flow br0 actions=normal")
        self.appctl("time/stop")

    def daemon(self, program, *args):
        name = program.split("-")[-1]
        self.daemons.append(subprocess.Popen(
            [program, *args, f"--unixctl={name}.ctl", "-vconsole:off",
             f"--log-file={program}.log"],
            env=self.env, cwd=self.folder, preexec_fn=die_with_parent))
        end = time.monotonic() + TIMEOUT
        while not os.path.exists(f"{self.folder}/{name}.ctl"):
            if time.monotonic() > end or self.daemons[-1].poll() is not None:
                sys.exit(f"{program} does not start")
            time.sleep(.01)

    def kill(self):
        for daemon in self.daemons:
            daemon.kill()
            daemon.wait()

    def stop(self):
        """Ends it.  Returns what the log complained of until then."""
        with open(self.folder + "/ovs-vswitchd.log") as log:
            complaints = [line for line in log
                          if re.search(r"\|(WARN|ERR|EMER)\|", line)
                          and not ALLOWED.search(line)]
        for daemon, name in zip(self.daemons[::-1], ("vswitchd", "server")):
            Request(f"{self.folder}/{name}.ctl", "exit").answer()
            if daemon.wait(TIMEOUT):
                complaints.append(f"{name} ends with {daemon.returncode}")
        return complaints

    def run(self, *args):
        done = subprocess.run(args, env=self.env, cwd=self.folder,
                              stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.STDOUT, timeout=TIMEOUT)
        if done.returncode:
            sys.exit(f"{' '.join(args)}: {done.stdout}")
        return done.stdout

    def vsctl(self, text):
        return self.run("ovs-vsctl", "--db=unix:db.sock", *text.split())

    def ofctl(self, text):
        return self.run("ovs-ofctl", "-OOpenFlow15", *text.split())

    def appctl(self, *args):
        return Request(self.ctl, *args).answer()

    def pcap(self, name):
        self.pcaps[name] = Pcap(f"{self.folder}/{name}.pcap")
        return name + ".pcap"

    def dummy_port(self, bridge, name, number):
        self.vsctl(f"add-port {bridge} {name} -- set Interface {name} "
                   f"type=dummy ofport_request={number} "
                   f"options:tx_pcap={self.pcap(name)}")

    def give(self, packets):
        """PACKETS, QUEUE at most in hexadecimal digits, arrive on the wire."""
        self.appctl("netdev-dummy/receive", "p0", *packets)
        self.received += len(packets)

    def drain(self):
        """Returns when all of them have gone through."""
        end = time.monotonic() + TIMEOUT
        while self.n_received() != self.received:
            if time.monotonic() > end:
                sys.exit("packets on p0 are not received")
            time.sleep(.002)
        # Those of the last turn of the main loop are through in the next.
        self.appctl("version")

    def n_received(self):
        text = self.appctl("dpctl/show", "-s", "dummy@ovs-dummy")
        return int(re.search(r" p0 .*\n *RX packets:(\d+)", text).group(1))

    def settle(self):
        """Returns when all datapath flows are what the OpenFlow flows make of
        them, and these have all counts.  Takes 20 ms of the switch's time."""
        for _ in range(2):      # The first may have begun too early.
            wait = Request(self.ctl, "revalidator/wait")
            self.appctl("version")
            # A bridge that forgets an address asks for revalidation.
            self.appctl("fdb/add", "br-none", "br-none", "0",
                        "02:00:00:00:0c:01")
            self.appctl("fdb/del", "br-none", "0", "02:00:00:00:0c:01")
            self.appctl("version")
            self.appctl("version")
            self.appctl("time/warp", "10")
            wait.answer()

    def direct(self):
        """How many packets hit, were popped and passed, and how many peers and
        entries there are."""
        text = self.appctl("mplsudp/show")
        counts = re.search(r"packets: (\d+) hit, (\d+) popped, (\d+) passed\n"
                           r" *learned: (\d+) peers, (\d+) entries", text)
        return [int(count) for count in counts.groups()]

    def output(self):
        """What was sent since the last call."""
        return [f"{name}: {packet}" for name, pcap in self.pcaps.items()
                for packet in pcap.read()]

    def report(self, full):
        """All counters, and what was learned, as lines; those that take a
        process only if FULL."""
        self.settle()
        self.appctl("time/warp", "2000")    # Threads add up their coverage.
        self.appctl("version")
        lines = []

        def add(title, text, unwanted=None, wanted="", in_order=False):
            found = [line for line in text.splitlines()
                     if not (unwanted and re.search(unwanted, line))
                     and re.search(wanted, line)]
            lines.extend(f"{title}: {line}" for line in
                         (found if in_order else sorted(found)))

        flows = self.appctl("dpctl/dump-flows", "-m", "--names")
        flows = re.sub("ufid:[-0-9a-f]*, |used:[^,]*, |, dp-extra-info:.*|"
                       "recirc_id=[0-9]+,", "", flows)
        add("datapath flow", re.sub(r"recirc(_id)?\(0x[^0][^)]*\)",
                                    r"recirc\1(ID)", flows))
        add("datapath", self.appctl("dpctl/show", "-s", "dummy@ovs-dummy"),
            "lookups:|masks:|cache:", in_order=True)
        add("coverage", re.sub(" .*total:", "",
                               self.appctl("coverage/show")),
            wanted="drop")
        show = self.appctl("mplsudp/show")
        add("ports", re.sub("direct receive: .*\n.*\n.*\n", "", show),
            in_order=True)
        add("drops", re.sub("^[0-9][^ ]*Z ", "",
                            self.appctl("mplsudp/drops"), flags=re.M),
            in_order=True)
        for bridge in ("br0", "br-int"):
            add(bridge + " flow", re.sub(
                "duration=[0-9]*s, ", "",
                self.appctl("bridge/dump-flows", bridge)))
            add(bridge + " fdb", re.sub(r" +\d+$", "",
                self.appctl("fdb/show", bridge), flags=re.M))
            for what in OFCTL if full else ():
                text = self.ofctl(f"{what} {bridge}")
                add(f"{bridge} {what}",
                    re.sub(r" ?duration=[^,]*,?| \(xid=.*?\)", "", text),
                    in_order=what == "dump-ports")
        lines.extend(self.passes())
        return lines

    def passes(self):
        """What each thread counted of received packets and lookups."""
        text = self.appctl("dpif-netdev/pmd-stats-show")
        counts = {name: int(count) for name, count in
                  re.findall(r"^  ([a-z ]*): (\d+)", text, re.M)}
        hits = sum(count for name, count in counts.items()
                   if name.endswith("hits"))
        return [f"thread: hits: {hits}"] + [
            f"thread: {name}: {counts.get(name)}" for name in
            ("packets received", "packet recirculations",
             "miss with success upcall", "miss with failed upcall")]
