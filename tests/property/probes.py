# SPDX-License-Identifier: Apache-2.0
"""Probes: which packets are sent, and whether they may arrive where they do.

Used by property.py.  A delivery is judged by the generations from the one
that all hypervisors had acknowledged when the probe was sent to the newest
one when it arrived: one of them must allow it, or, if it crossed from one
hypervisor to another, one of them on each.
"""

from collections import Counter, deque
from dataclasses import dataclass, field
import time

import allowed
import frames
from ledger import Ledger
from plan import MACS, UNKNOWN_MAC, ipv4, ipv6

ZERO = bytes(6)
LIFETIME = 10                   # Seconds after which nothing may arrive.
SETTLE = 0.1                    # Until the database's news is here, too.

KINDS = {"unicast": 30, "ip": 8, "routed": 22, "broadcast": 7,
         "multicast": 2, "unknown": 4, "spoofed_mac": 4, "spoofed_ip": 6,
         "tagged": 2, "zero_macs": 2, "label": 8, "late": 8}


@dataclass(slots=True)
class Probe:
    """Sent by VM on 'hypervisor'; if 'label' is not None, on the underlay to
    'receiver', from the address of 'hypervisor'."""
    kind: str
    vm: str
    hypervisor: str
    src_mac: bytes
    dst_mac: bytes
    src_ip: object = None
    dst_ip: object = None
    vlan: int = None
    label: int = None
    receiver: str = None
    encap: str = None
    number: int = 0
    first: int = 0              # Index of the acknowledged generation.
    sent: float = 0.0
    frame: bytes = b""
    arrived: list = field(default_factory=list)

    def payload(self):
        """The frame, or the packet if a forger sends it without MACs."""
        data = frames.trailer(self.number)
        kind = frames.PROBE_TYPE
        if self.src_ip is not None:
            data = frames.udp(self.src_ip, self.dst_ip, 4000, 4001, data)
            kind = frames.ethertype_of(data)
            if self.kind == "late" or self.kind == "label":
                if self.dst_mac == ZERO:
                    return data, False
        return frames.ethernet(self.dst_mac, self.src_mac, kind, data,
                               self.vlan), True


class Violation(Exception):
    """A delivery that nothing allows."""

    def __init__(self, text, probe):
        super().__init__(text)
        self.probe = probe


class Prober:
    """Sends and judges.  'first' is the index of the last generation that all
    hypervisors have acknowledged."""

    def __init__(self, random, plan, hosts, generations):
        self.random = random
        self.plan = plan
        self.hosts = hosts
        self.generations = generations
        self.first = 0
        self.number = 0
        self.probes = {}        # By number, in order.
        self.suspects = deque()
        self.sent = Counter()   # By kind.
        self.delivered = 0
        self.under_way = 0      # Of those: met two generations.
        self.ledger = Ledger()
        self.macs = {}          # On the underlay, by hypervisor.
        self.last_port = {}     # By VM: (MAC, addresses).

    # ---- What is sent ----------------------------------------------------

    def draw(self):
        """Sends a random probe."""
        kind, = self.random.choices(list(KINDS), KINDS.values())
        if kind in ("label", "late"):
            probe = self.forged(kind)
        else:
            vm = self.random.choice(self.hosts.vms)
            places = self.plan.places.get(vm)
            if not places:
                return
            probe = self.from_vm(kind, vm, self.random.choice(places))
        if probe:
            self.send(probe)

    def identity(self, vm):
        """The MAC and addresses that VM has, or had last."""
        port = self.plan.ports.get(vm)
        if port:
            self.last_port[vm] = (
                bytes.fromhex(port.mac.replace(":", "")),
                [frames.address(a) for a in port.addresses])
        return self.last_port.get(vm, (UNKNOWN_MAC, []))

    def some_mac(self):
        return bytes.fromhex(self.random.choice(MACS).replace(":", ""))

    def some_ip(self, version=None):
        network, host = self.random.choice((1, 2)), self.random.randint(1, 8)
        version = version or self.random.choice((4, 6))
        return frames.address(ipv4(network, host) if version == 4
                              else ipv6(network, host))

    def from_vm(self, kind, vm, hypervisor):
        mac, addresses = self.identity(vm)
        probe = Probe(kind, vm, hypervisor, mac, self.some_mac())
        if kind in ("ip", "routed", "spoofed_ip"):
            probe.src_ip = (self.random.choice(addresses)
                            if addresses and kind != "spoofed_ip"
                            else self.some_ip())
            probe.dst_ip = self.some_ip(probe.src_ip.version)
        if kind == "routed" or kind == "spoofed_ip" \
                and self.random.random() < 0.5:
            probe.dst_mac = frames.GATEWAY_MAC
        elif kind == "broadcast":
            probe.dst_mac = frames.BROADCAST
        elif kind == "multicast":
            probe.dst_mac = bytes.fromhex("01005e000001")
        elif kind == "unknown":
            probe.dst_mac = UNKNOWN_MAC
        elif kind == "spoofed_mac":
            probe.src_mac = self.some_mac()
        elif kind == "tagged":
            probe.vlan = self.random.randint(0, 4095)
        elif kind == "zero_macs":
            probe.src_mac = probe.dst_mac = ZERO
        return probe

    def forged(self, kind):
        """On the underlay, by a label of the receiver: one that is there, or
        one that was released."""
        if kind == "label":
            labels = sorted(self.generations.newest.labels.items())
            if not labels:
                return None
            (receiver, value), label = self.random.choice(labels)
        elif self.ledger.released:
            receiver, value, label = self.random.choice(self.ledger.released)
        else:
            return None
        source = self.random.choice(
            [h for h in self.hosts.address if h != receiver])
        probe = Probe(kind, "", source, self.some_mac(), self.some_mac(),
                      label=value, receiver=receiver,
                      encap=self.random.choice(frames.ENCAPS))
        chance = self.random.random()
        if (chance < 0.8) == (label.purpose == "route"):
            probe.src_mac = probe.dst_mac = ZERO
            probe.src_ip = self.some_ip()
            probe.dst_ip = self.some_ip(probe.src_ip.version)
        elif chance < 0.5:
            probe.dst_mac = frames.BROADCAST
        return probe

    def send(self, probe):
        """Numbers and sends PROBE."""
        self.number += 1
        probe.number = self.number
        probe.first = self.first
        probe.frame, is_ethernet = probe.payload()
        probe.sent = time.monotonic()
        self.probes[probe.number] = probe
        self.sent[probe.kind] += 1
        if probe.label is None:
            self.hosts.send(probe.vm, probe.hypervisor, probe.frame)
            return
        address = self.hosts.address
        packet = frames.mpls(probe.encap, address[probe.hypervisor],
                             address[probe.receiver], probe.label,
                             probe.frame, is_ethernet)
        if probe.receiver not in self.macs:
            self.macs[probe.receiver] = self.hosts.macs(probe.receiver)
        to, by = self.macs[probe.receiver]
        self.hosts.underlay[probe.receiver].send(
            frames.ethernet(to, by, frames.ethertype_of(packet), packet))

    # ---- What arrives ----------------------------------------------------

    def pump(self, timeout):
        """Takes what has arrived, from the database and at the VMs."""
        for vm, hypervisor, frame in self.hosts.receive(timeout):
            number = frames.number_of(frame)
            if number is not None:
                self.arrived(number, vm, hypervisor, frame)
        self.follow()
        now = time.monotonic()
        self.settle(now)
        self.forget(now)

    def follow(self):
        """Takes what the database has said."""
        for before, after in self.generations.follow():
            if after.tables["Label"] is not before.tables["Label"]:
                error = self.ledger.follow(before, after)
                if error:
                    raise Violation(error, None)

    def arrived(self, number, vm, hypervisor, frame):
        probe = self.probes.get(number)
        self.delivered += 1
        if probe is None:
            raise Violation(f"number {number} arrived at {vm} of {hypervisor}"
                            f" after {LIFETIME} s", None)
        probe.arrived.append((vm, hypervisor))
        self.check_frame(probe, vm, hypervisor, frame)
        if not self.allowed(probe, vm, hypervisor):
            self.suspects.append((time.monotonic(), probe, vm, hypervisor))

    def allowed(self, probe, vm, hypervisor):
        """By one generation?"""
        return any(allowed.allows(generation, generation, probe, vm,
                                  hypervisor)
                   for generation in self.generations.window(probe.first))

    def allowed_under_way(self, probe, vm, hypervisor):
        """By one generation where it was sent, and another where it
        arrived?"""
        window = list(self.generations.window(probe.first))
        return hypervisor != probe.hypervisor and any(
            allowed.allows(here, there, probe, vm, hypervisor)
            for here in window for there in window)

    def settle(self, now):
        """Judges again what no generation allowed that was known then."""
        while self.suspects and self.suspects[0][0] < now - SETTLE:
            _, probe, vm, hypervisor = self.suspects.popleft()
            if self.allowed(probe, vm, hypervisor):
                continue
            if not self.allowed_under_way(probe, vm, hypervisor):
                raise Violation(f"arrived at {vm} of {hypervisor}, which no "
                                "generation allows", probe)
            self.under_way += 1

    def check_frame(self, probe, vm, hypervisor, frame):
        """Bridged frames arrive as they were sent, routed ones from the
        gateway."""
        if frame == probe.frame:
            return
        if probe.dst_ip is None or frame[6:12] != frames.GATEWAY_MAC \
                or frame[-len(frames.trailer(0)):] \
                != frames.trailer(probe.number):
            raise Violation(f"arrived at {vm} of {hypervisor} as "
                            f"{frame.hex()}", probe)

    def forget(self, now):
        """Of old probes, and of generations that none of them needs."""
        while self.probes:
            probe = next(iter(self.probes.values()))
            if probe.sent > now - LIFETIME:
                break
            del self.probes[probe.number]
        oldest = probe.first if self.probes else self.first
        self.generations.forget_before(min(oldest, self.first))
