/* SPDX-License-Identifier: Apache-2.0
 *
 * overlay: the database's rows as objects that point at each other.
 *
 * The tenant's way through the controller:
 *
 *   overlay.c         database row -> object (this file's structs)
 *   port-binding.c    OpenFlow port -> claim -> Port.hypervisor
 *   label-policy.c    which labels a hypervisor needs -> Label rows
 *   label-release.c   active -> draining -> held -> gone
 *   flows-*.c         objects -> the flows that a hypervisor should have
 *   flow-table.c      those and the ones it has -> difference
 *   switch-bundle.c   difference -> bundle and barrier
 *   acknowledge.c     barriers -> acknowledged generation
 *
 * All of it is one thread around poll_block(), and every step goes through
 * the database: a binding or a label is written first, and has effect when
 * the row comes back.  So what a new controller reads is all there is to
 * know, and a deposed one cannot act on what it failed to write.
 *
 * A change marks the hypervisors whose flows it may change as dirty; their
 * flows are then made anew as a whole.  Objects are only changed by the file
 * that a member's comment names; all others read them. */

#ifndef OVERLAY_H
#define OVERLAY_H 1

#include <stdint.h>
#include "mpls-overlay-idl.h"
#include "openflow/openflow.h"
#include "openvswitch/hmap.h"
#include "openvswitch/list.h"
#include "openvswitch/uuid.h"
#include "overlay-words.h"
#include "packets.h"
#include "sset.h"

struct accepts;
struct label_pool;
struct sw;

/* What all objects begin with: a row's identity. */
struct object {
    struct hmap_node hmap_node; /* By 'uuid'. */
    struct uuid uuid;
    char *name;                 /* The row's name; "" where it has none. */
    char *error;                /* What is wrong with the row, or NULL. */
};

/* What labels are for: a network, or a tenant for its route labels. */
struct label_owner {
    struct ovs_list labels;     /* Of struct label, 'in_owner'. */
    bool check;                 /* label-policy.c: some may be missing, or
                                 * there without need. */
    char *error;                /* label-policy.c: why some are missing. */
};

/* Values of labels, from 'min' to 'max'. */
struct label_range {
    uint32_t min, max;
};

struct overlay {
    struct ovsdb_idl *idl;
    const struct mplsrec_overlay *row; /* NULL if there is none yet. */
    struct uuid uuid;           /* Its UUID. */

    /* The row's columns, or their defaults. */
    struct label_range local, global; /* Disjoint; empty if wrong. */
    char *error;                /* What is wrong with the row, or NULL. */
    long long int label_hold;                    /* In milliseconds. */
    long long int drain;                         /* In milliseconds. */
    enum overlay_encap default_encap;

    struct hmap tenants;        /* Of struct tenant. */
    struct hmap networks;       /* Of struct network. */
    struct hmap ports;          /* Of struct port. */
    struct hmap hypervisors;    /* Of struct hypervisor. */
    struct hmap labels;         /* Of struct label. */
    struct hmap peers;          /* Of struct peer. */

    /* port-binding.c. */
    struct hmap ports_by_interface; /* Of struct port. */
    struct hmap interfaces;     /* OpenFlow ports of all hypervisors. */
    struct ovs_list changed_ports; /* Of struct port, 'in_changed'. */

    struct label_pool *global_pool; /* Values of global scope. */
    struct ovs_list pending_values; /* label-pool.c: on their way. */
    bool values_freed;          /* label-pool.c: owners that lack labels, for
                                 * which none was left, may get some. */
    struct label_owner ownerless;   /* Labels whose owner is gone. */
    struct ovs_list releasing;  /* Labels that are not active, by
                                 * 'in_release'. */

    /* Counts the batches of changes that the database sent; 'dirty_since'
     * below is in its terms. */
    uint64_t seqno;
    unsigned int idl_seqno;     /* overlay.c: the IDL's at its last look. */
};

struct tenant {
    struct object object;
    const struct mplsrec_tenant *row;
    struct ovs_list networks;   /* Of struct network, 'in_tenant'. */
    struct ovs_list peers;      /* Of struct peer, 'in_tenant'. */
    struct label_owner labels;
    bool offers_changed;        /* peer-offers.c: what peers are offered. */
};

struct network {
    struct object object;
    const struct mplsrec_network *row;
    struct tenant *tenant;      /* NULL if the row is wrong. */
    struct ovs_list in_tenant;

    bool global;                /* label_scope=global. */
    bool flood;                 /* unknown_unicast=flood. */
    uint16_t mtu;               /* Of the ports' interfaces; 0 if not said. */
    struct overlay_prefix *subnets;
    size_t n_subnets;
    struct in6_addr *gateways;  /* IPv4 mapped. */
    size_t n_gateways;

    struct ovs_list sites;      /* Of struct site, 'in_network', by the
                                 * UUIDs of their hypervisors, so that flows
                                 * always list them in the same order. */
    struct label_owner labels;
};

/* A network on a hypervisor: it has ports there. */
struct site {
    struct network *network;
    struct ovs_list in_network;
    struct hypervisor *hypervisor;
    struct ovs_list in_hypervisor;

    struct ovs_list ports;      /* Of struct port, 'in_site', by UUID; never
                                 * empty. */
    uint32_t *roles;            /* Of those ports, ascending, each once. */
    size_t n_roles;
};

struct port {
    struct object object;
    const struct mplsrec_port *row;
    struct network *network;    /* NULL if the row is wrong. */
    struct eth_addr mac;
    struct in6_addr *addresses; /* IPv4 mapped. */
    size_t n_addresses;
    uint32_t role;
    char *interface;            /* OpenFlow port's name. */
    struct sset allowed;        /* Names of hypervisors; empty for all. */

    struct site *site;          /* Where Port.hypervisor says, or NULL. */
    struct ovs_list in_site;
    struct hmap_node by_interface; /* port-binding.c. */
    struct ovs_list in_changed; /* port-binding.c: its claims may change. */
    struct uuid proven;         /* port-binding.c: the hypervisor that showed
                                 * the port's MAC; zero if none. */
    struct uuid chosen;         /* port-binding.c: Port.hypervisor as it is or
                                 * is being written; zero if none. */
};

struct hypervisor {
    struct object object;
    const struct mplsrec_hypervisor *row;
    uint64_t datapath_id;
    struct in6_addr *endpoints; /* IPv4 mapped; ascending. */
    size_t n_endpoints;
    struct overlay_encaps encaps; /* At least one. */
    char *certificate_name;     /* NULL for any. */

    struct ovs_list sites;      /* Of struct site, 'in_hypervisor'. */
    struct hmap labels;         /* Of struct label, 'in_hypervisor'. */
    struct label_pool *pool;    /* Values of local scope. */

    struct ovs_list interfaces; /* port-binding.c: its OpenFlow ports. */
    bool ports_known;           /* port-binding.c: these are all. */
    struct sw *sw;              /* program.c: its connection, or NULL. */
    struct accepts *accepts;    /* label-ready.c: what it acknowledged. */

    /* The first change that its flows do not show, as overlay->seqno;
     * UINT64_MAX if none.  program.c moves it to 'sent_since' until the
     * flows it sent are acknowledged. */
    uint64_t dirty_since;
    uint64_t sent_since;
    struct accepts *sent_accepts; /* What those flows accept. */
};

enum label_purpose { LABEL_UNICAST, LABEL_BUM, LABEL_ROUTE };
enum label_state { LABEL_ACTIVE, LABEL_DRAINING, LABEL_HELD };

/* A label that 'hypervisor' receives. */
struct label {
    struct object object;
    const struct mplsrec_label *row;
    struct hypervisor *hypervisor;
    struct hmap_node in_hypervisor; /* By label_hash(). */
    uint32_t value;
    enum label_purpose purpose;
    enum label_state state;
    long long int since;        /* In seconds since 1970. */
    struct uuid owner;          /* Network's, or tenant's for LABEL_ROUTE;
                                 * zero once that row is gone. */
    struct label_owner *owner_labels; /* The owner's, or 'ownerless'. */
    struct ovs_list in_owner;
    struct ovs_list in_release; /* While not active. */
    uint32_t role;              /* The sender's; ROLE_PROMISCUOUS for
                                 * LABEL_ROUTE. */

    uint64_t changed;           /* When 'state' did, as overlay->seqno. */
    long long int drained_at;   /* label-release.c: when all senders had
                                 * stopped, in ms; LLONG_MAX if not yet. */
};

/* Which of a tenant's prefixes a router outside has, and by which label. */
struct peer_route {
    struct overlay_prefix prefix;
    uint32_t label;
};

struct peer {
    struct object object;
    const struct mplsrec_peer *row;
    struct tenant *tenant;      /* NULL if the row is wrong. */
    struct ovs_list in_tenant;
    struct in6_addr address;    /* IPv4 mapped. */
    enum overlay_encap encap;
    struct peer_route *routes;
    size_t n_routes;
};

/* overlay.c. */
struct overlay *overlay_create(struct ovsdb_idl *);
void overlay_destroy(struct overlay *);
bool overlay_run(struct overlay *);

struct object *object_find(const struct hmap *, const struct uuid *);
struct hypervisor *overlay_find_hypervisor(const struct overlay *,
                                           const char *name);
struct hypervisor *overlay_find_datapath(const struct overlay *,
                                         uint64_t datapath_id);
struct port *overlay_find_port(const struct overlay *, const char *name);

void overlay_touch_hypervisor(struct overlay *, struct hypervisor *);
void overlay_touch_network(struct overlay *, struct network *);
void overlay_touch_tenant(struct overlay *, struct tenant *);

/* Iterates over the objects in HMAP; OBJECT's type tells which. */
#define OBJECT_FOR_EACH(OBJECT, HMAP) \
    HMAP_FOR_EACH (OBJECT, object.hmap_node, HMAP)

struct site *site_find(const struct network *, const struct hypervisor *);
bool site_has_role(const struct site *, uint32_t role);
bool network_is_routed(const struct network *);
bool tenant_is_routed_on(const struct tenant *, const struct hypervisor *);

uint32_t label_hash(enum label_purpose, const struct uuid *owner,
                    uint32_t role);

/* Iterates over the labels of 'struct hypervisor *HV' for OWNER and ROLE, in
 * whatever state they are. */
#define LABEL_FOR_EACH(LABEL, HV, PURPOSE, OWNER, ROLE)                 \
    HMAP_FOR_EACH_WITH_HASH (LABEL, in_hypervisor,                      \
                             label_hash(PURPOSE, OWNER, ROLE),          \
                             &(HV)->labels)                             \
        if (label_is_for(LABEL, PURPOSE, OWNER, ROLE))

static inline bool
label_is_for(const struct label *label, enum label_purpose purpose,
             const struct uuid *owner, uint32_t role)
{
    return (label->purpose == purpose && label->role == role
            && uuid_equals(&label->owner, owner));
}

#endif /* overlay.h */
