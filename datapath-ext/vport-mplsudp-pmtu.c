/* SPDX-License-Identifier: Apache-2.0
 *
 * Path MTUs learned from ICMP (RFC 4023 section 5.1, RFC 1191, RFC 8201).
 *
 * Translation hands over each ICMP "fragmentation needed" or "packet too big"
 * that it outputs to a port with an IP address, which gets it all the same.
 * lib/icmp-quote.h refuses what is no answer to any tunnel packet, and what is
 * below refuses what is no answer to a packet of one of our ports.
 *
 * What remains is a property of the path, so it is kept by the far end's
 * address, and holds for all tunnels to it, for ten minutes (RFC 1191 section
 * 6.3, RFC 8201 section 4).
 *
 * Handler threads learn, any thread asks, the main thread expires. */

#include <config.h>

#include "vport-mplsudp-private.h"

#include <netinet/icmp6.h>

#include "coverage.h"
#include "dp-packet.h"
#include "flow.h"
#include "hash.h"
#include "icmp-quote.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/hmap.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "ovs-router.h"
#include "ovs-thread.h"
#include "packets.h"
#include "seq.h"
#include "timeval.h"

VLOG_DEFINE_THIS_MODULE(vport_mplsudp_pmtu);

COVERAGE_DEFINE(mplsudp_pmtu_learned);
COVERAGE_DEFINE(mplsudp_pmtu_ignored);

enum {
    LIFETIME_MS = 10 * 60 * 1000,
    LEARNED_MAX = 4096,         /* Beyond it, the oldest is forgotten. */
    FAR_ENDS_MAX = 16384,       /* Beyond it, all are. */
    TELL_INTERVAL_MS = 1000,    /* All flows are translated anew no more often,
                                 * whatever ICMP errors claim. */
    ICMP4_FRAGMENTATION_NEEDED = 4      /* Code of ICMP4_DST_UNREACH. */
};

struct learned {
    struct hmap_node node;      /* In 'learned', by 'peer'. */
    struct vport_mplsudp_pmtu pmtu;
};

static struct ovs_mutex learned_mutex = OVS_MUTEX_INITIALIZER;
static struct hmap learned OVS_GUARDED_BY(learned_mutex)
    = HMAP_INITIALIZER(&learned);
static long long int next_expiry OVS_GUARDED_BY(learned_mutex) = LLONG_MAX;

/* Addresses that headers were built for: only of paths to them something can
 * be learned. */
struct far_end {
    struct hmap_node node;      /* In 'far_ends', by 'address'. */
    struct in6_addr address;
};
static struct hmap far_ends OVS_GUARDED_BY(learned_mutex)
    = HMAP_INITIALIZER(&far_ends);

/* Whether flows were translated with MTUs that are no longer right, and when
 * that was last told. */
static bool untold OVS_GUARDED_BY(learned_mutex);
static long long int last_told = LLONG_MIN / 2;     /* Main thread only. */
static struct seq *untold_seq;  /* Wakes the main thread. */
static uint64_t untold_seqno;   /* Main thread only. */

/* ICMP errors by what became of them; ICMP_QUOTE_PASS: learned from. */
static atomic_uint64_t n_errors[ICMP_QUOTE_N_VERDICTS];

static struct learned *
find_learned(const struct in6_addr *peer)
    OVS_REQUIRES(learned_mutex)
{
    struct learned *entry;

    HMAP_FOR_EACH_WITH_HASH (entry, node, hash_bytes(peer, sizeof *peer, 0),
                             &learned) {
        if (ipv6_addr_equals(&entry->pmtu.peer, peer)) {
            return entry;
        }
    }
    return NULL;
}

static bool
is_far_end(const struct in6_addr *address)
    OVS_REQUIRES(learned_mutex)
{
    const struct far_end *end;

    HMAP_FOR_EACH_WITH_HASH (end, node,
                             hash_bytes(address, sizeof *address, 0),
                             &far_ends) {
        if (ipv6_addr_equals(&end->address, address)) {
            return true;
        }
    }
    return false;
}

/* Called when a header is built for packets to 'address'. */
void
vport_mplsudp_note_far_end(const struct in6_addr *address)
{
    ovs_mutex_lock(&learned_mutex);
    if (!is_far_end(address)) {
        struct far_end *end;

        if (hmap_count(&far_ends) >= FAR_ENDS_MAX) {
            HMAP_FOR_EACH_POP (end, node, &far_ends) {
                free(end);
            }
        }
        end = xmalloc(sizeof *end);
        end->address = *address;
        hmap_insert(&far_ends, &end->node,
                    hash_bytes(address, sizeof *address, 0));
    }
    ovs_mutex_unlock(&learned_mutex);
}

static void
forget(struct learned *entry)
    OVS_REQUIRES(learned_mutex)
{
    hmap_remove(&learned, &entry->node);
    free(entry);
}

static void
forget_oldest(void)
    OVS_REQUIRES(learned_mutex)
{
    struct learned *entry, *oldest = NULL;

    HMAP_FOR_EACH (entry, node, &learned) {
        if (!oldest || entry->pmtu.expires < oldest->pmtu.expires) {
            oldest = entry;
        }
    }
    if (oldest) {
        forget(oldest);
    }
}

/* From now on, no tunnel sends larger packets than 'mtu' bytes to 'peer'. */
static void
remember(const struct in6_addr *peer, uint16_t mtu)
{
    struct learned *entry;

    ovs_mutex_lock(&learned_mutex);
    entry = find_learned(peer);
    if (!entry) {
        if (hmap_count(&learned) >= LEARNED_MAX) {
            forget_oldest();
        }
        entry = xmalloc(sizeof *entry);
        entry->pmtu.peer = *peer;
        entry->pmtu.mtu = UINT16_MAX;
        hmap_insert(&learned, &entry->node,
                    hash_bytes(peer, sizeof *peer, 0));
    }
    /* Another handler may have learned less a moment ago. */
    if (mtu < entry->pmtu.mtu) {
        entry->pmtu.mtu = mtu;
        untold = true;
    }
    entry->pmtu.expires = time_msec() + LIFETIME_MS;
    next_expiry = MIN(next_expiry, entry->pmtu.expires);
    ovs_mutex_unlock(&learned_mutex);
    seq_change(untold_seq);
}

/* Returns the path MTU learned for 'peer', in bytes, or UINT16_MAX. */
uint16_t
vport_mplsudp_learned_mtu(const struct in6_addr *peer)
{
    const struct learned *entry;
    uint16_t mtu;

    ovs_mutex_lock(&learned_mutex);
    entry = find_learned(peer);
    mtu = entry ? entry->pmtu.mtu : UINT16_MAX;
    ovs_mutex_unlock(&learned_mutex);
    return mtu;
}

/* Returns all that is learned, and stores in '*n' how much that is.  The
 * caller frees it. */
struct vport_mplsudp_pmtu *
vport_mplsudp_learned(size_t *n)
{
    struct vport_mplsudp_pmtu *pmtus;
    const struct learned *entry;

    ovs_mutex_lock(&learned_mutex);
    pmtus = xmalloc(hmap_count(&learned) * sizeof *pmtus);
    *n = 0;
    HMAP_FOR_EACH (entry, node, &learned) {
        pmtus[(*n)++] = entry->pmtu;
    }
    ovs_mutex_unlock(&learned_mutex);
    return pmtus;
}

/* Returns the number of ICMP errors that were ignored for 'verdict', or
 * learned from if that is ICMP_QUOTE_PASS. */
uint64_t
vport_mplsudp_n_icmp(enum icmp_quote_verdict verdict)
{
    uint64_t n;

    atomic_read_relaxed(&n_errors[verdict], &n);
    return n;
}

/* Called once, before any port exists. */
void
vport_mplsudp_pmtu_init(void)
{
    untold_seq = seq_create();
}

static void
forget_expired(long long int now)
    OVS_REQUIRES(learned_mutex)
{
    struct learned *entry;

    if (now < next_expiry) {
        return;
    }
    next_expiry = LLONG_MAX;
    HMAP_FOR_EACH_SAFE (entry, node, &learned) {
        if (now >= entry->pmtu.expires) {
            forget(entry);
            untold = true;
        } else {
            next_expiry = MIN(next_expiry, entry->pmtu.expires);
        }
    }
}

/* Forgets what has expired, and has all flows translated again after path MTUs
 * changed.  Main thread only. */
void
vport_mplsudp_pmtu_run(void)
{
    long long int now = time_msec();
    bool tell;

    if (!untold_seq) {
        return;
    }
    untold_seqno = seq_read(untold_seq);
    ovs_mutex_lock(&learned_mutex);
    forget_expired(now);
    tell = untold && now >= last_told + TELL_INTERVAL_MS;
    if (tell) {
        untold = false;
    }
    ovs_mutex_unlock(&learned_mutex);
    if (tell) {
        last_told = now;
        seq_change(tnl_conf_seq);
    }
}

/* Wakes the main thread when there is something to do. */
void
vport_mplsudp_pmtu_wait(void)
{
    if (!untold_seq) {
        return;
    }
    seq_wait(untold_seq, untold_seqno);
    ovs_mutex_lock(&learned_mutex);
    if (next_expiry != LLONG_MAX) {
        poll_timer_wait_until(next_expiry);
    }
    if (untold) {
        poll_timer_wait_until(last_told + TELL_INTERVAL_MS);
    }
    ovs_mutex_unlock(&learned_mutex);
}

/* Returns true if 'address' is one of 'netdev'. */
static bool
netdev_has_address(const struct netdev *netdev, const struct in6_addr *address)
{
    struct in6_addr *addresses, *masks;
    bool found = false;
    int n;

    if (netdev_get_addr_list(netdev, &addresses, &masks, &n)) {
        return false;
    }
    for (int i = 0; i < n; i++) {
        found = found || ipv6_addr_equals(&addresses[i], address);
    }
    free(addresses);
    free(masks);
    return found;
}

/* Returns true if a port with '*config' may send from 'src' to 'dst', both
 * known to be what its type allows. */
static bool
sends_from(const struct mplsudp_config *config, const struct in6_addr *src,
           const struct in6_addr *dst)
{
    struct in6_addr route_src = in6addr_any;
    char device[IFNAMSIZ];
    struct in6_addr gw;

    if (config->local_ip.flow) {
        return true;
    } else if (config->local_ip.set) {
        return !memcmp(config->local_ip.bytes, src, sizeof *src);
    }
    return ovs_router_lookup(config->egress_pkt_mark, dst, device, &route_src,
                             &gw)
           && ipv6_addr_equals(&route_src, src);
}

/* Returns ICMP_QUOTE_PASS if 'port' may have sent what 'quote' is about, else
 * why not. */
static enum icmp_quote_verdict
check_port(const struct vport_mplsudp *port, const struct icmp_quote *quote)
{
    const struct mplsudp_config *config = vport_mplsudp_get(port);
    struct in6_addr src, dst;

    if (!config) {
        return ICMP_QUOTE_NO_PORT;
    }
    memcpy(&src, quote->src, sizeof src);
    memcpy(&dst, quote->dst, sizeof dst);
    if (!sends_from(config, &src, &dst)) {
        return ICMP_QUOTE_LOCAL_ADDRESS;
    }
    if (quote->type == MPLSUDP_TYPE_UDP) {
        if (!config->entropy && quote->src_port != port->fixed_src_port) {
            return ICMP_QUOTE_SOURCE_PORT;
        }
        if (quote->has_udp_sum != config->csum) {
            return ICMP_QUOTE_UDP_SUM;
        }
    }
    return quote->size > vport_mplsudp_tunnel_mtu(config,
                                                  config->egress_pkt_mark,
                                                  &dst)
           ? ICMP_QUOTE_NOT_SENT : ICMP_QUOTE_PASS;
}

/* Returns ICMP_QUOTE_PASS if one of our ports may have sent what 'quote' is
 * about, else why the one that comes closest may not. */
static enum icmp_quote_verdict
check_ports(const struct icmp_quote *quote)
{
    enum icmp_quote_verdict verdict = ICMP_QUOTE_NO_PORT;
    const struct vport_mplsudp **ports;
    struct in6_addr dst;
    bool far_end;
    size_t n;

    memcpy(&dst, quote->dst, sizeof dst);
    ovs_mutex_lock(&learned_mutex);
    far_end = is_far_end(&dst);
    ovs_mutex_unlock(&learned_mutex);
    if (!far_end) {
        return verdict;
    }
    ports = vport_mplsudp_senders(quote->type, quote->dst_port, &dst, &n);
    for (size_t i = 0; i < n && verdict != ICMP_QUOTE_PASS; i++) {
        enum icmp_quote_verdict v = check_port(ports[i], quote);

        verdict = v ? MAX(verdict, v) : ICMP_QUOTE_PASS;
    }
    free(ports);
    return verdict;
}

static void
log_learned(const struct in6_addr *peer, uint16_t mtu)
{
    static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(5, 20);
    struct ds s = DS_EMPTY_INITIALIZER;

    ipv6_format_mapped(peer, &s);
    VLOG_INFO_RL(&rl, "path MTU to %s is %"PRIu16", says ICMP", ds_cstr(&s),
                 mtu);
    ds_destroy(&s);
}

/* Learns from 'packet', an ICMP error that goes to 'netdev'. */
static enum icmp_quote_verdict
learn(const struct netdev *netdev, const struct dp_packet *packet)
{
    const uint8_t *ip = dp_packet_l3(packet);
    enum icmp_quote_verdict verdict;
    struct in6_addr src, dst;
    struct icmp_quote quote;

    if (!ip) {
        return ICMP_QUOTE_TRUNCATED;
    }
    verdict = icmp_quote_read(ip, dp_packet_l3_size(packet), &quote);
    if (verdict) {
        return verdict;
    }
    memcpy(&src, quote.src, sizeof src);
    memcpy(&dst, quote.dst, sizeof dst);
    if (!netdev_has_address(netdev, &src)) {
        return ICMP_QUOTE_LOCAL_ADDRESS;
    }
    verdict = check_ports(&quote);
    if (verdict) {
        return verdict;
    }
    remember(&dst, quote.mtu);
    log_learned(&dst, quote.mtu);
    return ICMP_QUOTE_PASS;
}

/* Returns true if 'flow' is one of ICMP errors that tell of a path MTU, after
 * setting in 'wc' what that depends on. */
static bool
is_too_big(const struct flow *flow, struct flow_wildcards *wc)
{
    if (is_icmpv4(flow, wc)) {
        WC_MASK_FIELD(wc, tp_src);
        if (flow->tp_src == htons(ICMP4_DST_UNREACH)) {
            WC_MASK_FIELD(wc, tp_dst);
            return flow->tp_dst == htons(ICMP4_FRAGMENTATION_NEEDED);
        }
    } else if (is_icmpv6(flow, wc)) {
        WC_MASK_FIELD(wc, tp_src);
        return flow->tp_src == htons(ICMP6_PACKET_TOO_BIG);
    }
    return false;
}

/* Called when translation outputs 'flow' to 'netdev', which has an IP address,
 * and no tunnel takes it.  Returns true if packets of 'flow' may tell of a
 * path MTU, so that each of them must come to translation.  If 'packet' is
 * nonnull, it is one of them, and is learned from. */
bool
vport_mplsudp_snoop_icmp(const struct flow *flow, struct flow_wildcards *wc,
                         const struct netdev *netdev,
                         const struct dp_packet *packet)
{
    if (!vport_mplsudp_have_sources() || !is_too_big(flow, wc)) {
        return false;
    }
    if (packet) {
        enum icmp_quote_verdict verdict = learn(netdev, packet);
        uint64_t old;

        if (verdict) {
            COVERAGE_INC(mplsudp_pmtu_ignored);
        } else {
            COVERAGE_INC(mplsudp_pmtu_learned);
        }
        atomic_add_relaxed(&n_errors[verdict], 1, &old);
    }
    return true;
}
