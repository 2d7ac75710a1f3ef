# SPDX-License-Identifier: Apache-2.0
"""The hypervisors as this test sees them: a tap for every VM on each of them,
a socket on the underlay before each of them, and commands.

Used by property.py, operations.py and probes.py.
"""

import ctypes
import fcntl
import ipaddress
import os
import select
import socket
import struct
import subprocess

from jsonrpc import appctl

LIBC = ctypes.CDLL(None, use_errno=True)
TUNSETIFF = 0x400454ca
IFF_TAP_NO_PI = 0x1002
CLONE_NEWNET = 0x40000000


class InNamespace:
    """With the network namespace NAME as this thread's."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        there = os.open(f"/run/netns/{self.name}", os.O_RDONLY)
        self.enter(there)
        os.close(there)

    def __exit__(self, *exception):
        self.enter(self.home)
        os.close(self.home)

    def enter(self, fd):
        if LIBC.setns(fd, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns {self.name}")


def open_tap(name):
    """A tap that is up and has no address: what a hypervisor has of a VM."""
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(),
                                           IFF_TAP_NO_PI))
    for command in ("addrgenmode none", "arp off multicast off up"):
        subprocess.run(["ip", "link", "set", name] + command.split(),
                       check=True)
    return fd


class Hosts:
    """All hypervisors of the run in folder DIRECTORY."""

    def __init__(self, directory, count, family, vms):
        self.directory = directory
        self.run = os.path.basename(directory)
        self.names = [f"h{i + 1}" for i in range(count)]
        self.vms = vms
        self.address = {}       # On the underlay; "nobody" has one, too.
        self.taps = {}          # By (VM, hypervisor).
        self.underlay = {}      # By hypervisor: a socket, and the MACs.
        self.epoll = select.epoll()
        self.of_fd = {}
        for i, name in enumerate(self.names):
            self.address[name] = self.make_address(family, i + 1)
            self.make_taps(name)
            self.open_underlay(name, i + 1)

        self.address["nobody"] = self.make_address(family, count + 1)

    @staticmethod
    def make_address(family, number):
        return ipaddress.ip_address(f"198.18.{number}.1" if family == 4 else
                                    f"fd00:0:0:{number}::1")

    def make_taps(self, hypervisor):
        with InNamespace(f"{self.run}-{hypervisor}"):
            for vm in self.vms:
                fd = open_tap(vm)
                self.taps[vm, hypervisor] = fd
                self.of_fd[fd] = vm, hypervisor
                self.epoll.register(fd, select.EPOLLIN)

    def open_underlay(self, hypervisor, number):
        """The leaf's end of the hypervisor's link."""
        with InNamespace(f"{self.run}-leaf{number}"):
            sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            sock.bind(("hv", 0))
        self.underlay[hypervisor] = sock

    def macs(self, hypervisor):
        """Of the hypervisor's interface on the underlay, and of its leaf.
        The first changes when ovs-vswitchd starts again."""
        out = subprocess.run(
            ["ip", "netns", "exec", f"{self.run}-{hypervisor}", "cat",
             "/sys/class/net/br-phy/address"], check=True,
            capture_output=True, text=True).stdout
        return (bytes.fromhex(out.strip().replace(":", "")),
                self.underlay[hypervisor].getsockname()[4])

    def send(self, vm, hypervisor, frame):
        try:
            os.write(self.taps[vm, hypervisor], frame)
        except BlockingIOError:
            pass

    def receive(self, timeout):
        """Yields what arrived at taps as (VM, hypervisor, frame)."""
        for fd, _ in self.epoll.poll(timeout):
            for _ in range(64):
                try:
                    frame = os.read(fd, 4096)
                except BlockingIOError:
                    break
                yield *self.of_fd[fd], frame

    # ---- Commands --------------------------------------------------------

    def ctl(self, *words):
        """mplsudp-ctl, as a process that has begun."""
        return subprocess.Popen(
            ["mplsudp-ctl", f"--db=unix:{self.directory}/mgmt/"
             "mpls-overlay.sock", "--retry", "--timeout=90", *words],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def vsctl(self, hypervisor, *words):
        """ovs-vsctl of HYPERVISOR, as a process that has begun."""
        return subprocess.Popen(
            ["ovs-vsctl", f"--db=unix:{self.directory}/{hypervisor}/db.sock",
             "--timeout=90", *words],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def sandbox(self, *words):
        """A function of the sandbox, as a process that has begun."""
        return subprocess.Popen(
            ["bash", "-c", '. "$1" && shift && "$@"', "sandbox",
             f"{self.directory}/env", *words],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)

    def appctl(self, hypervisor, method, *params):
        """Asks the ovs-vswitchd of HYPERVISOR."""
        folder = f"{self.directory}/{hypervisor}"
        with open(f"{folder}/ovs-vswitchd.pid") as file:
            pid = file.read().strip()
        return appctl(f"{folder}/ovs-vswitchd.{pid}.ctl", method, *params)

    def revalidate(self, hypervisor):
        """Returns when no packet can meet a cached flow that is older than
        what HYPERVISOR has acknowledged.  Between two pauses lies one pass of
        its revalidators through all cached flows."""
        for _ in range(2):
            self.appctl(hypervisor, "revalidator/pause")
            self.appctl(hypervisor, "revalidator/resume")
