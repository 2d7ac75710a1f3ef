/* SPDX-License-Identifier: Apache-2.0
 *
 * tunnel: a port of each kind, to send and receive packets through lib/ as
 * the adapter to Open vSwitch does.
 *
 * A tunnel runs from 192.0.2.1 to 192.0.2.2 or 2001:db8::1 to 2001:db8::2.
 * All memory that lib/ gets has exactly the size that it is told. */

#ifndef TUNNEL_H
#define TUNNEL_H 1

#include "mplsudp-decap.h"
#include "mplsudp-encap.h"
#include "reference.h"

/* The sending side. */
struct tunnel {
    struct mplsudp_config config;
    struct mplsudp_template_params params;
    uint8_t *template;
    size_t template_size;
    struct mplsudp_push push;
};

/* What the types send, as the RFCs have it. */
struct tunnel_type {
    const char *name;
    uint8_t protocol;           /* Behind the outer IP header. */
    size_t header_size;         /* Bytes between that and the stack. */
};
extern const struct tunnel_type tunnel_types[MPLSUDP_N_TYPES];

enum {
    TUNNEL_PORT = 50000,        /* UDP source port with entropy=false. */
    TUNNEL_ETHERNET = 0         /* Type of a packet with Ethernet header. */
};

/* Sets '*config' to defaults and then to 'options', "name=value" separated by
 * spaces; "type=..." stands first and is mplsudp if left out.  Returns false
 * if one of them is not accepted. */
bool tunnel_options(struct mplsudp_config *config, const char *options);

/* Sets up '*t' with 'options', a template for 'key' and the largest MTU.
 * Returns false if an option is not accepted. */
bool tunnel_init(struct tunnel *t, const char *options, bool ipv6,
                 uint64_t key);

/* Makes the template anew after 't->config' or 't->params' changed.  Returns
 * false if what was built cannot be read. */
bool tunnel_build(struct tunnel *t);

void tunnel_destroy(struct tunnel *t);

/* Sends '*in', of Ethertype 'type', and stores in '*out' the packet from the
 * outer Ethernet header on. */
enum mplsudp_drop tunnel_send(const struct tunnel *t,
                              const struct ref_packet *in, uint16_t type,
                              struct ref_packet *out);

/* Appends to '*out' an IP packet by '*ip' with the header of 'type' before
 * '*body'.  The UDP checksum is zero unless 'sum'. */
void tunnel_put(struct ref_packet *out, enum mplsudp_type type,
                const struct ref_ip *ip, const struct ref_packet *body,
                bool sum);

/* Returns null if '*out', which '*t' sent, has right outer headers and
 * checksums; else what is wrong. */
const char *tunnel_complaint(const struct tunnel *t,
                             const struct ref_packet *out);

/* Makes in '*out' what tunnel_send() should give for an IP packet that has
 * 'tos' and 'ttl' and, behind UDP, GRE or directly, '*body'. */
void tunnel_expect(const struct tunnel *t, uint8_t tos, uint8_t ttl,
                   const struct ref_packet *body, struct ref_packet *out);

/* What was received. */
struct tunnel_inner {
    struct mplsudp_inner inner;
    struct mplsudp_outer outer; /* Its pointers are not valid. */
    struct ref_packet payload;
};

/* Receives the IP packet of 'size' bytes at 'ip' as a port of 'config' does,
 * and checks that one that is refused stays as it was. */
enum mplsudp_drop tunnel_receive(const struct mplsudp_config *config,
                                 const uint8_t *ip, size_t size,
                                 struct tunnel_inner *received);

#endif /* tunnel.h */
