# SPDX-License-Identifier: Apache-2.0
#
# deployment: many hypervisors in one ovs-vswitchd, with their controller.
#
# Used by controller-scale and controller-check beside this file, which begin
# with isolate(): all that is started here runs in a network namespace and a
# process namespace of its own, and ends with the program.
#
# Hypervisor N is bridge brN on the dummy datapath, with ten VMs' interfaces
# and a flow-based tunnel port mplsudpN that has its own dst_port.  For every
# two hypervisors there is one tenant.  It has two networks, routed for IPv4
# and IPv6, each with one port on the same ten hypervisors (next_to() says
# which): whatever the size, a hypervisor has ports of five tenants' ten
# networks, and shares each with nine others.

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SHARE = 10                      # Hypervisors that have a network.
CONTROLLER_PORT = 6653
FIRST_DST_PORT = 20000
TIMEOUT = 300                   # Until a step has failed, in seconds.
ISOLATED = 'MPLSUDP_ISOLATED'


class Failure(Exception):
    """A step that did not succeed; says which and why."""


def isolate():
    """Starts this program again in namespaces of its own."""
    if os.environ.get(ISOLATED):
        subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        return
    if os.geteuid():
        sys.exit('%s: needs to be run as root' % sys.argv[0])
    os.environ[ISOLATED] = 'yes'
    os.execvp('unshare', ['unshare', '--net', '--pid', '--fork',
                          '--kill-child', '--mount-proc', sys.executable,
                          '-B'] + sys.argv)


def find_build():
    """Returns the folder with Open vSwitch's build."""
    build = os.environ.get('MPLSUDP_BUILD', '')
    top = os.path.dirname(os.path.realpath(__file__)) + '/../..'
    for folder in [build, build + '/ovs-build'] if build else [
            top + '/ovs-build']:
        if os.access(folder + '/vswitchd/ovs-vswitchd', os.X_OK):
            return os.path.realpath(folder)
    sys.exit('%s: no ovs-vswitchd in %s; build first, or set MPLSUDP_BUILD'
             % (sys.argv[0], build or os.path.realpath(top) + '/ovs-build'))


def source_of(build):
    with open(build + '/Makefile') as makefile:
        for line in makefile:
            if line.startswith('srcdir = '):
                return os.path.join(build, line.split()[2])


def interface(tenant, network, hv):
    return 'p%d-%d-%d' % (tenant, network, hv)


def mac(tenant, network, hv):
    number = (tenant * 2 + network) << 16 | hv
    return '02:00:%02x:%02x:%02x:%02x' % tuple(number.to_bytes(4, 'big'))


def addresses(tenant, network, hv):
    """All tenants have the same subnets."""
    return ['10.%d.%d.%d' % (network, hv >> 8, hv & 255),
            'fd00:%d::%x' % (network, hv)]


class Deployment:
    """'n_hvs' hypervisors, an even number of at least SHARE."""

    def __init__(self, n_hvs):
        self.n_hvs = n_hvs
        self.n_tenants = n_hvs // 2
        self.build = find_build()
        self.dir = tempfile.mkdtemp(prefix='mplsudp-bench.')
        folders = ['vswitchd', 'ovsdb', 'utilities', 'mplsudp/utilities']
        path = ':'.join('%s/%s' % (self.build, f) for f in folders)
        self.env = dict(os.environ, PATH=path + ':' + os.environ['PATH'],
                        OVS_RUNDIR=self.dir, OVS_LOGDIR=self.dir,
                        OVS_DBDIR=self.dir, OVS_SYSCONFDIR=self.dir)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        for name in ('mplsudp-controller', 'ovs-vswitchd', 'overlay',
                     'switch'):
            self.stop(name)
        shutil.rmtree(self.dir, ignore_errors=True)

    # ---- Programs ---------------------------------------------------------

    def run(self, *command):
        """Returns what 'command' prints."""
        result = subprocess.run(command, env=self.env, stdin=subprocess.DEVNULL,
                                capture_output=True, text=True)
        if result.returncode:
            text = ' '.join(command)
            raise Failure('%s: %s' % (
                text if len(text) < 200 else text[:200] + '...',
                result.stderr[-2000:] + result.stdout[-2000:]))
        return result.stdout

    def start(self, program, name, *arguments):
        """Starts a daemon, and returns once it is ready."""
        self.run(program, '--detach', '--no-chdir', '-vconsole:off',
                 '--pidfile=%s/%s.pid' % (self.dir, name),
                 '--log-file=%s/%s.log' % (self.dir, name), *arguments)

    def pid(self, name):
        with open('%s/%s.pid' % (self.dir, name)) as f:
            return int(f.read())

    def stop(self, name):
        """The programs' parent is the first process of the namespace, which
        is this one."""
        try:
            pid = self.pid(name)
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)
        except (OSError, ChildProcessError):
            pass

    def start_database(self, name, schema, *remotes):
        db = '%s/%s.db' % (self.dir, name)
        self.run('ovsdb-tool', 'create', db, schema)
        self.start('ovsdb-server', name, db,
                   '--unixctl=%s/%s.ctl' % (self.dir, name),
                   *('--remote=' + remote for remote in remotes))

    def start_switches(self):
        """Starts ovs-vswitchd and adds all bridges and interfaces."""
        source = source_of(self.build)
        self.start_database('switch', source + '/vswitchd/vswitch.ovsschema',
                            'punix:%s/db.sock' % self.dir)
        self.start('ovs-vswitchd', 'ovs-vswitchd', '--enable-dummy',
                   '--disable-system', '-vfile:warn')
        for first in range(1, self.n_hvs + 1, 50):
            command = []
            for hv in range(first, min(first + 50, self.n_hvs + 1)):
                command += self.bridge(hv)
            self.run('ovs-vsctl', *command)

    def bridge(self, hv):
        """The arguments for ovs-vsctl that add bridge 'hv'."""
        br, port = 'br%d' % hv, 'mplsudp%d' % hv
        command = [
            '--', 'add-br', br,
            '--', 'set', 'bridge', br, 'datapath_type=dummy',
            'fail_mode=secure', 'other_config:disable-in-band=true',
            'other_config:datapath-id=%016x' % hv,
            '--', 'add-port', br, port,
            '--', 'set', 'interface', port, 'type=mplsudp',
            'options:remote_ip=flow', 'options:key=flow',
            'options:payload=auto',
            'options:dst_port=%d' % (FIRST_DST_PORT + hv),
            '--', 'set-controller', br, 'tcp:127.0.0.1:%d' % CONTROLLER_PORT,
            '--', 'set', 'controller', br, 'max_backoff=1000']
        for tenant, network in self.networks_on(hv):
            command += self.interface(hv, interface(tenant, network, hv))
        return command

    @staticmethod
    def interface(hv, name):
        """The arguments for ovs-vsctl that add interface 'name'."""
        return ['--', 'add-port', 'br%d' % hv, name,
                '--', 'set', 'interface', name, 'type=dummy']

    def start_overlay(self):
        """Starts the database of overlays and fills it."""
        source = source_of(self.build)
        self.start_database('overlay', source + '/mplsudp/utilities/'
                            'controller/mpls-overlay.ovsschema',
                            'punix:%s/mpls-overlay.sock' % self.dir)
        # What is measured is not to be mixed with releases that wait.
        command = ['init', 'drain=0', 'label_hold=0']
        for hv in range(1, self.n_hvs + 1):
            command += ['--', 'hv-add', 'h%d' % hv, '%016x' % hv,
                        '198.18.%d.%d' % (hv >> 8, hv & 255)]
        self.ctl(*command)
        for tenant in range(self.n_tenants):
            self.ctl(*self.tenant(tenant))

    def tenant(self, tenant):
        """The arguments for mplsudp-ctl that add 'tenant'."""
        command = ['tenant-add', 't%d' % tenant]
        for network in range(2):
            name = self.network(tenant, network)
            command += ['--', 'net-add', 't%d' % tenant, name,
                        'subnets=10.%d.0.0/16,fd00:%d::/64' % (network,
                                                              network),
                        'gateways=10.%d.255.1,fd00:%d::ffff' % (network,
                                                               network),
                        'mtu=1500']
            for hv in self.hvs_of(tenant):
                command += ['--'] + self.port(tenant, network, hv)
        return command

    def port(self, tenant, network, hv):
        """The arguments for mplsudp-ctl that add a port."""
        return ['port-add', self.network(tenant, network),
                interface(tenant, network, hv), mac(tenant, network, hv),
                *addresses(tenant, network, hv)]

    def start_controller(self):
        self.start('mplsudp-controller', 'mplsudp-controller',
                   '--listen=ptcp:%d:127.0.0.1' % CONTROLLER_PORT)

    # ---- Who has what -----------------------------------------------------

    @staticmethod
    def network(tenant, network):
        return 't%d-n%d' % (tenant, network)

    def hvs_of(self, tenant):
        """The hypervisors that have 'tenant'."""
        return [(2 * tenant + i) % self.n_hvs + 1 for i in range(SHARE)]

    def networks_on(self, hv):
        return [(tenant, network) for tenant in range(self.n_tenants)
                if hv in self.hvs_of(tenant) for network in range(2)]

    # ---- Asking -----------------------------------------------------------

    def ctl(self, *command):
        return self.run('mplsudp-ctl', '--timeout=%d' % TIMEOUT, *command)

    def appctl(self, *command, target='mplsudp-controller'):
        return self.run('ovs-appctl', '--target=' + target, *command)

    def status(self):
        """The controller's status as a dictionary."""
        return dict(line.split(': ', 1)
                    for line in self.appctl('status').splitlines())

    def wait(self, what, condition):
        end = time.monotonic() + TIMEOUT
        while not condition():
            if time.monotonic() > end:
                raise Failure('%s: not within %d s' % (what, TIMEOUT))
            time.sleep(0.02)

    def wait_connected(self):
        programmed = '%d of %d programmed' % (self.n_hvs, self.n_hvs)
        self.wait('all hypervisors connected', lambda:
                  self.status().get('hypervisors') == programmed)

    def counter(self, name):
        """The controller adds what it has counted up once a second."""
        time.sleep(1.1)
        self.appctl('version')
        return int(self.appctl('coverage/read-counter', name))

    def wait_released(self):
        """Waits until labels that are not needed any more are gone."""
        self.wait('labels released', lambda: ' 0 being released'
                  in self.status()['labels'])

    def wait_converged(self):
        self.wait_connected()
        self.ctl('--wait=hv', 'sync')

    def cpu(self, name):
        """The processor time that the program has had, in seconds."""
        total = 0
        tasks = '/proc/%d/task' % self.pid(name)
        for task in os.listdir(tasks):
            with open('%s/%s/schedstat' % (tasks, task)) as f:
                total += int(f.read().split()[0])
        return total / 1e9

    def rss(self, name):
        """The memory that the program has, in MB."""
        with open('/proc/%d/status' % self.pid(name)) as f:
            for line in f:
                if line.startswith('VmRSS:'):
                    return int(line.split()[1]) / 1024

    def switches(self):
        """For each hypervisor what switches/show prints, by name."""
        switches = {}
        for line in self.appctl('switches/show').splitlines():
            key, _, value = line.partition(': ')
            if line.startswith('  '):
                switch[key.strip()] = value
            else:
                switch = switches[key] = {'state': value}
        return switches

    def changes(self):
        """For each hypervisor the numbers of flows that its connection has
        added, modified and deleted, and of bundles."""
        return {name: numbers(switch['changes'])
                for name, switch in self.switches().items()}


def numbers(text):
    return [int(number) for number in re.findall(r'\d+', text)]
