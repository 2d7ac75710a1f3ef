# SPDX-License-Identifier: Apache-2.0
"""Packets of many tunnels, and changes of flows, ports and options in between,
at random: the seed decides.  Called by compare.
"""

import random
import re

from frames import (ARP, ICMP, ICMPV6, IPV4, IPV6, TCP, UDP, arp, ethernet,
                    icmp, ip, labels, tcp, tunnel, udp)

PACKETS = 80                    # Of each step.
N_FLOWS = 24                    # Tunnel flows at any time.
ODD = .12                       # Of the packets: with deviations.
ALLOWED = ("receive tunnel port not found|sending to collector failed|"
           "vport_mplsudp.WARN|could not set configuration")
MACS = ("02aa00000001", "02aa00000002", "02aa00000003")

# Number, type and options of tunnel ports.
PORTS = {
    "mu0": (10, "mplsudp", {"remote_ip": "192.0.2.1", "payload": "ethernet"}),
    "mu1": (11, "mplsudp", {"remote_ip": "192.0.2.3", "payload": "auto",
                            "label_ttl": "64"}),
    "mu2": (12, "mplsudp", {"remote_ip": "2001:db8::1", "payload": "auto",
                            "label_ttl": "64"}),
    "mg0": (13, "mplsgre", {"remote_ip": "192.0.2.1",
                            "payload": "ethernet"}),
    "mg1": (14, "mplsgre", {"remote_ip": "flow", "payload": "ip",
                            "label_ttl": "64"}),
    "mi0": (15, "mplsip", {"remote_ip": "2001:db8::1",
                           "payload": "ethernet", "control_word": "false"}),
    "mi1": (16, "mplsip", {"remote_ip": "192.0.2.1", "payload": "auto",
                           "label_ttl": "64"})}
OPTIONS = [("payload", ("ethernet", "ip", "auto", "mpls")),
           ("control_word", ("true", "false")),
           ("label_ttl", ("64", "255", "inherit")),
           ("in_key", ("flow", "100", "200")),
           ("ttl", ("64", "inherit")),
           ("peers", ("192.0.2.0/28", "192.0.2.1", "192.0.2.3,2001:db8::3"))]
KEYS = ((100,), (200,), (300, 400), (17, 18, 19))
MATCHES = ("ip", "ipv6", "tcp", "udp", "udp6", "arp", "icmp", "tcp,tp_dst=80",
           "udp,tp_src=1024/0xfc00", "ip,nw_tos=184", "ip,nw_ttl=64",
           "tun_id=100", "tun_id=200", "ip,nw_ecn=0", "tcp,tcp_flags=+syn",
           "ip,nw_frag=later", "vlan_tci=0x1000/0x1000", "in_port=10",
           "in_port=16,ip", "eth_dst=02:aa:00:00:00:02",
           "tun_src=192.0.2.1", "ip,nw_src=10.0.0.1", "tcp6,tp_src=4000")
ACTIONS = ("drop", "vm", "vm2", "vm,vm2", "dec_ttl,vm", "output:vm2,output:11",
           "set_field:02:aa:00:00:00:09->eth_src,vm", "resubmit(,1)",
           "push_vlan:0x8100,set_field:4106->vlan_vid,vm", "group:1",
           "ct(table=1,zone=1)", "ct(commit,zone=2),vm", "meter:1,vm",
           "set_field:77->tun_id,output:16",
           "set_field:10->nw_ttl,vm", "controller(max_len=64),vm2",
           "clone(set_field:7->ip_dscp,vm),vm2")


def inner(rnd, version, proto, n, odd):
    """A packet of the inner flow N.  Returns Ethertype and packet."""
    src, dst = (f"10.0.0.{n % 4 + 1}", "10.0.0.9") if version == 4 else \
        (f"fd00::{n % 4 + 1}", "fd00::9")
    body = rnd.randbytes(rnd.randrange(1, 40))
    how = {"tos": (0, 0xb8, 2)[n % 3], "ttl": 63 + n % 2}
    if proto == "tcp":
        flags = rnd.choice((0x10, 0x10, 0x18, 0x02, 0x11))
        number, l4 = TCP, tcp(src, dst, 4000 + n, (80, 443)[n % 2], body,
                              flags=flags,
                              offset=rnd.choice((5, 4, 9)) if odd else 5)
    elif proto == "udp":
        number, l4 = UDP, udp(src, dst, 1000 + 9 * n, 53, body)
    else:
        number, l4 = (ICMP if version == 4 else ICMPV6), icmp(n, body)
    if odd:
        for name, value in rnd.choice((
                (("tos", rnd.randrange(256)),), (("ttl", rnd.randrange(256)),),
                (("more", rnd.choice((1, 200, -30))),), (("more", -9),),
                (("options", bytes(6 if version == 6 else 8)),), ())):
            how[name] = value
        if rnd.random() < .2:
            l4 = l4[:rnd.randrange(len(l4))]
        if version == 4 and rnd.random() < .2:
            how["flags"] = rnd.choice((0, 0x2000, 0x2003, 3))
    if version == 4:
        how["ident"] = rnd.randrange(1 << 16)
    return (IPV4 if version == 4 else IPV6), ip(src, dst, number, l4, **how)


class Flow:
    """What the packets of a tunnel flow have in common."""

    def __init__(self, rnd):
        self.port = rnd.choice(list(PORTS))
        self.n = rnd.randrange(40)
        self.key = rnd.choice(KEYS)
        self.version = rnd.choice((4, 4, 6))
        self.proto = rnd.choice(("tcp", "tcp", "udp", "udp", "icmp", "arp"))
        self.vlan = rnd.choice((None, None, None, 10))
        self.macs = rnd.sample(MACS, 2)
        self.udp_kind = rnd.choice(("good", "none"))
        self.sport = 49152 + rnd.randrange(16000)
        self.remote = rnd.choice(("192.0.2.1", "192.0.2.3", "2001:db8::3"))

    def packet(self, rnd):
        """A packet, in hexadecimal digits."""
        _, kind, options = PORTS[self.port]
        odd = rnd.random() < ODD
        if self.proto == "arp":
            ethertype, packet = ARP, arp(self.macs[0], "10.0.0.1",
                                         f"10.0.0.{self.n}")
        else:
            ethertype, packet = inner(rnd, self.version, self.proto, self.n,
                                      odd and rnd.random() < .5)
        payload = options["payload"]
        if payload == "ethernet" or self.n % 2 or ethertype == ARP:
            packet = ethernet(*self.macs, ethertype, packet, self.vlan)
            if options.get("control_word") != "false":
                packet = bytes(4) + packet
        stack = labels(self.key if not odd or rnd.random() < .8 else
                       rnd.choice(((100, 7, 5000), (0, 100), (1,), (3,))),
                       rnd.choice((255, 0, 1)) if odd else 255,
                       rnd.randrange(8) if odd else 0)
        src = options["remote_ip"].replace("flow", self.remote)
        how = {"sport": self.sport}
        if "." in src:
            how["ident"] = rnd.randrange(1 << 16)
            how["udp_kind"] = self.udp_kind
        if odd:
            self.spoil(rnd, "." in src, how)
        return tunnel(kind, src, stack + packet, **how).hex()

    @staticmethod
    def spoil(rnd, ipv4, how):
        """Adds deviations of the outer headers."""
        choices = [("tos", rnd.randrange(4)), ("tos", rnd.randrange(256)),
                   ("ttl", rnd.randrange(256)), ("udp_kind", "bad"),
                   ("udp_kind", "none"), ("more", rnd.choice((1, 2000))),
                   ("more", -rnd.randrange(1, 90)), ("pad", bytes(9)),
                   ("udp_more", rnd.choice((-9, -1, 1, 999))),
                   ("gre_flags", 0x8000), ("gre_flags", 0x2000),
                   ("vlan", 9), ("dport", 6636), ("sport", 7)]
        if ipv4:
            choices += [("options", b"\1" * 4), ("flags", 0), ("flags", 1),
                        ("flags", 0x2000), ("bad_sum", True)]
        else:
            choices += [("options", bytes((1, 4, 0, 0, 0, 0))),
                        ("label", rnd.randrange(1 << 20))]
        for name, value in rnd.sample(choices, rnd.choice((1, 1, 2))):
            how[name] = value


class Mix:
    def __init__(self, pair, seed):
        self.pair = pair
        self.rnd = random.Random(seed)
        self.flows = [Flow(self.rnd) for _ in range(N_FLOWS)]
        self.present = set()
        self.rules = 0
        self.undo = None        # What ends a change that is in the way.

    def add_port(self, name):
        number, kind, options = PORTS[name]
        self.present.add(name)
        text = " ".join(f'options:{option}="{value}"'
                        for option, value in options.items())
        self.pair.vsctl(f"add-port br-int {name} -- set interface {name} "
                        f"type={kind} ofport_request={number} "
                        f"options:key=flow {text}")

    def begin(self):
        pair = self.pair
        pair.dummy_port("br-int", "vm2", 2)
        pair.dummy_port("br0", "mirror", 2)
        for name in PORTS:
            self.add_port(name)
        pair.ofctl("add-meter br-int meter=1,pktps,burst,band=type=drop,"
                   "rate=5,burst_size=20")
        pair.ofctl("add-group br-int group_id=1,type=select,selection_method="
                   "dp_hash,bucket=weight:1,actions=vm,bucket=weight:1,"
                   "actions=vm2")
        for flow in ("in_port=vm,priority=999,actions=drop",
                     "in_port=vm2,priority=999,actions=drop",
                     "priority=0,actions=vm", "table=1,priority=0,actions=vm2",
                     "table=1,priority=9,tcp,actions=vm"):
            pair.ofctl("add-flow br-int " + flow)
        self.restore_underlay()
        pair.settle()

    def change_rule(self):
        rnd = self.rnd
        if self.rules > 8 and rnd.random() < .6:
            self.pair.ofctl(f"del-flows br-int {rnd.choice(MATCHES)}")
            self.rules -= 3
        match, action = rnd.choice(MATCHES), rnd.choice(ACTIONS)
        if re.search("ct\\(|ttl|dscp", action) \
                and not re.match("ip|tcp|udp|icmp", match):
            match = "ip"        # OpenFlow wants to know.
        self.pair.ofctl(f"add-flow br-int priority={rnd.randrange(10, 20)},"
                        f"{match},actions={action}")
        self.rules += 1

    def change_default(self):
        action = self.rnd.choice(("drop", "vm", "vm2", "vm,vm2", "group:1"))
        self.pair.ofctl(f"mod-flows --strict br-int priority=0,"
                        f"actions={action}")

    def change_port(self):
        gone = sorted(set(PORTS) - self.present)
        if gone:
            self.add_port(gone[0])
        else:
            name = self.rnd.choice(list(PORTS))
            self.present.remove(name)
            self.pair.vsctl(f"del-port {name}")

    def change_options(self):
        name = self.rnd.choice(sorted(self.present))
        option, values = self.rnd.choice(OPTIONS)
        if option != "peers" or name == "mg1":
            self.pair.vsctl(f"set interface {name} options:{option}="
                            f'"{self.rnd.choice(values)}"')

    def change_back(self):
        for name in sorted(self.present):
            options = {"key": "flow", **PORTS[name][2]}
            text = " ".join(f'options:{option}="{value}"'
                            for option, value in options.items())
            self.pair.vsctl(f"clear interface {name} options -- "
                            f"set interface {name} {text}")

    def change_underlay(self):
        match = self.rnd.choice(("ip,nw_src=192.0.2.1", "ipv6", "ip,nw_ecn=1",
                                 "ip", "udp,tp_src=7", "ip,nw_ttl=64"))
        action = self.rnd.choice(("drop", "drop", "mirror,LOCAL", "mirror",
                                  "set_field:5->nw_ttl,LOCAL"))
        self.pair.ofctl(f"add-flow br0 in_port=p0,priority=9,{match},"
                        f"actions={action}")

    def restore_underlay(self):
        # Without "normal", which changes with what it learns, at any time.
        self.pair.ofctl("del-flows br0")
        self.pair.ofctl("add-flow br0 in_port=p0,priority=1,actions=LOCAL")
        self.pair.ofctl("add-flow br0 in_port=LOCAL,priority=1,actions=p0")

    def add_mirror(self):
        self.pair.vsctl("-- --id=@p get port mirror -- --id=@m create mirror "
                        "name=m select_all=true output_port=@p -- set bridge "
                        "br0 mirrors=@m")
        self.undo = self.remove_mirror

    def remove_mirror(self):
        self.pair.vsctl("clear bridge br0 mirrors")

    def add_sflow(self):
        bridge = self.rnd.choice(("br0", "br-int"))
        self.pair.vsctl(f"-- --id=@s create sflow agent=lo "
                        f'targets="127.0.0.1:9" sampling=1 polling=0 '
                        f"header=64 -- set bridge {bridge} sflow=@s")
        self.undo = self.remove_sflow

    def remove_sflow(self):
        self.pair.vsctl("clear bridge br0 sflow -- clear bridge br-int sflow")

    def toggle(self):
        """Switches direct receive off where it is tested, or on again."""
        value = self.rnd.choice(("true", "false"))
        self.pair.on.vsctl("set Open_vSwitch . other_config:"
                           "mplsudp-direct-receive=" + value)
        self.undo = self.switch_on

    def switch_on(self):
        self.pair.on.vsctl("remove Open_vSwitch . other_config "
                           "mplsudp-direct-receive")

    def purge(self):
        self.pair.appctl("revalidator/purge")

    def step(self):
        rnd = self.rnd
        self.pair.settle()      # Counts go to the flows that there were.
        changes = [self.change_rule] * 4 + [
            self.change_default, self.change_port, self.change_port,
            self.change_options, self.change_options, self.change_back,
            self.change_underlay, self.add_mirror, self.add_sflow,
            self.toggle, self.purge]
        if self.undo and rnd.random() < .6:
            self.undo()
            self.undo = None
        else:
            rnd.choice(changes)()
        self.pair.settle()
        self.flows[rnd.randrange(N_FLOWS)] = Flow(rnd)
        some = rnd.sample(self.flows, 6)
        self.pair.receive([rnd.choice(some).packet(rnd)
                           for _ in range(PACKETS)])


def run(pair, seed, steps):
    mix = Mix(pair, seed)
    mix.begin()
    for number in range(steps):
        mix.step()
        if number % 8 == 7:
            pair.report()
    pair.report(full=True)
