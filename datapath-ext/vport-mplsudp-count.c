/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts refused packets, and finds the user port that a template names.
 *
 * Packets that go well never come here. */

#include <config.h>

#include "vport-mplsudp-private.h"

#include "coverage.h"
#include "hash.h"
#include "ovs-thread.h"

#define MPLSUDP_DROP(ENUM, NAME, TEXT) COVERAGE_DEFINE(mplsudp_drop_##NAME);
MPLSUDP_DROPS
#undef MPLSUDP_DROP

/* All ports by 'id'.  Ids are not used again, so that a template of a deleted
 * port never counts for another. */
static struct ovs_mutex ids_mutex = OVS_MUTEX_INITIALIZER;
static struct cmap ids = CMAP_INITIALIZER;
static uint32_t last_id OVS_GUARDED_BY(ids_mutex);

void
vport_mplsudp_register_id(struct vport_mplsudp *port)
{
    ovs_mutex_lock(&ids_mutex);
    port->id = ++last_id;
    cmap_insert(&ids, &port->id_node, hash_int(port->id, 0));
    ovs_mutex_unlock(&ids_mutex);
}

void
vport_mplsudp_unregister_id(struct vport_mplsudp *port)
{
    ovs_mutex_lock(&ids_mutex);
    cmap_remove(&ids, &port->id_node, hash_int(port->id, 0));
    ovs_mutex_unlock(&ids_mutex);
}

/* Returns the port with 'id', or null.  Valid until the caller quiesces. */
struct vport_mplsudp *
vport_mplsudp_from_id(uint32_t id)
{
    struct vport_mplsudp *port;

    CMAP_FOR_EACH_WITH_HASH (port, id_node, hash_int(id, 0), &ids) {
        if (port->id == id) {
            return port;
        }
    }
    return NULL;
}

static void
coverage_count(enum mplsudp_drop reason)
{
    switch (reason) {
#define MPLSUDP_DROP(ENUM, NAME, TEXT)                  \
    case MPLSUDP_DROP_##ENUM:                           \
        COVERAGE_INC(mplsudp_drop_##NAME);              \
        break;
    MPLSUDP_DROPS
#undef MPLSUDP_DROP
    case MPLSUDP_PASS:
    case MPLSUDP_N_VERDICTS:
    default:
        OVS_NOT_REACHED();
    }
}

/* Counts one packet refused for 'reason', in 'datapath' and, unless it is
 * null, in 'user'. */
void
vport_mplsudp_count(enum mplsudp_drop reason,
                    struct vport_mplsudp_drops *datapath,
                    struct vport_mplsudp_drops *user)
{
    uint64_t old;

    coverage_count(reason);
    atomic_add_relaxed(&datapath->n[reason], 1, &old);
    if (user) {
        atomic_add_relaxed(&user->n[reason], 1, &old);
    }
}

/* Returns the number of packets refused for 'reason'. */
uint64_t
vport_mplsudp_n_drops(const struct vport_mplsudp_drops *drops,
                      enum mplsudp_drop reason)
{
    uint64_t n;

    atomic_read_relaxed(&CONST_CAST(struct vport_mplsudp_drops *,
                                    drops)->n[reason], &n);
    return n;
}
