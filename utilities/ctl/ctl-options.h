/* SPDX-License-Identifier: Apache-2.0
 *
 * ctl-options: the options of mplsudp-ctl that belong to no one command. */

#ifndef CTL_OPTIONS_H
#define CTL_OPTIONS_H 1

#include <stdbool.h>
#include "openvswitch/shash.h"
#include "table.h"

struct ctl_options {
    const char *db;             /* --db, or $MPLSUDP_DB. */
    const char *appctl;         /* --appctl, or $MPLSUDP_APPCTL. */
    const char *bridge;         /* --bridge: of hypervisors. */
    const char *controller;     /* --controller: its unixctl target. */
    unsigned int timeout;       /* -t, --timeout, in seconds; 0 for none. */
    bool dry_run;               /* --dry-run. */
    bool wait;                  /* --wait=hv. */
    bool retry;                 /* --retry, or several servers. */
    int leader_only;            /* --leader-only, --no-leader-only. */
};
extern struct ctl_options ctl_options;

/* Parses 'argv' up to the first command.  Options of that command go to
 * 'local_options'. */
void ctl_parse_options(int argc, char *argv[], struct shash *local_options);

/* How to print a table: as asked for, otherwise as lists if 'generic'. */
struct table_style ctl_table_style(bool generic);

#endif /* ctl-options.h */
