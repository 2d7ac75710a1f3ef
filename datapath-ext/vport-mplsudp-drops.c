/* SPDX-License-Identifier: Apache-2.0
 *
 * The last 64 refused packets: kept for ovs-appctl mplsudp/drops, which prints
 * them or makes a pcap file of them.
 *
 * Packets that go well never come here.  Those that are refused do, from any
 * thread, and there may be as many as a network card can receive; the threads
 * that refuse them have good packets to forward, too.  So:
 *
 *  - Nobody waits.  A packet takes a number, which makes one of 64 slots its
 *    own, and tries that slot's lock; if it is taken, by the command or by a
 *    thread that fell 64 packets behind, the packet is not kept.
 *
 *  - What threads write in common, and so take out of each other's caches, is
 *    bounded: if 256 packets were kept within one millisecond, no more are
 *    until the next, and a refused packet then costs a look at the clock.
 *    What is shown is still not older than a millisecond. */

#include <config.h>

#include "vport-mplsudp-private.h"

#include <errno.h>

#include "dp-packet.h"
#include "inner-packet.h"
#include "openvswitch/dynamic-string.h"
#include "ovs-thread.h"
#include "packets.h"
#include "timeval.h"
#include "unixctl.h"
#include "wire.h"

enum {
    N_SLOTS = 64,
    N_PER_MS = 256,             /* After so many the millisecond is over. */
    SNAP_SIZE = 64,             /* Bytes kept of a packet. */
    PORT_NAME_SIZE = 64         /* Longer names are cut off. */
};

/* A refused packet. */
struct refused {
    uint64_t number;            /* From 1 in the order of refusal; 0: none. */
    long long int when;         /* Wall-clock time, ms since the epoch. */
    enum mplsudp_drop reason;
    enum vport_mplsudp_way way;
    uint32_t size;              /* Of the whole packet, bytes. */
    uint32_t snap_size;         /* Of 'snap', bytes. */
    char datapath_port[IFNAMSIZ];       /* Empty if refused by an action. */
    char port[PORT_NAME_SIZE];  /* Empty if none is known. */
    uint8_t snap[SNAP_SIZE];    /* From the Ethernet header on. */
};

OVS_ALIGNED_STRUCT(CACHE_LINE_SIZE, slot) {
    struct ovs_mutex mutex;
    struct refused refused OVS_GUARDED;
};

static struct slot slots[N_SLOTS];

/* Numbers taken.  Written for each packet that is kept. */
static OVS_ALIGNED_VAR(CACHE_LINE_SIZE) atomic_uint64_t n_taken;

/* The milliseconds in which the last multiple of N_PER_MS was taken, and in
 * which two were.  Read for each packet, and seldom written. */
static OVS_ALIGNED_VAR(CACHE_LINE_SIZE) atomic_llong last_turn;
static atomic_llong busy;

/* Takes a number for a packet refused at 'now', and returns true; or returns
 * false if it is not to be kept. */
static bool
take_number(long long int now, uint64_t *number)
{
    long long int ms;

    atomic_read_relaxed(&busy, &ms);
    if (ms == now) {
        return false;
    }
    atomic_add_relaxed(&n_taken, 1, number);
    if (*number % N_PER_MS == 0) {
        atomic_read_relaxed(&last_turn, &ms);
        if (ms == now) {
            atomic_store_relaxed(&busy, now);
        } else {
            atomic_store_relaxed(&last_turn, now);
        }
    }
    return true;
}

/* Copies the start of 'packet' into '*refused'.  One without an Ethernet
 * header gets one with zero addresses, so that all can be in one pcap file. */
static void
take_snap(const struct dp_packet *packet, struct refused *refused)
{
    size_t made_up = 0;

    if (packet->packet_type != htonl(PT_ETH)) {
        made_up = ETHERNET_SIZE;
        memset(refused->snap, 0, ETHERNET_SIZE - 2);
        wire_put16(refused->snap + ETHERNET_SIZE - 2,
                   ntohs(pt_ns_type_be(packet->packet_type)));
    }
    refused->size = made_up + dp_packet_size(packet);
    refused->snap_size = MIN(refused->size, SNAP_SIZE);
    memcpy(refused->snap + made_up, dp_packet_data(packet),
           refused->snap_size - made_up);
}

/* Records that 'packet', which must be as it came, was refused for 'reason' on
 * its 'way'.  'datapath_port' is the name of the datapath port, or empty,
 * 'port' that of the user port, or null if that is not known.  May be called
 * from any thread; neither waits nor allocates. */
void
vport_mplsudp_record(enum mplsudp_drop reason, enum vport_mplsudp_way way,
                     const char *datapath_port, const char *port,
                     const struct dp_packet *packet)
{
    long long int now = time_wall_msec();
    struct refused *refused;
    struct slot *slot;
    uint64_t number;

    if (!take_number(now, &number)) {
        return;
    }
    slot = &slots[number % N_SLOTS];
    if (ovs_mutex_trylock(&slot->mutex)) {
        return;
    }
    refused = &slot->refused;
    if (refused->number <= number) {
        refused->number = number + 1;
        refused->when = now;
        refused->reason = reason;
        refused->way = way;
        ovs_strlcpy(refused->datapath_port, datapath_port,
                    sizeof refused->datapath_port);
        ovs_strlcpy(refused->port, port ? port : "", sizeof refused->port);
        take_snap(packet, refused);
    }
    ovs_mutex_unlock(&slot->mutex);
}

static int
compare_numbers(const void *a_, const void *b_)
{
    const struct refused *a = a_;
    const struct refused *b = b_;

    return a->number < b->number ? -1 : a->number > b->number;
}

/* Copies what is there to 'out', oldest first, and returns how many. */
static size_t
copy_refused(struct refused out[N_SLOTS])
{
    size_t n = 0;

    for (size_t i = 0; i < N_SLOTS; i++) {
        struct slot *slot = &slots[i];

        ovs_mutex_lock(&slot->mutex);
        if (slot->refused.number) {
            out[n++] = slot->refused;
        }
        ovs_mutex_unlock(&slot->mutex);
    }
    qsort(out, n, sizeof *out, compare_numbers);
    return n;
}

static void
put_hex(struct ds *ds, const void *data, size_t size)
{
    const uint8_t *p = data;

    for (size_t i = 0; i < size; i++) {
        ds_put_format(ds, "%02x", p[i]);
    }
    ds_put_char(ds, '\n');
}

static void
put_text(struct ds *ds, const struct refused *refused)
{
    static const char *const ways[] = {
        [VPORT_MPLSUDP_RECEIVE] = "received",
        [VPORT_MPLSUDP_TRANSMIT] = "to send",
        [VPORT_MPLSUDP_PUSH_LABELS] = "push_labels",
        [VPORT_MPLSUDP_POP_LABELS] = "pop_labels",
    };

    ds_put_strftime_msec(ds, "%Y-%m-%dT%H:%M:%S.###Z", refused->when, true);
    ds_put_format(ds, " %s: ", ways[refused->way]);
    if (refused->datapath_port[0]) {
        ds_put_format(ds, "port %s, datapath port %s, ",
                      refused->port[0] ? refused->port : "unknown",
                      refused->datapath_port);
    }
    ds_put_format(ds, "%s, %"PRIu32" bytes\n    ",
                  mplsudp_drop_name(refused->reason), refused->size);
    put_hex(ds, refused->snap, refused->snap_size);
}

static void
put32(struct ds *ds, uint32_t value)
{
    wire_put32((uint8_t *) ds_put_uninit(ds, sizeof value), value);
}

/* Appends the bytes of a pcap file with the 'n' packets at 'refused' to 'ds':
 * big-endian, so that it does not depend on the machine.  What lib/pcap-file.c
 * writes has the time of writing, and no packet longer than what is kept of
 * it. */
static void
put_pcap(struct ds *ds, const struct refused *refused, size_t n)
{
    put32(ds, 0xa1b2c3d4);      /* Times in microseconds. */
    put32(ds, 2 << 16 | 4);     /* Version 2.4. */
    put32(ds, 0);               /* Time zone: UTC. */
    put32(ds, 0);               /* Accuracy of times: not said. */
    put32(ds, SNAP_SIZE);
    put32(ds, 1);               /* LINKTYPE_ETHERNET. */
    for (size_t i = 0; i < n; i++, refused++) {
        put32(ds, refused->when / 1000);
        put32(ds, refused->when % 1000 * 1000);
        put32(ds, refused->snap_size);
        put32(ds, refused->size);
        memcpy(ds_put_uninit(ds, refused->snap_size), refused->snap,
               refused->snap_size);
    }
}

/* Writes 'data' to the file named 'name', replacing what that held.  Returns
 * 0 or an errno value. */
static int
write_file(const char *name, const struct ds *data)
{
    FILE *file = fopen(name, "wb");
    int error = 0;

    if (!file) {
        return errno;
    }
    if (fwrite(data->string, 1, data->length, file) != data->length) {
        error = errno;
    }
    if (fclose(file) && !error) {
        error = errno;
    }
    return error;
}

static void
reply_pcap(struct unixctl_conn *conn, const char *name,
           const struct refused *refused, size_t n)
{
    struct ds pcap = DS_EMPTY_INITIALIZER;
    struct ds reply = DS_EMPTY_INITIALIZER;
    int error;

    put_pcap(&pcap, refused, n);
    if (!name) {
        put_hex(&reply, pcap.string, pcap.length);
        unixctl_command_reply(conn, ds_cstr(&reply));
    } else if ((error = write_file(name, &pcap))) {
        ds_put_format(&reply, "%s: cannot write pcap file: %s", name,
                      ovs_strerror(error));
        unixctl_command_reply_error(conn, ds_cstr(&reply));
    } else {
        ds_put_format(&reply, "%s: %"PRIuSIZE" packets\n", name, n);
        unixctl_command_reply(conn, ds_cstr(&reply));
    }
    ds_destroy(&pcap);
    ds_destroy(&reply);
}

static void
reply_text(struct unixctl_conn *conn, const struct refused *refused, size_t n)
{
    struct ds reply = DS_EMPTY_INITIALIZER;

    if (!n) {
        ds_put_cstr(&reply, "none: no packet was refused\n");
    }
    for (size_t i = 0; i < n; i++) {
        put_text(&reply, &refused[i]);
    }
    unixctl_command_reply(conn, ds_cstr(&reply));
    ds_destroy(&reply);
}

/* Returns what is wrong with the command's arguments, or null.  The caller
 * must free it. */
static char *
check_arguments(int argc, const char *argv[])
{
    if (argc > 1 && strcmp(argv[1], "--pcap")) {
        return xasprintf("unknown argument '%s': mplsudp/drops takes none, "
                         "or --pcap [FILE]", argv[1]);
    }
    if (argc > 2 && argv[2][0] != '/') {
        return xasprintf("'%s' is no absolute path: ovs-vswitchd writes the "
                         "file, from a folder of its own", argv[2]);
    }
    return NULL;
}

static void
mplsudp_drops(struct unixctl_conn *conn, int argc, const char *argv[],
              void *aux OVS_UNUSED)
{
    char *complaint = check_arguments(argc, argv);
    struct refused *refused;
    size_t n;

    if (complaint) {
        unixctl_command_reply_error(conn, complaint);
        free(complaint);
        return;
    }
    refused = xmalloc(N_SLOTS * sizeof *refused);
    n = copy_refused(refused);
    if (argc > 1) {
        reply_pcap(conn, argc > 2 ? argv[2] : NULL, refused, n);
    } else {
        reply_text(conn, refused, n);
    }
    free(refused);
}

/* Called once, before any port exists. */
void
vport_mplsudp_drops_init(void)
{
    for (size_t i = 0; i < N_SLOTS; i++) {
        ovs_mutex_init(&slots[i].mutex);
    }
    unixctl_command_register("mplsudp/drops", "[--pcap [file]]", 0, 2,
                             mplsudp_drops, NULL);
}
