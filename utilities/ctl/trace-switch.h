/* SPDX-License-Identifier: Apache-2.0
 *
 * trace-switch: asks the Open vSwitch of a hypervisor.
 *
 * Called by ctl-trace.c.  The command line that --appctl gives is executed,
 * without a shell, for each question. */

#ifndef TRACE_SWITCH_H
#define TRACE_SWITCH_H 1

#include <stdbool.h>

/* Asks 'hypervisor' "COMMAND ARG1 ARG2"; arguments may be NULL.  Returns NULL
 * and sets '*reply', or returns an error; the caller frees either. */
char *trace_ask(const char *hypervisor, const char *command, const char *arg1,
                const char *arg2, char **reply);

/* Returns the name of the integration bridge of 'hypervisor', which the caller
 * frees. */
char *trace_bridge(const char *hypervisor);

/* Looks in 'ports', a reply to "dpif/show", for a port of 'bridge': by its
 * name, by its number, or for the first that is named 'prefix' and more. */
bool trace_find_port(const char *ports, const char *bridge, const char *name,
                     unsigned int *number);
char *trace_port_name(const char *ports, const char *bridge,
                      unsigned int number);
bool trace_find_prefix(const char *ports, const char *bridge,
                       const char *prefix, unsigned int *number);

#endif /* trace-switch.h */
