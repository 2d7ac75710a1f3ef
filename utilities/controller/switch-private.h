/* SPDX-License-Identifier: Apache-2.0
 *
 * switch-private: a connection, as switch*.c share it.
 *
 * Each step is a request whose xid is kept; its answer, or an error with the
 * same xid, takes the connection on.  A request whose answer is not waited
 * for has xid 0 here. */

#ifndef SWITCH_PRIVATE_H
#define SWITCH_PRIVATE_H 1

#include "flow-table.h"
#include "openvswitch/list.h"
#include "openvswitch/ofp-errors.h"
#include "openvswitch/ofp-protocol.h"
#include "simap.h"
#include "switch.h"

struct ofp_header;
struct ofpbuf;

enum sw_state {
    SW_CONNECTING,              /* Leaves when the handler admits it. */
    SW_SLAVE,                   /* Leaves when role MASTER is granted. */
    SW_READING,                 /* Leaves when ports and flows are read. */
    SW_UP,
};

/* Who waits for flows or a barrier. */
struct sw_reader {
    struct ovs_list node;
    void (*cb)(const struct flow_table *, void *aux);
    void *aux;
};

struct sw_barrier {
    struct ovs_list node;
    ovs_be32 xid;
    void (*cb)(void *aux);
    void *aux;
};

enum sw_bundle_step {
    BUNDLE_NONE,
    BUNDLE_FILLED,              /* Leaves when the switch closed it. */
    BUNDLE_COMMITTED,           /* Leaves when the barrier is answered. */
};

struct sw {
    /* switch.c. */
    struct switches *switches;
    struct ovs_list node;       /* In 'switches'. */
    struct rconn *rconn;
    struct rconn_packet_counter *packets_out; /* Queued. */
    unsigned int seqno;         /* rconn_get_connection_seqno(). */
    bool passive;               /* Ends with its first connection. */
    bool closing;               /* switches_run() closes the connection. */
    enum sw_state state;
    struct hypervisor *hypervisor; /* Not NULL from SW_SLAVE on. */
    uint64_t datapath_id;
    uint64_t refused_id;        /* Datapath id while not admitted, or 0. */
    enum ofp_version version;
    enum ofputil_protocol protocol;
    ovs_be32 features_xid, role_xid;
    char *error;                /* What went wrong last, or NULL. */
    struct ovs_list barriers;   /* Of struct sw_barrier. */
    unsigned long long int n_packets_in;

    /* switch-read.c. */
    struct simap ports;         /* Names to numbers. */
    ofp_port_t tunnel_ports[N_ENCAPS];
    ovs_be32 ports_xid, meters_xid, flows_xid;
    bool has_meter;             /* While meters are read. */
    struct flow_table reading;  /* Flows that were read so far. */
    struct ovs_list readers;    /* Of struct sw_reader. */

    /* The flows that the switch has, and those that it is to have;  'have'
     * becomes 'want' when the barrier behind the bundle is answered. */
    struct flow_table have, want;
    bool have_read;             /* 'have' was read, and not compared yet. */

    /* switch-bundle.c. */
    enum sw_bundle_step bundle_step;
    uint32_t bundle_id;
    ovs_be32 close_xid, commit_xid, barrier_xid;
    uint32_t first_xid;         /* Of the changes, host byte order. */
    size_t n_changes;
    bool bundle_failed;
    bool commit_replied;
    long long int retry_at;     /* Of 'want'; LLONG_MAX if not needed. */
    int backoff;                /* In milliseconds. */
    unsigned long long int n_added, n_modified, n_deleted, n_bundles;
};

/* switch.c. */
const char *sw_name(const struct sw *);
const struct switch_handler *sw_handler(const struct sw *);
/* Asks the handler whose 'sw' is; asks the switch for a role, or fails. */
void sw_admit(struct sw *, uint64_t datapath_id);

/* switch-session.c. */
void sw_run(struct sw *);
void sw_wait(struct sw *);
void sw_request_role(struct sw *, bool master, uint64_t generation_id);
/* The connection ended, or is to end.  sw_detach() returns the hypervisor that
 * it was of, or NULL; sw_end() tells the handler. */
struct hypervisor *sw_detach(struct sw *);
void sw_end(struct sw *);
/* Sends 'msg'; returns its xid. */
ovs_be32 sw_send(struct sw *, struct ofpbuf *msg);
/* Remembers and logs what went wrong. */
void sw_set_error(struct sw *, const char *format, ...)
    OVS_PRINTF_FORMAT(2, 3);
void sw_clear_error(struct sw *);
/* The connection is of no use any more. */
void sw_fail(struct sw *, const char *format, ...) OVS_PRINTF_FORMAT(2, 3);
/* Ports and flows have been read for the first time. */
void sw_is_read(struct sw *);

/* switch-read.c. */
void sw_read_init(struct sw *);
void sw_read_destroy(struct sw *);
void sw_read_forget(struct sw *);
void sw_read_all(struct sw *);
void sw_read_flows(struct sw *);
bool sw_is_reading_flows(const struct sw *);
void sw_read_ports_reply(struct sw *, const struct ofp_header *);
void sw_read_port_status(struct sw *, const struct ofp_header *);
void sw_read_meters_reply(struct sw *, struct ofpbuf *);
void sw_read_flows_reply(struct sw *, struct ofpbuf *);
/* Returns true if the error was for one of this file's requests. */
bool sw_read_error(struct sw *, ovs_be32 xid, enum ofperr);

/* switch-bundle.c. */
void sw_bundle_init(struct sw *);
void sw_bundle_destroy(struct sw *);
void sw_bundle_forget(struct sw *);
void sw_bundle_run(struct sw *);
void sw_bundle_wait(const struct sw *);
void sw_bundle_control(struct sw *, const struct ofp_header *);
void sw_bundle_barrier(struct sw *, ovs_be32 xid);
bool sw_bundle_error(struct sw *, ovs_be32 xid, enum ofperr);
/* Logs the flows that were read though they are not in 'ours'. */
void sw_report_foreign(const struct sw *, const struct flow_table *read,
                       const struct flow_table *ours);

#endif /* switch-private.h */
