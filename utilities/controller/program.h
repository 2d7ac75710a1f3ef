/* SPDX-License-Identifier: Apache-2.0
 *
 * program: brings the flows of dirty hypervisors up to date.
 *
 * Called by controller.c, and by the switches (struct switch_handler).  Knows
 * which changes a hypervisor's flows show: a change is acknowledged by a
 * hypervisor when it is not dirty since that change or an older one, and the
 * barrier behind the flows that show it was answered. */

#ifndef PROGRAM_H
#define PROGRAM_H 1

#include <stdbool.h>
#include <stdint.h>

struct hypervisor;
struct overlay;
struct sw;

/* Makes and sends flows. */
void program_run(struct overlay *);

/* What the switches report. */
void program_connected(struct overlay *, struct hypervisor *, struct sw *);
void program_up(struct overlay *, struct hypervisor *);
void program_acknowledge(struct overlay *, struct hypervisor *);

/* high-availability.c: from now on another controller programs them. */
void program_stand_by(struct overlay *);

/* Returns the newest change, as overlay->seqno, that the flows of 'hv' show:
 * what it said last, if it is not connected, and all there are if it never
 * was given flows. */
uint64_t program_acknowledged(const struct overlay *,
                              const struct hypervisor *hv);

/* Returns true if the flows of all hypervisors that are connected show all
 * changes. */
bool program_is_done(const struct overlay *);

#endif /* program.h */
