/* SPDX-License-Identifier: Apache-2.0
 *
 * switch: OpenFlow connections to hypervisors' integration bridges.
 *
 * Called by controller.c.  A connection, whoever opened it, goes through
 *
 *   CONNECTING   hello, features request; leaves when the handler admits the
 *                datapath id (and, over SSL, the certificate's name), which
 *                may be when its hypervisor's row comes
 *   SLAVE        while this controller is not the active one: echoes only
 *   READING      role MASTER is granted; ports, then flows are read, and the
 *                meter for packets to the controller is set
 *   UP           flows can be changed: one bundle and barrier at a time
 *
 * switch.c has listeners and roles, and what others see of a connection;
 * switch-session.c its states and messages; switch-read.c reads ports and
 * flows; switch-bundle.c changes flows. */

#ifndef SWITCH_H
#define SWITCH_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "openflow/openflow.h"
#include "openvswitch/ofp-packet.h"
#include "overlay-words.h"

struct dp_packet;
struct ds;
struct flow_table;
struct hypervisor;
struct simap;
struct sset;
struct sw;
struct switches;

/* What controller.c is told.  No function may close the connection. */
struct switch_handler {
    /* A switch has said who it is.  Returns its hypervisor, or NULL if there
     * is none, with '*errorp' set to the reason, which the caller frees.  The
     * connection is closed, unless '*laterp' is set: then it is left alone
     * until switches_admit_again() asks again.
     * 'certificate' is the common name in its certificate, NULL without SSL.
     * A newer connection of the same datapath replaces the older one. */
    struct hypervisor *(*admit)(uint64_t datapath_id, const char *certificate,
                                char **errorp, bool *laterp, void *aux);
    /* hypervisor->sw is to become 'sw', or NULL when the connection ended. */
    void (*connected)(struct hypervisor *, struct sw *, void *aux);
    /* Ports appeared, went or were read for the first time. */
    void (*ports_changed)(struct hypervisor *, void *aux);
    /* State UP was reached: flows can be changed. */
    void (*up)(struct hypervisor *, void *aux);
    /* The barrier behind the flows of switch_set_flows() was answered. */
    void (*acknowledged)(struct hypervisor *, void *aux);
    /* A packet sent to the controller.  'pin' is in its own packet's memory,
     * with userdata and with flow metadata (registers, in_port). */
    void (*packet_in)(struct hypervisor *, const struct ofputil_packet_in *pin,
                      void *aux);
    void *aux;
};

/* 'methods' are OVS connection methods: passive ones (ptcp:, pssl:, punix:)
 * wait for switches, active ones (tcp:, ssl:, unix:) connect to them. */
struct switches *switches_create(const struct sset *methods,
                                 const struct switch_handler *);
void switches_destroy(struct switches *);
void switches_run(struct switches *);
/* What admit() says may have changed. */
void switches_admit_again(struct switches *);
void switches_wait(struct switches *);

/* Makes this controller MASTER of all switches, or SLAVE; before the first
 * call it asks for neither and changes nothing.  A master's 'generation_id'
 * must be greater than that of any master before (OpenFlow 1.3 section 6.3.6):
 * an older one's changes are refused by the switches then.  A slave's must not
 * be less than the present master's. */
void switches_set_role(struct switches *, bool master, uint64_t generation_id);

/* Ends the connection: its hypervisor's row is gone, or has another datapath
 * id or certificate name.  From now on nothing is called for 'sw' but what
 * waits for flows or a barrier, at once, and the caller forgets it. */
void switch_close(struct sw *);

bool switch_is_up(const struct sw *);
/* Returns true while flows are changed or read.  If the switch refuses a
 * change, that is logged and seen in switch_format(), and 'sw' stops to be
 * busy without having acknowledged: other flows may be set, or else the same
 * ones are tried again, after 1 to 30 seconds. */
bool switch_is_busy(const struct sw *);
const char *switch_state_name(const struct sw *);
const char *switch_remote(const struct sw *); /* For messages. */

/* Makes the flows of 'sw', which must be up and not busy, those in 'want',
 * and takes what is in 'want' over, leaving it empty.  Returns the number of
 * changes sent; if 0, nothing was sent and nothing will be acknowledged.
 * Foreign flows, found when the flows were read, are removed and logged. */
size_t switch_set_flows(struct sw *, struct flow_table *want);

/* Reads the flows again, as on connection, once 'sw' is not busy.  Calls 'cb'
 * with them, or with NULL if the connection ends before; 'have' is valid
 * during the call only, and becomes what the next switch_set_flows() compares
 * with. */
void switch_read_flows(struct sw *,
                       void (*cb)(const struct flow_table *have, void *aux),
                       void *aux);

/* Sends a barrier behind all that was sent before to 'sw', which must be up;
 * 'cb' is called when it is answered or the connection ended. */
void switch_send_barrier(struct sw *, void (*cb)(void *aux), void *aux);

/* Ports of the bridge.  switch_port_by_name() returns OFPP_NONE if there is
 * none; switch_tunnel_port() finds the port "mplsudp*", "mplsgre*" or
 * "mplsip*" with the lowest number. */
ofp_port_t switch_port_by_name(const struct sw *, const char *name);
ofp_port_t switch_tunnel_port(const struct sw *, enum overlay_encap);
void switch_port_names(const struct sw *, struct sset *names);

/* Sends 'packet' out of 'port' of 'sw'. */
void switch_send_packet(struct sw *, const struct dp_packet *,
                        ofp_port_t port);

/* Appends state, remote and version, and below it counts and what went wrong,
 * for "switches/show". */
void switch_format(const struct sw *, struct ds *);
void switch_get_memory_usage(const struct switches *, struct simap *);

#endif /* switch.h */
