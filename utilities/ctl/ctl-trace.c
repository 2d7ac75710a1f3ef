/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "ctl.h"
#include "flows.h"
#include "packets.h"
#include "trace-packet.h"
#include "trace-parse.h"
#include "trace-switch.h"
#include "util.h"

/* A packet can go from a hypervisor to another, and no further. */
#define MAX_HOPS 2

/* A packet at a hypervisor. */
struct hop {
    struct ctl_context *ctx;
    const struct mplsrec_hypervisor *hypervisor;
    char *bridge;
    char *ports;                /* Reply to "dpif/show". */
    unsigned int n;             /* 0 where the packet starts. */
};

static bool follow(struct ctl_context *, const struct mplsrec_hypervisor *,
                   unsigned int n, const char *in_port_name,
                   const char *in_port_prefix, const char *packet);

static const char *const table_names[N_TABLES] = {
    [TABLE_CLASSIFY] = "classify",
    [TABLE_LABELS] = "labels",
    [TABLE_SECURITY] = "security",
    [TABLE_NEIGHBOURS] = "neighbours",
    [TABLE_ROUTE] = "route",
    [TABLE_FORWARD] = "forward",
    [TABLE_REPLICATE] = "replicate",
    [TABLE_DELIVER] = "deliver",
};

static const char *
table_name(unsigned int table)
{
    return table < N_TABLES ? table_names[table] : "(not ours)";
}

/* Appends in words which row has 'cookie', the first 64 bits of its UUID. */
static void
put_cookie(struct ctl_context *ctx, uint64_t cookie)
{
    for (size_t i = 0; i < MPLSREC_N_TABLES; i++) {
        const struct ovsdb_idl_table_class *table = &mplsrec_table_classes[i];

        for (const struct ovsdb_idl_row *row
                 = ovsdb_idl_first_row(ctx->idl, table);
             row; row = ovsdb_idl_next_row(row)) {
            if (((uint64_t) row->uuid.parts[0] << 32 | row->uuid.parts[1])
                == cookie) {
                char *text = ctl_describe_row(row);

                ds_put_cstr(&ctx->output, text);
                free(text);
                return;
            }
        }
    }
    if (cookie) {
        ds_put_format(&ctx->output, "no row, cookie %#"PRIx64, cookie);
    } else {
        ds_put_cstr(&ctx->output, "for all packets");
    }
}

static void
put_steps(struct ctl_context *ctx, const struct trace_result *result)
{
    for (size_t i = 0; i < result->n_steps; i++) {
        const struct trace_step *step = &result->steps[i];

        ds_put_format(&ctx->output, "  table %u %s: ", step->table,
                      table_name(step->table));
        if (step->miss) {
            ds_put_cstr(&ctx->output, "no flow matches");
        } else {
            put_cookie(ctx, step->cookie);
        }
        ds_put_char(&ctx->output, '\n');
    }
}

static const struct mplsrec_hypervisor *
find_endpoint(struct ovsdb_idl *idl, const char *address)
{
    const struct mplsrec_hypervisor *hypervisor;

    MPLSREC_HYPERVISOR_FOR_EACH (hypervisor, idl) {
        for (size_t i = 0; i < hypervisor->n_endpoints; i++) {
            if (!strcmp(hypervisor->endpoints[i], address)) {
                return hypervisor;
            }
        }
    }
    return NULL;
}

static void
put_label(struct ctl_context *ctx, const struct mplsrec_hypervisor *receiver,
          uint64_t value)
{
    const struct mplsrec_label *label;

    ds_put_format(&ctx->output, ", label %"PRIu64": ", value);
    MPLSREC_LABEL_FOR_EACH (label, ctx->idl) {
        if (label->hypervisor == receiver && label->value == value) {
            char *text = ctl_describe_label(label);

            ds_put_format(&ctx->output, "%s\n", text);
            free(text);
            return;
        }
    }
    ds_put_format(&ctx->output, "no label of hypervisor \"%s\"\n",
                  receiver->name);
}

/* Explains a copy that goes to a peer, and returns true if it does. */
static bool
put_peer(struct ctl_context *ctx, const struct trace_copy *copy)
{
    const struct mplsrec_peer *peer;

    MPLSREC_PEER_FOR_EACH (peer, ctx->idl) {
        for (size_t i = 0; i < peer->n_advertised; i++) {
            if (!strcmp(peer->address, copy->tun_dst)
                && peer->value_advertised[i] == copy->tun_id) {
                ds_put_format(&ctx->output, "  sent to peer \"%s\" at %s, "
                              "label %"PRIu64": advertised by it for %s\n",
                              peer->name, copy->tun_dst, copy->tun_id,
                              peer->key_advertised[i]);
                return true;
            }
        }
    }
    return false;
}

/* Indents the lines of 'ds' from 'offset' on. */
static void
indent_from(struct ds *ds, size_t offset)
{
    char *text = xstrdup(ds_cstr(ds) + offset);
    char *save = NULL;

    ds_truncate(ds, offset);
    for (char *line = strtok_r(text, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        ds_put_format(ds, "    %s\n", line);
    }
    free(text);
}

/* Explains a copy that goes out of a tunnel port named 'name', and follows it.
 * Returns true if it arrives somewhere. */
static bool
follow_tunnel(struct hop *hop, const struct trace_copy *copy, const char *name)
{
    struct ctl_context *ctx = hop->ctx;
    struct ds *out = &ctx->output;

    if (put_peer(ctx, copy)) {
        return true;
    }

    const struct mplsrec_hypervisor *receiver
        = find_endpoint(ctx->idl, copy->tun_dst);
    if (!receiver) {
        ds_put_format(out, "  sent to %s, where neither a hypervisor nor a "
                      "peer is\n", copy->tun_dst);
        return false;
    }
    ds_put_format(out, "  sent to hypervisor \"%s\" at %s by port %s",
                  receiver->name, copy->tun_dst, name);
    put_label(ctx, receiver, copy->tun_id);
    if (copy->problem) {
        ds_put_format(out, "  but the underlay says: %s\n", copy->problem);
    }

    bool ipv6 = strchr(copy->tun_dst, ':');
    const char *src = copy->tun_src ? copy->tun_src
                      : trace_endpoint(hop->hypervisor, ipv6);
    char *prefix = xmemdup0(name, strspn(name, "abcdefghijklmnopqrstuvwxyz"));
    char *packet = xasprintf("tun_id=%#"PRIx64",%s=%s,%s=%s,%s", copy->tun_id,
                             ipv6 ? "tun_ipv6_src" : "tun_src", src,
                             ipv6 ? "tun_ipv6_dst" : "tun_dst", copy->tun_dst,
                             copy->packet);
    size_t offset = out->length;
    bool arrived = follow(ctx, receiver, hop->n + 1, NULL, prefix, packet);
    indent_from(out, offset);
    free(prefix);
    free(packet);
    return arrived;
}

static const struct mplsrec_port *
find_port_at(const struct hop *hop, const char *interface)
{
    const struct mplsrec_port *port;

    MPLSREC_PORT_FOR_EACH (port, hop->ctx->idl) {
        if (port->hypervisor == hop->hypervisor
            && !strcmp(port->interface ? port->interface : port->name,
                       interface)) {
            return port;
        }
    }
    return NULL;
}

/* Explains one copy; returns true if it arrives somewhere. */
static bool
follow_copy(struct hop *hop, const struct trace_copy *copy)
{
    static const char *const reasons[] = {
        [REASON_CLAIM] = "it may prove a claim",
        [REASON_TTL_EXCEEDED] = "its TTL is used up",
        [REASON_TOO_BIG] = "it is too big",
    };
    struct ds *out = &hop->ctx->output;

    if (copy->output == TRACE_CONTROLLER) {
        ds_put_format(out, "  sent to the controller: %s\n",
                      (copy->reason && copy->reason < ARRAY_SIZE(reasons)
                       ? reasons[copy->reason] : "no reason given"));
        return true;
    } else if (copy->output == TRACE_BACK) {
        ds_put_format(out, "  answered: %s\n", copy->packet);
        return true;
    }

    char *name = trace_port_name(hop->ports, hop->bridge, copy->port);
    if (name && copy->tun_dst && !strncmp(name, "mpls", 4)) {
        bool arrived = follow_tunnel(hop, copy, name);

        free(name);
        return arrived;
    }

    const struct mplsrec_port *port = name ? find_port_at(hop, name) : NULL;
    if (port) {
        ds_put_format(out, "  delivered to port \"%s\" of network \"%s\", "
                      "interface %s\n", port->name, port->network->name, name);
    } else {
        ds_put_format(out, "  output to %s, which is no port's interface\n",
                      name ? name : "a port that does not exist");
    }
    free(name);
    return port != NULL;
}

/* Explains why nothing left. */
static void
put_drop(struct ctl_context *ctx, const struct trace_result *result)
{
    ds_put_cstr(&ctx->output, "  dropped");
    if (result->n_steps) {
        const struct trace_step *step = &result->steps[result->n_steps - 1];

        ds_put_format(&ctx->output, " in table %u %s: ", step->table,
                      table_name(step->table));
        if (step->miss) {
            ds_put_cstr(&ctx->output, "no flow matches");
        } else {
            ds_put_cstr(&ctx->output, "by the flow of ");
            put_cookie(ctx, step->cookie);
        }
    }
    ds_put_char(&ctx->output, '\n');
}

/* Asks for the ports of 'hop', and finds the one where the packet comes in. */
static char *
find_in_port(struct hop *hop, const char *name, const char *prefix,
             unsigned int *number)
{
    char *error = trace_ask(hop->hypervisor->name, "dpif/show", NULL, NULL,
                            &hop->ports);
    if (error) {
        return error;
    }
    if (name ? !trace_find_port(hop->ports, hop->bridge, name, number)
        : !trace_find_prefix(hop->ports, hop->bridge, prefix, number)) {
        return xasprintf("hypervisor \"%s\": bridge %s has no port named "
                         "%s%s", hop->hypervisor->name, hop->bridge,
                         name ? name : prefix, name ? "" : "*");
    }
    return NULL;
}

/* Traces 'packet' at 'hypervisor', coming in by the port named 'in_name' or,
 * if that is NULL, by the one whose name begins with 'in_prefix'. */
static bool
follow(struct ctl_context *ctx, const struct mplsrec_hypervisor *hypervisor,
       unsigned int n, const char *in_name, const char *in_prefix,
       const char *packet)
{
    struct hop hop = { .ctx = ctx, .hypervisor = hypervisor, .n = n,
                       .bridge = trace_bridge(hypervisor->name) };
    struct trace_result result = { .n_steps = 0 };
    unsigned int in_port = 0;
    char *text = NULL;
    bool arrived = false;

    char *error = find_in_port(&hop, in_name, in_prefix, &in_port);
    if (!error) {
        char *flow = xasprintf("in_port=%u,%s", in_port, packet);

        error = trace_ask(hypervisor->name, "ofproto/trace", hop.bridge, flow,
                          &text);
        free(flow);
    }
    if (error) {
        ctl_take_error(ctx, error);
    } else {
        trace_parse(text, hop.bridge, &result);
        ds_put_format(&ctx->output, "at hypervisor \"%s\":\n",
                      hypervisor->name);
        put_steps(ctx, &result);
        if (!result.n_copies) {
            put_drop(ctx, &result);
        }
        for (size_t i = 0; i < result.n_copies && n < MAX_HOPS; i++) {
            arrived |= follow_copy(&hop, &result.copies[i]);
        }
    }
    trace_result_destroy(&result);
    free(text);
    free(hop.ports);
    free(hop.bridge);
    return arrived;
}

/* If 'dst' is a port that 'port' may not reach, says so. */
static void
put_roles(struct ctl_context *ctx, const struct mplsrec_port *port,
          const char *dst)
{
    const struct mplsrec_port *other
        = trace_find_destination(ctx->idl, port->network, dst);

    if (other && other != port) {
        uint32_t from = ROLE_PROMISCUOUS, to = ROLE_PROMISCUOUS;

        free(port->role ? overlay_parse_role(port->role, &from) : NULL);
        free(other->role ? overlay_parse_role(other->role, &to) : NULL);
        if (!overlay_role_reaches(from, to)) {
            ds_put_format(&ctx->output, "%s ports do not reach %s ports such "
                          "as \"%s\"\n", port->role, other->role,
                          other->name);
        }
    }
}

static void
cmd_trace(struct ctl_context *ctx)
{
    const struct mplsrec_port *port
        = ctl_find(ctx, &mplsrec_table_port, ctx->argv[1], true);
    char *packet;

    if (!port) {
        return;
    }
    if (!port->hypervisor) {
        ctl_error(ctx, "port \"%s\": is on no hypervisor, so that it cannot "
                  "send", port->name);
        return;
    }

    char *error = trace_packet(ctx->idl, port, ctx->argv[2], ctx->argv + 3,
                               ctx->argc - 3, &packet);
    if (error) {
        ctl_take_error(ctx, error);
        return;
    }
    ds_put_format(&ctx->output, "port \"%s\" sends %s\n", port->name, packet);
    if (!follow(ctx, port->hypervisor, 0,
                port->interface ? port->interface : port->name, NULL,
                packet)) {
        put_roles(ctx, port, ctx->argv[2]);
        ctl_exit_status = EXIT_FAILURE;
    }
    free(packet);
}

const struct ctl_command_syntax trace_commands[] = {
    {"trace", 2, INT_MAX, "PORT ADDRESS [PROTO]...",
     ctl_pre_all, cmd_trace, NULL, "", RO},
    {NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, RO},
};
