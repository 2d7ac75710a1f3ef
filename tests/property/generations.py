# SPDX-License-Identifier: Apache-2.0
"""What the database said when: one Generation for each of its transactions.

The model of allowed.py judges deliveries by these, so it follows the database
and not what this test meant to write.  Used by property.py.
"""

from collections import namedtuple
import ipaddress
import time

from jsonrpc import Replica

COLUMNS = {
    "Overlay": ["generation", "acknowledged"],
    "Hypervisor": ["name", "acknowledged", "connected"],
    "Tenant": ["name", "error"],
    "Network": ["name", "tenant", "unknown_unicast", "subnets", "gateways",
                "error"],
    "Port": ["name", "network", "mac", "addresses", "interface", "role",
             "hypervisor", "state", "error"],
    "Label": ["hypervisor", "value", "purpose", "network", "tenant", "role",
              "state"],
}

Port = namedtuple("Port", "name network mac addresses role hypervisor")
Network = namedtuple("Network", "name tenant flood subnets families error")
Label = namedtuple("Label", "purpose network tenant role state")


def mac_bytes(text):
    return bytes.fromhex(text.replace(":", ""))


def optional(value, default):
    """The member of a set of none or one, which the server writes as
    itself."""
    return default if value == [] else value


def as_list(value):
    return value if isinstance(value, list) else [value]


class Generation:
    """The database after one transaction.  'ports' are by interface name,
    'networks' by UUID, 'labels' by hypervisor's name and value."""

    def __init__(self, index, tables):
        self.index = index
        self.tables = tables
        self.seen = time.monotonic()
        self._view = None

    def view(self, name):
        if self._view is None:
            self._view = {"networks": self._networks(),
                          "ports": self._ports(), "labels": self._labels()}
        return self._view[name]

    @property
    def ports(self):
        return self.view("ports")

    @property
    def networks(self):
        return self.view("networks")

    @property
    def labels(self):
        return self.view("labels")

    def _hypervisor(self, uuid):
        row = self.tables["Hypervisor"].get(uuid)
        return row and row["name"]

    def _networks(self):
        networks = {}
        tenants = self.tables["Tenant"]
        for uuid, row in self.tables["Network"].items():
            networks[uuid] = Network(
                row["name"], row["tenant"],
                optional(row["unknown_unicast"], "drop") == "flood",
                [ipaddress.ip_network(s) for s in as_list(row["subnets"])],
                {ipaddress.ip_address(a).version
                 for a in as_list(row["gateways"])},
                row["error"] != []
                or tenants.get(row["tenant"], {}).get("error", []) != [])
        return networks

    def _ports(self):
        ports = {}
        for row in self.tables["Port"].values():
            hypervisor = self._hypervisor(optional(row["hypervisor"], None))
            ports[optional(row["interface"], row["name"])] = Port(
                row["name"], row["network"], mac_bytes(row["mac"]),
                [ipaddress.ip_address(a) for a in as_list(row["addresses"])],
                optional(row["role"], "promiscuous"), hypervisor)
        return ports

    def _labels(self):
        return {(self._hypervisor(row["hypervisor"]), row["value"]):
                Label(row["purpose"], optional(row["network"], None),
                      optional(row["tenant"], None),
                      optional(row["role"], None), row["state"])
                for row in self.tables["Label"].values()}

    def overlay(self):
        return next(iter(self.tables["Overlay"].values()))


class Generations:
    """Those that may still matter, the oldest first."""

    def __init__(self, path):
        self.replica = Replica(path, "MPLS_Overlay", COLUMNS)
        self.list = []
        self.add()

    def add(self):
        index = self.list[-1].index + 1 if self.list else 0
        self.list.append(Generation(index, dict(self.replica.tables)))

    def follow(self):
        """Yields each new one behind the one before it."""
        for _ in self.replica.follow():
            before = self.newest
            self.add()
            yield before, self.newest

    @property
    def newest(self):
        return self.list[-1]

    def window(self, first):
        """From the newest back to the one with index FIRST."""
        for generation in reversed(self.list):
            if generation.index < first:
                return
            yield generation

    def forget_before(self, index):
        while len(self.list) > 1 and self.list[0].index < index:
            self.list.pop(0)
