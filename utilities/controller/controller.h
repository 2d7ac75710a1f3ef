/* SPDX-License-Identifier: Apache-2.0
 *
 * controller: the parts of mplsudp-controller, run in turn.
 *
 * Called by mplsudp-controller.c, which has options and the poll loop;
 * commands.c shows its state. */

#ifndef CONTROLLER_H
#define CONTROLLER_H 1

struct ovsdb_idl;
struct simap;
struct sset;

struct controller {
    struct ovsdb_idl *idl;
    struct ovsdb_idl_loop *loop;
    struct overlay *overlay;
    struct switches *switches;
    struct high_availability *ha;
    struct acknowledge *acknowledge;
    long long int retry_at;     /* When to write again after an error. */
    long long int settle_until; /* When to make flows at the latest; 0 if none
                                 * wait. */
};

/* 'db' is the database's remote, 'methods' how switches are reached. */
struct controller *controller_create(const char *db,
                                     const struct sset *methods);
void controller_destroy(struct controller *);

/* One round: to be called, then controller_wait(), then poll_block(). */
void controller_run(struct controller *);
void controller_wait(struct controller *);

void controller_get_memory_usage(const struct controller *, struct simap *);

/* commands.c: registers the unixctl commands. */
void commands_init(struct controller *);

#endif /* controller.h */
