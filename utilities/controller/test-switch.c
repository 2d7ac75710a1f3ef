/* SPDX-License-Identifier: Apache-2.0
 *
 * test-switch: drives switch.c by unixctl commands, for tests.
 *
 *   test-switch --detach --unixctl=SOCKET [SSL OPTIONS] DPID METHOD...
 *
 * admits the switch DPID only.  If the environment variable CERTIFICATE is
 * set, the switch's certificate must have that name; if FLOWS is set, the
 * switch is to have the flows in that file once it is up. */

#include <config.h>
#include <getopt.h>
#include "command-line.h"
#include "daemon.h"
#include "dp-packet.h"
#include "fatal-signal.h"
#include "flow-table.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofp-flow.h"
#include "openvswitch/ofp-parse.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "overlay.h"
#include "simap.h"
#include "sset.h"
#include "stream-ssl.h"
#include "switch.h"
#include "unixctl.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(test_switch);

static struct hypervisor hv = { .object.name = "hv1" };
static struct switches *switches;
static bool exiting;
static unsigned int n_acknowledged, n_up, n_port_changes;
static struct ds packets = DS_EMPTY_INITIALIZER;

static struct hypervisor *
admit(uint64_t datapath_id, const char *certificate, char **errorp,
      bool *laterp OVS_UNUSED, void *aux OVS_UNUSED)
{
    const char *expected = getenv("CERTIFICATE");

    if (datapath_id != hv.datapath_id) {
        *errorp = xasprintf("only %016"PRIx64" is known", hv.datapath_id);
        return NULL;
    } else if (expected && (!certificate || strcmp(certificate, expected))) {
        *errorp = xasprintf("its certificate is for %s, not %s",
                            certificate ? certificate : "nobody", expected);
        return NULL;
    }
    return &hv;
}

static void
connected(struct hypervisor *hypervisor, struct sw *sw, void *aux OVS_UNUSED)
{
    hypervisor->sw = sw;
}

static void
ports_changed(struct hypervisor *hypervisor OVS_UNUSED, void *aux OVS_UNUSED)
{
    n_port_changes++;
}

/* Returns the number of changes sent. */
static size_t
set_from_file(const char *file_name)
{
    enum ofputil_protocol protocols;
    struct ofputil_flow_mod *fms;
    struct flow_table want;
    size_t n;
    char *error = parse_ofp_flow_mod_file(file_name, NULL, NULL, OFPFC_ADD,
                                          &fms, &n, &protocols);

    if (error) {
        ovs_fatal(0, "%s", error);
    }
    flow_table_init(&want);
    for (size_t i = 0; i < n; i++) {
        struct ofputil_flow_mod *fm = &fms[i];
        struct ofpbuf ofpacts;
        struct match match;

        minimatch_expand(&fm->match, &match);
        if (match_has_default_packet_type(&match)) {
            /* As if made with match_set_dl_type() and the like. */
            match.flow.packet_type = match.wc.masks.packet_type = 0;
        }
        match.wc.masks.nw_frag &= FLOW_NW_FRAG_MASK;
        ofpbuf_use_const(&ofpacts, fm->ofpacts, fm->ofpacts_len);
        flow_table_add(&want, fm->table_id, fm->priority,
                       ntohll(fm->new_cookie), &match, &ofpacts);
        minimatch_destroy(&fm->match);
        free(fm->ofpacts);
    }
    free(fms);
    n = switch_set_flows(hv.sw, &want);
    flow_table_destroy(&want);
    return n;
}

static void
up(struct hypervisor *hypervisor OVS_UNUSED, void *aux OVS_UNUSED)
{
    n_up++;
    if (getenv("FLOWS")) {
        set_from_file(getenv("FLOWS"));
    }
}

static void
acknowledged(struct hypervisor *hypervisor OVS_UNUSED, void *aux OVS_UNUSED)
{
    n_acknowledged++;
}

static void
packet_in(struct hypervisor *hypervisor OVS_UNUSED,
          const struct ofputil_packet_in *pin, void *aux OVS_UNUSED)
{
    ds_put_format(&packets, "%"PRIuSIZE" bytes, userdata ", pin->packet_len);
    for (size_t i = 0; i < pin->userdata_len; i++) {
        ds_put_format(&packets, "%02x", pin->userdata[i]);
    }
    ds_put_char(&packets, ' ');
    match_format(&pin->flow_metadata, NULL, &packets, OFP_DEFAULT_PRIORITY);
    ds_put_char(&packets, '\n');
}

/* Returns true if the switch is up, and otherwise complains. */
static bool
check_up(struct unixctl_conn *conn)
{
    if (!hv.sw || !switch_is_up(hv.sw)) {
        unixctl_command_reply_error(conn, "not up");
        return false;
    }
    return true;
}

/* set FILE: the switch is to have the flows in FILE, as ovs-ofctl takes. */
static void
set_flows(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[],
          void *aux OVS_UNUSED)
{
    if (!check_up(conn)) {
        return;
    } else if (switch_is_busy(hv.sw)) {
        unixctl_command_reply_error(conn, "busy");
        return;
    }
    char *reply = xasprintf("%"PRIuSIZE, set_from_file(argv[1]));
    unixctl_command_reply(conn, reply);
    free(reply);
}

static void
show(struct unixctl_conn *conn, int argc OVS_UNUSED,
     const char *argv[] OVS_UNUSED, void *aux OVS_UNUSED)
{
    struct ds s = DS_EMPTY_INITIALIZER;
    struct sset names = SSET_INITIALIZER(&names);

    if (hv.sw) {
        switch_format(hv.sw, &s);
        switch_port_names(hv.sw, &names);
        ds_put_format(&s, "  tunnel port: %"PRIu32"\n",
                      switch_tunnel_port(hv.sw, ENCAP_MPLSUDP));
    }
    ds_put_format(&s, "up %u, acknowledged %u, ports %"PRIuSIZE
                  " changed %u\n%s", n_up, n_acknowledged,
                  sset_count(&names), n_port_changes, ds_cstr(&packets));
    unixctl_command_reply(conn, ds_cstr(&s));
    sset_destroy(&names);
    ds_destroy(&s);
}

/* role master|slave GENERATION */
static void
set_role(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[],
         void *aux OVS_UNUSED)
{
    switches_set_role(switches, !strcmp(argv[1], "master"),
                      strtoull(argv[2], NULL, 0));
    unixctl_command_reply(conn, NULL);
}

static void
reply_barrier(void *conn)
{
    unixctl_command_reply(conn, NULL);
}

static void
barrier(struct unixctl_conn *conn, int argc OVS_UNUSED,
        const char *argv[] OVS_UNUSED, void *aux OVS_UNUSED)
{
    if (check_up(conn)) {
        switch_send_barrier(hv.sw, reply_barrier, conn);
    }
}

static void
reply_flows(const struct flow_table *have, void *conn)
{
    char *reply = xasprintf("%"PRIuSIZE, have ? flow_table_count(have) : 0);
    unixctl_command_reply(conn, reply);
    free(reply);
}

static void
read_flows(struct unixctl_conn *conn, int argc OVS_UNUSED,
           const char *argv[] OVS_UNUSED, void *aux OVS_UNUSED)
{
    if (check_up(conn)) {
        switch_read_flows(hv.sw, reply_flows, conn);
    }
}

/* packet PORT HEX */
static void
send_packet(struct unixctl_conn *conn, int argc OVS_UNUSED, const char *argv[],
            void *aux OVS_UNUSED)
{
    struct dp_packet packet;

    if (!check_up(conn)) {
        return;
    }
    dp_packet_init(&packet, 64);
    dp_packet_put_hex(&packet, argv[2], NULL);
    switch_send_packet(hv.sw, &packet, switch_port_by_name(hv.sw, argv[1]));
    dp_packet_uninit(&packet);
    unixctl_command_reply(conn, NULL);
}

static void
close_switch(struct unixctl_conn *conn, int argc OVS_UNUSED,
             const char *argv[] OVS_UNUSED, void *aux OVS_UNUSED)
{
    if (check_up(conn)) {
        switch_close(hv.sw);
        hv.sw = NULL;
        unixctl_command_reply(conn, NULL);
    }
}

static void
stop(struct unixctl_conn *conn, int argc OVS_UNUSED,
     const char *argv[] OVS_UNUSED, void *aux OVS_UNUSED)
{
    exiting = true;
    unixctl_command_reply(conn, NULL);
}

static void
register_commands(void)
{
    unixctl_command_register("set", "FILE", 1, 1, set_flows, NULL);
    unixctl_command_register("show", "", 0, 0, show, NULL);
    unixctl_command_register("role", "ROLE ID", 2, 2, set_role, NULL);
    unixctl_command_register("barrier", "", 0, 0, barrier, NULL);
    unixctl_command_register("read", "", 0, 0, read_flows, NULL);
    unixctl_command_register("packet", "PORT HEX", 2, 2, send_packet, NULL);
    unixctl_command_register("close", "", 0, 0, close_switch, NULL);
    unixctl_command_register("exit", "", 0, 0, stop, NULL);
}

static const char *
parse_options(int argc, char *argv[])
{
    enum { OPT_UNIXCTL = UCHAR_MAX + 1, DAEMON_OPTION_ENUMS,
           VLOG_OPTION_ENUMS, SSL_OPTION_ENUMS };
    static const struct option options[] = {
        {"unixctl", required_argument, NULL, OPT_UNIXCTL},
        DAEMON_LONG_OPTIONS,
        VLOG_LONG_OPTIONS,
        STREAM_SSL_LONG_OPTIONS,
        {NULL, 0, NULL, 0},
    };
    char *short_options = ovs_cmdl_long_options_to_short_options(options);
    const char *unixctl = NULL;
    int c;

    while ((c = getopt_long(argc, argv, short_options, options, NULL)) != -1) {
        switch (c) {
        case OPT_UNIXCTL:
            unixctl = optarg;
            break;
        DAEMON_OPTION_HANDLERS
        VLOG_OPTION_HANDLERS
        STREAM_SSL_OPTION_HANDLERS
        default:
            exit(EXIT_FAILURE);
        }
    }
    free(short_options);
    return unixctl;
}

int
main(int argc, char *argv[])
{
    const struct switch_handler handler = {
        .admit = admit,
        .connected = connected,
        .ports_changed = ports_changed,
        .up = up,
        .acknowledged = acknowledged,
        .packet_in = packet_in,
    };
    struct sset methods = SSET_INITIALIZER(&methods);
    struct unixctl_server *server;

    set_program_name(argv[0]);
    fatal_ignore_sigpipe();
    const char *unixctl = parse_options(argc, argv);
    hv.datapath_id = strtoull(argv[optind], NULL, 16);
    sset_add_array(&methods, &argv[optind + 1], argc - optind - 1);

    daemonize_start(false);
    if (unixctl_server_create(unixctl, &server)) {
        exit(EXIT_FAILURE);
    }
    register_commands();
    switches = switches_create(&methods, &handler);
    switches_set_role(switches, true, 1);
    daemonize_complete();

    while (!exiting) {
        switches_run(switches);
        unixctl_server_run(server);
        switches_wait(switches);
        unixctl_server_wait(server);
        if (exiting) {
            poll_immediate_wake();
        }
        poll_block();
    }
    switches_destroy(switches);
    unixctl_server_destroy(server);
    sset_destroy(&methods);
    ds_destroy(&packets);
    return 0;
}
