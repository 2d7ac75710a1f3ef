# SPDX-License-Identifier: Apache-2.0
#
# dpdk_switch: one ovs-vswitchd with DPDK's virtual devices, for datapath-bench
# beside this file.
#
# A port of net_pcap that reads a capture again and again is the source, ports
# of net_null are the sinks; one PMD thread on a core of its own does all that
# is measured.  br-int is the integration bridge; br-phy has the address of the
# underlay and the port to it.

import os
import re
import shutil
import subprocess
import tempfile
import time

import captures
from deployment import Failure, find_build

PMD_CORE = 1
HUGEPAGES = '/proc/sys/vm/nr_hugepages'
HUGEPAGES_WANTED = 512          # Of 2 MB.
STILL_TRIES = 100               # Of 10 ms and more, until packets are through.
SINKS = {'br-int': 'sink-int', 'br-phy': 'sink-phy'}


class Switch:
    """Open vSwitch, with both bridges, their sinks, and 'n_pmds' threads that
    receive, each from a source of its own."""

    def __init__(self, n_pmds=1):
        self.build = find_build()
        self.dir = tempfile.mkdtemp(prefix='mplsudp-bench.')
        path = ':'.join('%s/%s' % (self.build, folder) for folder in
                        ('vswitchd', 'ovsdb', 'utilities'))
        self.env = dict(os.environ, PATH=path + ':' + os.environ['PATH'],
                        OVS_RUNDIR=self.dir, OVS_LOGDIR=self.dir,
                        OVS_DBDIR=self.dir, OVS_SYSCONFDIR=self.dir)
        self.n_pmds = n_pmds
        self.hugepages = None
        self.n_sources = 0
        self.source_bridge = None
        self.captures = {}

    def __enter__(self):
        try:
            self.silence_kernel()
            self.reserve_hugepages()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception):
        for name in ('ovs-vswitchd', 'ovsdb-server'):
            self.stop(name)
        if self.hugepages is not None:
            with open(HUGEPAGES, 'w') as pages:
                pages.write(str(self.hugepages))
        shutil.rmtree(self.dir, ignore_errors=True)

    # ---- Programs ---------------------------------------------------------

    def run(self, *command):
        """Returns what 'command' prints."""
        result = subprocess.run(command, env=self.env, text=True,
                                stdin=subprocess.DEVNULL, capture_output=True)
        if result.returncode:
            raise Failure('%s: %s' % (' '.join(command),
                                      result.stderr + result.stdout))
        return result.stdout

    def appctl(self, *command):
        return self.run('ovs-appctl', *command)

    def vsctl(self, *command):
        return self.run('ovs-vsctl', *command)

    def stop(self, name):
        try:
            with open('%s/%s.pid' % (self.dir, name)) as pid_file:
                pid = pid_file.read().strip()
        except FileNotFoundError:
            return
        subprocess.run(['kill', pid])
        end = time.monotonic() + 20
        while os.path.exists('/proc/' + pid) and time.monotonic() < end:
            time.sleep(0.05)

    def silence_kernel(self):
        """Bridges' interfaces send nothing by themselves: no neighbour
        discovery, which the sinks would count."""
        for which in 'all', 'default':
            path = '/proc/sys/net/ipv6/conf/%s/disable_ipv6' % which
            if os.path.exists(path):
                with open(path, 'w') as setting:
                    setting.write('1')

    def reserve_hugepages(self):
        with open(HUGEPAGES) as pages:
            have = int(pages.read())
        if have < HUGEPAGES_WANTED:
            with open(HUGEPAGES, 'w') as pages:
                pages.write(str(HUGEPAGES_WANTED))
            self.hugepages = have
            with open(HUGEPAGES) as pages:
                if int(pages.read()) < HUGEPAGES_WANTED:
                    raise Failure('vm.nr_hugepages: the kernel cannot give '
                                  '%d pages' % HUGEPAGES_WANTED)

    def start(self):
        source = os.path.realpath(self.build + '/../ovs-src')
        self.run('ovsdb-tool', 'create', self.dir + '/conf.db',
                 source + '/vswitchd/vswitch.ovsschema')
        common = ['--detach', '--no-chdir', '--pidfile', '--log-file']
        self.run('ovsdb-server', self.dir + '/conf.db',
                 '--remote=punix:' + self.dir + '/db.sock', *common)
        self.vsctl('--no-wait', 'set', 'Open_vSwitch', '.',
                   'other_config:dpdk-init=true',
                   'other_config:dpdk-extra="--no-pci --in-memory '
                   '--no-telemetry --log-level=4"',
                   'other_config:pmd-cpu-mask=%#x'
                   % sum(1 << (PMD_CORE - i) for i in range(self.n_pmds)))
        self.run('ovs-vswitchd', 'unix:' + self.dir + '/db.sock', *common)
        for bridge, sink in SINKS.items():
            self.vsctl('add-br', bridge, '--', 'set', 'bridge', bridge,
                       'datapath_type=netdev', 'fail_mode=secure',
                       'other_config:hwaddr=' + self.mac(bridge))
            self.vsctl('add-port', bridge, sink, '--', 'set', 'interface',
                       sink, 'type=dpdk', 'options:dpdk-devargs='
                       'net_null_%s,no-rx=1' % sink)
        subprocess.run(['ip', 'addr', 'replace', captures.LOCAL_IP + '/24',
                        'dev', 'br-phy'], check=True)
        subprocess.run(['ip', 'link', 'set', 'br-phy', 'up'], check=True)
        self.appctl('revalidator/wait')

    @staticmethod
    def mac(bridge):
        mac = (captures.LOCAL_MAC if bridge == 'br-phy' else '02cc00000001')
        return ':'.join(mac[i:i + 2] for i in range(0, 12, 2))

    # ---- What is measured -------------------------------------------------

    def neighbour(self):
        mac = captures.REMOTE_MAC
        self.appctl('tnl/neigh/set', 'br-phy', captures.REMOTE_IP,
                    ':'.join(mac[i:i + 2] for i in range(0, 12, 2)))

    def flows(self, bridge, *flows):
        self.run('ovs-ofctl', 'del-flows', bridge)
        for flow in flows:
            self.run('ovs-ofctl', '-O', 'OpenFlow13', 'add-flow', bridge, flow)

    def add_tunnel(self, kind, options):
        self.vsctl('add-port', 'br-int', 'tunnel', '--', 'set', 'interface',
                   'tunnel', 'type=' + kind,
                   *['options:%s=%s' % option for option in options.items()])
        self.check_port('tunnel')

    def check_port(self, port):
        error = self.vsctl('get', 'interface', port, 'error').strip()
        if error != '[]':
            raise Failure('%s: %s' % (port, error))

    def capture(self, flows, size, **tunnel):
        """Returns the name of a file, made when first asked for."""
        key = flows, size, *tunnel.values()
        if key not in self.captures:
            self.captures[key] = '%s/%d.pcap' % (self.dir, len(self.captures))
            captures.make(self.captures[key], flows, size, **tunnel)
        return self.captures[key]

    def sources(self, bridge, capture):
        """Adds ports that receive 'capture' without end."""
        self.source_bridge = bridge
        for i in range(self.n_pmds):
            self.n_sources += 1
            name = 'source%d' % i
            self.vsctl('add-port', bridge, name, '--', 'set', 'interface',
                       name, 'type=dpdk', 'options:dpdk-devargs='
                       '"net_pcap%d,rx_pcap=%s,infinite_rx=1"'
                       % (self.n_sources, capture))
            self.check_port(name)

    def reset(self):
        """Removes what a case added."""
        for port in ['tunnel'] + ['source%d' % i for i in range(self.n_pmds)]:
            self.vsctl('--if-exists', 'del-port', port)
        for bridge in SINKS:
            self.flows(bridge)

    def settle(self, n_flows):
        """Waits until the datapath has flows for 'n_flows' inner flows, and
        for as long again as that took, so that caches know them."""
        begin = time.monotonic()
        while int(self.appctl('upcall/show').split('(current ')[1]
                  .split(')')[0]) < n_flows:
            if time.monotonic() - begin > 60:
                raise Failure('the datapath has no %d flows after 60 s'
                              % n_flows)
            time.sleep(0.1)
        time.sleep(max(0.3, time.monotonic() - begin))

    def port_counters(self):
        """Returns {port: (packets received, sent, dropped)}."""
        counters = {}
        for part in re.split(r'\n  port \d+: ', self.run(
                'ovs-appctl', 'dpctl/show', '-s', 'netdev@ovs-netdev'))[1:]:
            rx, tx = (int(n) for n in re.findall(r'[RT]X packets:(\d+)', part))
            dropped = sum(int(n) for n in re.findall(r'dropped:(\d+)', part))
            counters[part.split()[0]] = rx, tx, dropped
        return counters

    def switch_sources(self, state):
        """Lets sources receive, or no longer: 'up' or 'down'."""
        for i in range(self.n_pmds):
            self.run('ovs-ofctl', 'mod-port', self.source_bridge,
                     'source%d' % i, state)

    def still_counters(self):
        """Stops the sources and returns port_counters() when all packets are
        through: those of different ports are not read at one time."""
        self.switch_sources('down')
        counters = None
        for _ in range(STILL_TRIES):
            before, counters = counters, self.port_counters()
            if counters == before:
                return counters
            time.sleep(0.01)
        raise Failure('packets flow although their sources are down: %s'
                      % counters)

    def measure(self, seconds):
        """Lets packets flow for 'seconds'.  Returns {'cycles', 'passes'} of a
        packet, 'mpps', and {'rx', 'tx'}, how many packets the sources
        received and the sinks sent."""
        before = self.still_counters()
        self.switch_sources('up')
        time.sleep(0.05)        # Until flows and caches know the packets.
        self.appctl('dpif-netdev/pmd-stats-clear')
        time.sleep(seconds)
        text = self.appctl('dpif-netdev/pmd-perf-show')
        after = self.still_counters()
        used = packets = passes = duration = 0
        for pmd in text.split('\nTime: ')[1:]:
            def number(pattern):
                return float(re.search(pattern + r': +([\d.]+)', pmd).group(1))
            if number('Rx packets'):
                idle = float(re.search(r'idle iterations:.*\( *([\d.]+) %',
                                       pmd).group(1))
                used += number('Used TSC cycles') * (1 - idle / 100)
                packets += number('Rx packets')
                passes += number('Datapath passes')
                duration = number('Measurement duration')
        if not packets:
            raise Failure('no packet was received:\n' + text)

        def delta(ports, which):
            return sum(after[port][which] - before[port][which]
                       for port in ports if port in after)
        return {'cycles': used / packets, 'mpps': packets / duration / 1e6,
                'passes': passes / packets,
                'rx': delta(['source%d' % i for i in range(self.n_pmds)], 0),
                'tx': delta(SINKS.values(), 1)}
