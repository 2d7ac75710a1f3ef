/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "ctl-options.h"
#include <getopt.h>
#include <stdlib.h>
#include "command-line.h"
#include "ctl.h"
#include "dirs.h"
#include "openvswitch/vlog.h"
#include "stream.h"
#include "stream-ssl.h"
#include "util.h"

struct ctl_options ctl_options = { .leader_only = true };

/* What --format and --data have when they are not given. */
#define NOT_GIVEN -1
static struct table_style style = {
    .format = (enum table_format) NOT_GIVEN,
    .cell_format = (enum cell_format) NOT_GIVEN,
    .headings = true,
    .json_flags = JSSF_SORT,
};

struct table_style
ctl_table_style(bool generic)
{
    struct table_style s = style;

    if ((int) s.format == NOT_GIVEN) {
        s.format = generic ? TF_LIST : TF_TABLE;
    }
    if ((int) s.cell_format == NOT_GIVEN) {
        s.cell_format = generic ? CF_STRING : CF_BARE;
    }
    return s;
}

static const char commands_usage[] = "\
Overlay:\n\
  init [KEY=VALUE]...         set label ranges, drain, label_hold,\n\
                              default_encap\n\
  show                        print tenants, networks, ports, hypervisors\n\
  sync                        wait until all hypervisors have what is wanted\n\
  check                       compare database and switches\n\
  cost [HYPERVISOR]           print what each hypervisor has to hold\n\
  trace PORT MAC|IP [PROTO]   explain a packet's way across hypervisors\n\
\n\
Hypervisors (keys: encaps, certificate_name):\n\
  hv-add HYPERVISOR DPID ENDPOINT... [KEY=VALUE]...\n\
  hv-set HYPERVISOR KEY=VALUE...\n\
  hv-del HYPERVISOR\n\
  hv-list\n\
\n\
Tenants:\n\
  tenant-add TENANT\n\
  [--cascade] tenant-del TENANT   with --cascade, with all that it has\n\
  tenant-list\n\
\n\
Networks (keys: label_scope, subnets, gateways, mtu, unknown_unicast):\n\
  net-add TENANT NETWORK [KEY=VALUE]...\n\
  net-set NETWORK KEY=VALUE...\n\
  [--cascade] net-del NETWORK     with --cascade, with its ports\n\
  net-list [TENANT]\n\
\n\
Ports (keys: role, interface, allowed_hypervisors):\n\
  port-add NETWORK PORT MAC [ADDRESS]... [KEY=VALUE]...\n\
  port-set PORT KEY=VALUE...\n\
  port-move PORT HYPERVISOR       decide between hypervisors that claim it\n\
  port-del PORT\n\
  port-list [NETWORK]\n\
\n\
Peers, MPLS routers outside (key: encap):\n\
  peer-add TENANT PEER ADDRESS [encap=ENCAP] [PREFIX=LABEL]...\n\
  peer-set PEER [KEY=VALUE]... [PREFIX=LABEL]...\n\
  peer-del PEER\n\
  peer-list [TENANT]\n\
\n\
Labels:\n\
  label-list [HYPERVISOR]\n\
\n\
The -add commands take --may-exist, the -del commands --if-exists.\n\
\n\
";

OVS_NO_RETURN static void
usage(void)
{
    printf("\
%s: configures MPLS overlays\n\
usage: %s [OPTIONS] COMMAND [ARG...] [-- [OPTIONS] COMMAND...]...\n\
\n\
%s%s%s", program_name, program_name, commands_usage, ctl_get_db_cmd_usage(),
           ctl_list_db_tables_usage());
    printf("\n\
Options:\n\
  --db=DATABASE               connect to DATABASE\n\
                              (default: %s)\n\
  --wait=hv                   wait until all hypervisors have the change\n\
  --dry-run                   check everything, but change nothing\n\
  -t, --timeout=SECS          give up after SECS seconds\n\
  --retry                     keep trying to connect\n\
  --no-leader-only            take any server of a cluster\n\
  --controller=TARGET         where \"check\" and \"cost\" ask\n\
  --appctl=COMMAND            how \"trace\" asks hypervisor {hv}\n\
                              (default: %s)\n\
  --bridge=BRIDGE             hypervisors' integration bridge\n\
                              (default: %s)\n",
           ctl_options.db, ctl_options.appctl, ctl_options.bridge);
    table_usage();
    vlog_usage();
    stream_usage("database", true, true, true);
    printf("\n\
Other options:\n\
  -h, --help                  display this help message\n\
  -V, --version               display version information\n");
    exit(EXIT_SUCCESS);
}

static void
set_wait(const char *what)
{
    if (!strcmp(what, "hv")) {
        ctl_options.wait = true;
    } else if (!strcmp(what, "none")) {
        ctl_options.wait = false;
    } else {
        ctl_fatal("--wait=%s: give none or hv", what);
    }
}

static void
set_defaults(void)
{
    static char *default_db;
    const char *env = getenv("MPLSUDP_DB");

    default_db = xasprintf("unix:%s/mpls-overlay.sock", ovs_rundir());
    ctl_options.db = env && env[0] ? env : default_db;
    env = getenv("MPLSUDP_APPCTL");
    ctl_options.appctl = env && env[0] ? env : "ssh {hv} ovs-appctl";
    ctl_options.bridge = "br-int";
    ctl_options.controller = "mplsudp-controller";
}

enum {
    OPT_DB = UCHAR_MAX + 1,
    OPT_WAIT,
    OPT_DRY_RUN,
    OPT_RETRY,
    OPT_CONTROLLER,
    OPT_APPCTL,
    OPT_BRIDGE,
    OPT_COMMANDS,
    OPT_OPTIONS,
    OPT_BOOTSTRAP_CA_CERT,
    OPT_PEER_CA_CERT,
    OPT_LOCAL,
    VLOG_OPTION_ENUMS,
    TABLE_OPTION_ENUMS,
    SSL_OPTION_ENUMS,
};

static const struct option global_options[] = {
    {"db", required_argument, NULL, OPT_DB},
    {"wait", required_argument, NULL, OPT_WAIT},
    {"dry-run", no_argument, NULL, OPT_DRY_RUN},
    {"timeout", required_argument, NULL, 't'},
    {"retry", no_argument, NULL, OPT_RETRY},
    {"leader-only", no_argument, &ctl_options.leader_only, true},
    {"no-leader-only", no_argument, &ctl_options.leader_only, false},
    {"controller", required_argument, NULL, OPT_CONTROLLER},
    {"appctl", required_argument, NULL, OPT_APPCTL},
    {"bridge", required_argument, NULL, OPT_BRIDGE},
    {"commands", no_argument, NULL, OPT_COMMANDS},
    {"options", no_argument, NULL, OPT_OPTIONS},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    VLOG_LONG_OPTIONS,
    TABLE_LONG_OPTIONS,
    STREAM_SSL_LONG_OPTIONS,
    {"bootstrap-ca-cert", required_argument, NULL, OPT_BOOTSTRAP_CA_CERT},
    {"peer-ca-cert", required_argument, NULL, OPT_PEER_CA_CERT},
    {NULL, 0, NULL, 0},
};

/* Handles options that print something and exit. */
static void
handle_query(int c)
{
    switch (c) {
    case 'h':
        usage();
    case 'V':
        ovs_print_version(0, 0);
        printf("DB Schema %s\n", mplsrec_get_db_version());
        exit(EXIT_SUCCESS);
    case OPT_COMMANDS:
        ctl_print_commands();
        break;
    case OPT_OPTIONS:
        ctl_print_options(global_options);
        break;
    }
}

static void
handle_option(int c)
{
    switch (c) {
    case OPT_DB:
        ctl_options.db = optarg;
        break;
    case OPT_WAIT:
        set_wait(optarg);
        break;
    case OPT_DRY_RUN:
        ctl_options.dry_run = true;
        break;
    case 't':
        if (!str_to_uint(optarg, 10, &ctl_options.timeout)
            || !ctl_options.timeout) {
            ctl_fatal("--timeout=%s: give a number of seconds", optarg);
        }
        break;
    case OPT_RETRY:
        ctl_options.retry = true;
        break;
    case OPT_CONTROLLER:
        ctl_options.bridge = "br-int";
    ctl_options.controller = optarg;
        break;
    case OPT_APPCTL:
        ctl_options.appctl = optarg;
        break;
    case OPT_BRIDGE:
        ctl_options.bridge = optarg;
        break;
    VLOG_OPTION_HANDLERS
    TABLE_OPTION_HANDLERS(&style)
    STREAM_SSL_OPTION_HANDLERS
    case OPT_PEER_CA_CERT:
        stream_ssl_set_peer_ca_cert_file(optarg);
        break;
    case OPT_BOOTSTRAP_CA_CERT:
        stream_ssl_set_ca_cert_file(optarg, true);
        break;
    case '?':
        exit(EXIT_FAILURE);
    default:
        handle_query(c);
    }
}

void
ctl_parse_options(int argc, char *argv[], struct shash *local_options)
{
    size_t n = ARRAY_SIZE(global_options) - 1;
    size_t allocated = ARRAY_SIZE(global_options);
    struct option *options = xmemdup(global_options, sizeof global_options);
    char *letters = ovs_cmdl_long_options_to_short_options(global_options);
    char *short_options = xasprintf("+%s", letters);
    int c, i;

    /* getopt_long() wants all options that any command has. */
    ctl_add_cmd_options(&options, &n, &allocated, OPT_LOCAL);
    set_defaults();
    while ((c = getopt_long(argc, argv, short_options, options, &i)) != -1) {
        if (c != OPT_LOCAL) {
            handle_option(c);
        } else if (shash_find(local_options, options[i].name)) {
            ctl_fatal("--%s: give it once", options[i].name);
        } else {
            shash_add_nocopy(local_options,
                             xasprintf("--%s", options[i].name),
                             nullable_xstrdup(optarg));
        }
    }
    ctl_options.retry |= strchr(ctl_options.db, ',') != NULL;

    for (size_t j = ARRAY_SIZE(global_options) - 1; options[j].name; j++) {
        free(CONST_CAST(char *, options[j].name));
    }
    free(options);
    free(short_options);
    free(letters);
}
