# SPDX-License-Identifier: Apache-2.0
"""What the test wants: tenants, networks, ports, and where VMs are.

operations.py changes it and tells the database; property.py compares it with
what the database then has.
"""

from dataclasses import dataclass, field

TENANTS = ("red", "blue", "green")
NETWORKS = (1, 2)               # Of each tenant, with the same subnets.
MACS = [f"02:00:00:00:00:{i:02x}" for i in range(1, 9)]
ROLES = ("promiscuous", "promiscuous", "isolated", "community:1",
         "community:2")
UNKNOWN_MAC = bytes.fromhex("020000000077")


def ipv4(network, host):
    return f"10.0.{network}.{host}"


def ipv6(network, host):
    return f"fd00:0:0:{network}::{host}"


@dataclass
class WantedNetwork:
    """Network NUMBER of TENANT."""
    name: str
    tenant: str
    number: int
    scope: str = "local"
    unknown: str = "drop"
    routed: tuple = ()          # Families that have a gateway.

    def settings(self):
        n = self.number
        gateways = [{4: ipv4(n, 254), 6: ipv6(n, "fe")}[f]
                    for f in self.routed]
        return [f"label_scope={self.scope}", f"unknown_unicast={self.unknown}",
                f"subnets={ipv4(n, 0)}/24,{ipv6(n, '')}/64",
                f"gateways={','.join(gateways)}"]


@dataclass
class WantedPort:
    """The port of VM."""
    name: str
    vm: str
    network: str
    mac: str
    addresses: list
    role: str


@dataclass
class Plan:
    """All of it."""
    tenants: set = field(default_factory=set)
    networks: dict = field(default_factory=dict)    # By name.
    ports: dict = field(default_factory=dict)       # By VM.
    places: dict = field(default_factory=dict)      # VM to hypervisors.

    def ports_of(self, network):
        return [p for p in self.ports.values() if p.network == network]

    def free_macs(self, network):
        used = {p.mac for p in self.ports_of(network)}
        return [mac for mac in MACS if mac not in used]

    def free_hosts(self, network):
        used = {a.rsplit(".", 1)[-1].rsplit(":", 1)[-1]
                for p in self.ports_of(network) for a in p.addresses}
        return [i for i in range(1, 9) if str(i) not in used]

    def expected(self):
        """As compared with found(): names, and what belongs together."""
        return {(p.name, p.vm, p.network, p.mac, p.role,
                 tuple(sorted(p.addresses))) for p in self.ports.values()}


def found(generation):
    """The ports that the database has, as expected() gives them."""
    return {(p.name, vm, generation.networks[p.network].name,
             ":".join(f"{b:02x}" for b in p.mac), p.role,
             tuple(sorted(str(a) for a in p.addresses)))
            for vm, p in generation.ports.items()}
