/* SPDX-License-Identifier: Apache-2.0
 *
 * ovs-appctl mplsudp/show [PORT]: what each port was told, what it does, and
 * what it refused. */

#include <config.h>

#include "vport-mplsudp-private.h"

#include "label-actions.h"
#include "netdev-offload.h"
#include "netdev-vport.h"
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "receive-cache.h"
#include "smap.h"
#include "timeval.h"
#include "unixctl.h"

static bool
any_way(enum mplsudp_drop reason)
{
    return reason != MPLSUDP_PASS;
}

/* Prints how many packets were refused for each reason for which 'applies'
 * returns true: counts with an explanation, then the names of what never
 * happened. */
static void
show_drops(struct ds *ds, const char *title,
           const struct vport_mplsudp_drops *drops,
           bool (*applies)(enum mplsudp_drop))
{
    struct ds none = DS_EMPTY_INITIALIZER;

    ds_put_format(ds, "    %s:\n", title);
    for (int i = 0; i < MPLSUDP_N_VERDICTS; i++) {
        uint64_t n = vport_mplsudp_n_drops(drops, i);

        if (n) {
            ds_put_format(ds, "        %s: %"PRIu64" (%s)\n",
                          mplsudp_drop_name(i), n, mplsudp_drop_text(i));
        } else if (applies(i)) {
            ds_put_format(&none, " %s", mplsudp_drop_name(i));
        }
    }
    ds_put_format(ds, "        0 each:%s\n", ds_cstr(&none));
    ds_destroy(&none);
}

/* Prints how many packets were refused for each reason, if any were. */
void
vport_mplsudp_show_drops(struct ds *ds, const char *title,
                         const struct vport_mplsudp_drops *drops)
{
    for (int i = 0; i < MPLSUDP_N_VERDICTS; i++) {
        uint64_t n = vport_mplsudp_n_drops(drops, i);

        if (n) {
            if (title) {
                ds_put_format(ds, "%s:\n", title);
                title = NULL;
            }
            ds_put_format(ds, "    %s: %"PRIu64" (%s)\n",
                          mplsudp_drop_name(i), n, mplsudp_drop_text(i));
        }
    }
}

static void
show_options(struct ds *ds, const struct mplsudp_config *config)
{
    const struct mplsudp_option *option = NULL;

    ds_put_cstr(ds, "    options:");
    while ((option = mplsudp_option_next(config->type, option)) != NULL) {
        char text[OPTION_TEXT_SIZE];

        if (option->format(config, text)) {
            ds_put_format(ds, " %s=%s", option->name, text);
        }
    }
    ds_put_char(ds, '\n');
}

/* Says why the port is not used, if another was changed to be like it or it
 * was changed to be like another. */
static void
show_conflict(struct ds *ds, const struct netdev *netdev,
              const struct vport_mplsudp *port,
              const struct mplsudp_config *config)
{
    if (!port->source) {
        char *conflict = vport_mplsudp_find_conflict(netdev, config);

        ds_put_format(ds, "    not in use: %s\n",
                      conflict ? conflict : "no bridge has it");
        free(conflict);
    }
}

static void
show_mtu(struct ds *ds, const struct mplsudp_config *config)
{
    ds_put_cstr(ds, "    tunnel MTU: ");
    if (config->remote_ip.set) {
        struct in6_addr dst;

        memcpy(&dst, config->remote_ip.bytes, sizeof dst);
        ds_put_format(ds, "%u\n",
                      vport_mplsudp_tunnel_mtu(config,
                                               config->egress_pkt_mark,
                                               &dst));
    } else if (config->tunnel_mtu) {
        ds_put_format(ds, "%u, or the route's if less\n",
                      config->tunnel_mtu);
    } else {
        ds_put_cstr(ds, "each route's\n");
    }
}

static int
compare_peers(const void *a_, const void *b_)
{
    const struct vport_mplsudp_pmtu *a = a_;
    const struct vport_mplsudp_pmtu *b = b_;

    return memcmp(&a->peer, &b->peer, sizeof a->peer);
}

/* Prints the path MTUs that were learned for the far ends that a port with
 * '*config' sends to. */
static void
show_path_mtus(struct ds *ds, const struct mplsudp_config *config)
{
    struct vport_mplsudp_pmtu *pmtus;
    size_t n;

    pmtus = vport_mplsudp_learned(&n);
    qsort(pmtus, n, sizeof *pmtus, compare_peers);
    for (size_t i = 0; i < n; i++) {
        const struct in6_addr *peer = &pmtus[i].peer;

        if (config->remote_ip.set
            ? !memcmp(config->remote_ip.bytes, peer, sizeof *peer)
            : !config->peers.n
              || option_peers_include(&config->peers, peer->s6_addr)) {
            ds_put_cstr(ds, "    path MTU to ");
            ipv6_format_mapped(peer, ds);
            ds_put_format(ds, ": %"PRIu16", learned from ICMP, for %lld s\n",
                          pmtus[i].mtu,
                          MAX(0, pmtus[i].expires - time_msec()) / 1000);
        }
    }
    free(pmtus);
}

/* Prints what became of ICMP errors, if there were any. */
static void
show_icmp(struct ds *ds)
{
    struct ds counts = DS_EMPTY_INITIALIZER;
    uint64_t n = vport_mplsudp_n_icmp(ICMP_QUOTE_PASS);

    if (n) {
        ds_put_format(&counts, "    learned: %"PRIu64"\n", n);
    }
    for (int i = ICMP_QUOTE_PASS + 1; i < ICMP_QUOTE_N_VERDICTS; i++) {
        n = vport_mplsudp_n_icmp(i);
        if (n) {
            ds_put_format(&counts, "    ignored, %s: %"PRIu64" (%s)\n",
                          icmp_quote_name(i), n, icmp_quote_text(i));
        }
    }
    if (counts.length) {
        ds_put_format(ds, "ICMP errors that told of a path MTU:\n%s",
                      ds_cstr(&counts));
    }
    ds_destroy(&counts);
}

/* Prints whether received packets may take the short way, and how many did. */
static void
show_direct_receive(struct ds *ds)
{
    struct receive_totals totals;

    receive_cache_totals(&totals);
    ds_put_format(ds, "direct receive: %s\n"
                  "    packets: %"PRIu64" hit, %"PRIu64" popped, "
                  "%"PRIu64" passed\n"
                  "    learned: %"PRIuSIZE" peers, %"PRIuSIZE" entries\n",
                  receive_cache_is_on() ? "on"
                  : netdev_is_flow_api_enabled() ? "off (hw-offload)"
                  : "off (other_config:mplsudp-direct-receive)",
                  totals.n_hits, totals.n_popped, totals.n_passed,
                  totals.n_peers, totals.n_entries);
}

static void
show_source(struct ds *ds, const struct vport_mplsudp *port)
{
    const struct vport_mplsudp_source *source = port->source;
    const struct vport_mplsudp *other;

    if (!source) {
        return;
    }
    show_drops(ds, "refused on receive", &source->drops,
               mplsudp_drop_on_receive);
    LIST_FOR_EACH (other, source_node, &source->ports) {
        if (other != port) {
            ds_put_format(ds, "        (counted together with port %s, which "
                          "has the same remote_ip)\n", other->name);
        }
    }
}

static void
show_user_port(struct ds *ds, const struct netdev *netdev,
               const struct vport_mplsudp *port,
               const struct mplsudp_config *config)
{
    char namebuf[NETDEV_VPORT_NAME_BUFSIZE];
    struct netdev_stats stats;

    ds_put_format(ds, "%s: type=%s, datapath port %s\n", port->name,
                  netdev_get_type(netdev),
                  netdev_vport_get_dpif_port(netdev, namebuf,
                                             sizeof namebuf));
    show_options(ds, config);
    show_conflict(ds, netdev, port, config);
    show_mtu(ds, config);
    show_path_mtus(ds, config);
    if (!config->entropy && config->type == MPLSUDP_TYPE_UDP) {
        ds_put_format(ds, "    UDP source port: %u\n", port->fixed_src_port);
    }
    if (!netdev_get_stats(netdev, &stats)) {
        ds_put_format(ds, "    received: %"PRIu64" packets, %"PRIu64" bytes\n"
                      "    sent: %"PRIu64" packets, %"PRIu64" bytes\n",
                      stats.rx_packets, stats.rx_bytes,
                      stats.tx_packets, stats.tx_bytes);
    }
    show_source(ds, port);
    show_drops(ds, "refused to send", &port->drops,
               mplsudp_drop_on_transmit);
}

static void
show_port(struct ds *ds, const struct netdev *netdev)
{
    const struct vport_mplsudp *port = vport_mplsudp_cast(netdev);
    const struct mplsudp_config *config = vport_mplsudp_get(port);

    if (config) {
        show_user_port(ds, netdev, port, config);
    } else {
        ds_put_format(ds, "%s: datapath port\n", port->name);
        show_drops(ds, "refused in all", &port->drops, any_way);
    }
}

static int
compare_names(const void *a_, const void *b_)
{
    struct netdev *const *a = a_;
    struct netdev *const *b = b_;

    return strcmp(netdev_get_name(*a), netdev_get_name(*b));
}

static void
mplsudp_show(struct unixctl_conn *conn, int argc, const char *argv[],
             void *aux OVS_UNUSED)
{
    struct ds ds = DS_EMPTY_INITIALIZER;
    struct netdev **vports;
    size_t n;

    vports = netdev_get_vports(&n);
    qsort(vports, n, sizeof *vports, compare_names);
    for (size_t i = 0; i < n; i++) {
        if (vport_mplsudp_is_class(vports[i])
            && (argc < 2 || !strcmp(argv[1], netdev_get_name(vports[i])))) {
            show_port(&ds, vports[i]);
        }
        netdev_close(vports[i]);
    }
    free(vports);
    if (argc < 2) {
        show_direct_receive(&ds);
        show_icmp(&ds);
        label_actions_show(&ds);
    }

    if (argc > 1 && !ds.length) {
        ds_put_format(&ds, "%s: no port of type mplsudp, mplsgre or "
                      "mplsip has this name", argv[1]);
        unixctl_command_reply_error(conn, ds_cstr(&ds));
    } else {
        unixctl_command_reply(conn, ds_cstr(&ds));
    }
    ds_destroy(&ds);
}

void
vport_mplsudp_show_init(void)
{
    unixctl_command_register("mplsudp/show", "[port]", 0, 1, mplsudp_show,
                             NULL);
}
