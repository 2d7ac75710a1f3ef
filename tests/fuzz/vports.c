/* SPDX-License-Identifier: Apache-2.0 */

#include "vports.h"

#include "openvswitch/vlog.h"
#include "ovs-router.h"
#include "packets.h"
#include "random.h"
#include "seq.h"
#include "smap.h"
#include "wire.h"

enum { ROW_MAX = 12 };

/* Options of user ports, in pairs of name and value.  Each row makes a port
 * for each type over IPv4 with remote_ip 192.0.2.N and over IPv6 with
 * 2001:db8::N, where N is 16 and the row's number; rows with the option
 * "peers" one with remote_ip=flow. */
static const char *const rows[][ROW_MAX] = {
    { "payload", "mpls", "ttl", "inherit", "tos", "inherit" },
    { "payload", "ethernet" },
    { "payload", "ip" },
    { "payload", "auto" },
    { "payload", "ethernet", "control_word", "false", "label_ttl", "inherit",
      "label_tc", "inherit", "ttl", "inherit" },
    { "payload", "mpls", "entropy", "false", "tos", "0xb8", "ttl", "3" },
    { "payload", "auto", "ttl", "inherit", "label_ttl", "inherit", "tos",
      "inherit", "label_tc", "inherit" },
    { "payload", "ip", "label_ttl", "9", "label_tc", "5", "labels",
      "1000/1001/1002", "entropy_label", "true", "tunnel_mtu", "200" },
    { "payload", "ethernet", "labels", "1000", "entropy_label", "true",
      "entropy", "false", "tunnel_mtu", "68" },
    { "payload", "ip", "peers", "192.0.2.128/25,2001:db8::80/121,::/96" },
};

/* For mplsudp over IPv6 beside those above: N is 64 and the row's number. */
static const char *const udp6_rows[][ROW_MAX] = {
    { "payload", "ip", "zero_csum6_rx", "true", "local_ip", "2001:db8::2",
      "csum", "false" },
    { "payload", "mpls", "zero_csum6_rx", "true", "local_ip", "2001:db8::2",
      "csum", "false" },
};

/* For one key only. */
static const char *const keyed_row[ROW_MAX] = {
    "payload", "auto", "in_key", "16"
};

struct vports_datapath vports_datapath[VPORTS_N_DATAPATH];
struct vports_user *vports_users;
size_t vports_n_users;

static struct netdev *
open_netdev(const char *name, const char *type)
{
    struct netdev *netdev;

    FUZZ_CHECK(!netdev_open(name, type, &netdev));
    return netdev;
}

static void
init_datapath(int i, const char *name, const char *type, uint16_t dst_port)
{
    vports_datapath[i].netdev = open_netdev(name, type);
    vports_datapath[i].port = vport_mplsudp_cast(vports_datapath[i].netdev);
    vports_datapath[i].dst_port = dst_port;
}

/* Adds a user port of datapath port 'datapath' with the options of 'row' to
 * 'remote', which may be null if 'row' has peers. */
static void
add_user(unsigned int datapath, const char *remote,
         const char *const row[ROW_MAX])
{
    const struct vports_datapath *d = &vports_datapath[datapath];
    struct smap args = SMAP_INITIALIZER(&args);
    struct vports_user *user;
    char name[16], *error = NULL;

    vports_users = xrealloc(vports_users,
                            (vports_n_users + 1) * sizeof *vports_users);
    user = &vports_users[vports_n_users++];
    memset(user, 0, sizeof *user);
    smap_add(&args, "remote_ip", remote);
    if (strcmp(row[1], "mpls")) {
        smap_add(&args, "key", "flow");
    }
    if (d->dst_port) {
        smap_add_format(&args, "dst_port", "%u", d->dst_port);
    }
    for (int i = 0; i < ROW_MAX && row[i]; i += 2) {
        smap_add(&args, row[i], row[i + 1]);
    }
    snprintf(name, sizeof name, "mu%"PRIuSIZE, vports_n_users);
    user->netdev = open_netdev(name, netdev_get_type(d->netdev));
    if (netdev_set_config(user->netdev, &args, &error)) {
        fprintf(stderr, "%s\n", error);
        abort();
    }
    smap_destroy(&args);
    user->datapath = datapath;
    user->port = vport_mplsudp_cast(user->netdev);
    user->config = vport_mplsudp_get(user->port);
    vport_mplsudp_publish(user->netdev);
}

static void
add_users(unsigned int datapath)
{
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char remote[INET6_ADDRSTRLEN];

        if (rows[i][2] && !strcmp(rows[i][2], "peers")) {
            add_user(datapath, "flow", rows[i]);
            continue;
        }
        snprintf(remote, sizeof remote, "192.0.2.%"PRIuSIZE, 16 + i);
        add_user(datapath, remote, rows[i]);
        snprintf(remote, sizeof remote, "2001:db8::%"PRIxSIZE, 16 + i);
        add_user(datapath, remote, rows[i]);
    }
}

void
vports_init(void)
{
    static bool done;

    if (done) {
        return;
    }
    done = true;
    random_set_seed(1);
    vlog_set_levels(NULL, VLF_ANY_DESTINATION, VLL_OFF);
    tnl_conf_seq = seq_create();    /* The routes want it. */
    ovs_router_init();
    init_datapath(0, "mudp_sys_6635", "mplsudp", 6635);
    init_datapath(1, "mgre_sys", "mplsgre", 0);
    init_datapath(2, "mip_sys", "mplsip", 0);
    init_datapath(3, "mudp_sys_6637", "mplsudp", 6637);
    for (unsigned int i = 0; i < VPORTS_N_DATAPATH - 1; i++) {
        add_users(i);
    }
    for (size_t i = 0; i < ARRAY_SIZE(udp6_rows); i++) {
        char remote[INET6_ADDRSTRLEN];

        snprintf(remote, sizeof remote, "2001:db8::%"PRIxSIZE, 64 + i);
        add_user(0, remote, udp6_rows[i]);
    }
    /* Other options than the same address has on the other UDP port. */
    add_user(3, "192.0.2.16", rows[1]);
    add_user(3, "192.0.2.17", rows[2]);
    add_user(3, "2001:db8::16", rows[0]);
    add_user(0, "192.0.2.80", keyed_row);
    add_user(1, "2001:db8::50", keyed_row);
    add_user(2, "192.0.2.80", keyed_row);
}

/* Returns true if 'peers' has a network with 'address'. */
static bool
peers_include(const struct mplsudp_peers *peers,
              const struct in6_addr *address)
{
    for (uint32_t i = 0; i < peers->n; i++) {
        struct in6_addr mask = ipv6_create_mask(peers->networks[i].prefix);
        struct in6_addr network = ipv6_addr_bitand(address, &mask);

        if (!memcmp(&network, peers->networks[i].address, sizeof network)) {
            return true;
        }
    }
    return false;
}

struct vports_user *
vports_find(enum mplsudp_type type, uint16_t dst_port,
            const struct in6_addr *remote)
{
    struct vports_user *any = NULL;

    for (size_t i = 0; i < vports_n_users; i++) {
        const struct mplsudp_config *config = vports_users[i].config;

        if (config->type != type || config->dst_port != dst_port) {
            continue;
        } else if (config->remote_ip.flow) {
            if (peers_include(&config->peers, remote)) {
                any = &vports_users[i];
            }
        } else if (!memcmp(config->remote_ip.bytes, remote, sizeof *remote)) {
            return &vports_users[i];
        }
    }
    return any;
}

enum mplsudp_drop
vports_take_drop(struct vports_datapath *datapath)
{
    enum mplsudp_drop found = MPLSUDP_PASS;

    for (int i = 0; i < MPLSUDP_N_VERDICTS; i++) {
        uint64_t n = vport_mplsudp_n_drops(&datapath->port->drops, i);

        if (n != datapath->drops[i]) {
            FUZZ_CHECK(found == MPLSUDP_PASS && i != MPLSUDP_PASS);
            FUZZ_CHECK(n == datapath->drops[i] + 1);
            found = i;
        }
    }
    FUZZ_CHECK(found != MPLSUDP_PASS);
    datapath->drops[found]++;
    return found;
}

BUILD_ASSERT_DECL(sizeof(atomic_uint64_t) == sizeof(uint64_t));

/* There is one thread, so atomic counters are plain numbers. */
static void
check_drops(const struct vport_mplsudp_drops *drops,
            const uint64_t expected[MPLSUDP_N_VERDICTS])
{
    FUZZ_CHECK(!memcmp(drops->n, expected, sizeof drops->n));
}

void
vports_check_counters(void)
{
    for (int i = 0; i < VPORTS_N_DATAPATH; i++) {
        check_drops(&vports_datapath[i].port->drops,
                    vports_datapath[i].drops);
    }
    for (size_t i = 0; i < vports_n_users; i++) {
        check_drops(&vports_users[i].port->source->drops,
                    vports_users[i].receive_drops);
        check_drops(&vports_users[i].port->drops,
                    vports_users[i].transmit_drops);
    }
}

struct dp_packet *
vports_packet(const uint8_t *data, size_t size, size_t headroom,
              ovs_be32 packet_type)
{
    struct dp_packet *packet = dp_packet_new_with_headroom(size, headroom);

    dp_packet_put(packet, data, size);
    packet->packet_type = packet_type;
    pkt_metadata_init(&packet->md, u32_to_odp(1));
    return packet;
}

void
vports_extract(struct dp_packet *packet, struct flow *flow)
{
    struct {
        struct miniflow mf;
        uint64_t buf[FLOW_U64S];
    } m;

    miniflow_extract(packet, &m.mf);
    miniflow_expand(&m.mf, flow);
}

bool
vports_read_input(const uint8_t **data, size_t *size,
                  struct vports_input *input)
{
    if (*size < 4) {
        return false;
    }
    input->flags = (*data)[0];
    input->size = MIN(wire_get16(*data + 1), *size - 3);
    input->data = *data + 3;
    *data = input->data + input->size;
    *size -= 3 + input->size;
    return input->size > 0;
}

void
vports_read_header(const uint8_t *data, struct vports_header *header)
{
    struct netdev_tnl_build_header_params params;
    struct flow_tnl *tnl = &header->flow.tunnel;
    uint8_t *template = (uint8_t *) header->action.header;
    size_t ofs = wire_get16(data + 12);
    struct eth_addr dmac = ETH_ADDR_C(02, 00, 00, 00, 0b, 01);
    struct eth_addr smac = ETH_ADDR_C(02, 00, 00, 00, 0a, 01);

    memset(header, 0, sizeof *header);
    header->user = &vports_users[data[0] % vports_n_users];
    memcpy(&header->src, header->user->config->remote_ip.bytes,
           sizeof header->src);
    if (header->user->config->remote_ip.flow) {
        /* Of the port's peers, or not. */
        header->src = in6_addr_mapped_ipv4(htonl(0xc0000200 | data[3]));
    }
    tnl->ip_ttl = data[1] ? data[1] : 64;
    tnl->ip_tos = data[2] & 0xfc;
    tnl->flags = data[2] & 1 ? FLOW_TNL_F_DONT_FRAGMENT : 0;
    tnl->tun_id = htonll((uint64_t) wire_get32(data + 4) << 32
                         | wire_get32(data + 8));
    if (IN6_IS_ADDR_V4MAPPED(&header->src)) {
        tnl->ip_dst = htonl(0xc0000202);
    } else {
        /* Where a zero UDP checksum is accepted. */
        memcpy(&tnl->ipv6_dst, &header->src, sizeof tnl->ipv6_dst);
        tnl->ipv6_dst.s6_addr[15] = 2;
    }
    netdev_init_tnl_build_header_params(&params, &header->flow, &header->src,
                                        dmac, smac);
    header->action.out_port = u32_to_odp(7);
    FUZZ_CHECK(!vport_mplsudp_build_header(header->user->netdev,
                                           &header->action, &params));
    FUZZ_CHECK(header->action.header_len <= sizeof header->action.header);
    header->intact = !data[14] || ofs >= header->action.header_len;
    if (!header->intact) {
        template[ofs] ^= data[14];
    }
}
