/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "trace-parse.h"
#include <ctype.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include "openvswitch/dynamic-string.h"
#include "packets.h"
#include "smap.h"
#include "svec.h"
#include "util.h"

/* What actions so far have set, for the copies to come. */
struct state {
    struct smap fields;         /* Changed fields of the packet. */
    uint64_t tun_id;
    char *tun_dst;
};

struct parser {
    struct trace_result *result;
    const char *bridge;
    struct svec packet;         /* Words of the "Flow:" line. */
    struct state now;

    /* Lines of another bridge, in which a tunnel continues, are indented more
     * than this; -1 outside of them. */
    int other_indent;

    /* After check_pkt_larger: the state there, and the first action behind,
     * which begins again where the smaller packet's way does. */
    bool checking;
    int check_indent;
    char *check_first;
    struct state check_state;
    size_t check_steps, check_copies;
};

static void
state_copy(struct state *dst, const struct state *src)
{
    smap_clone(&dst->fields, &src->fields);
    dst->tun_id = src->tun_id;
    dst->tun_dst = nullable_xstrdup(src->tun_dst);
}

static void
state_destroy(struct state *state)
{
    smap_destroy(&state->fields);
    free(state->tun_dst);
}

static void
copy_destroy(struct trace_copy *copy)
{
    free(copy->tun_dst);
    free(copy->tun_src);
    free(copy->problem);
    free(copy->packet);
}

void
trace_result_destroy(struct trace_result *result)
{
    for (size_t i = 0; i < result->n_copies; i++) {
        copy_destroy(&result->copies[i]);
    }
    free(result->copies);
    free(result->steps);
}

/* Returns true if 'word' of a flow says nothing about the packet itself. */
static bool
is_metadata(const char *word)
{
    static const char *const prefixes[] = {
        "reg", "xreg", "xxreg", "tun_", "gtpu_", "in_port", "metadata",
        "ct_", "recirc_id", "pkt_mark", "skb_priority", "tunnel",
    };

    for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
        if (!strncmp(word, prefixes[i], strlen(prefixes[i]))) {
            return true;
        }
    }
    return false;
}

/* A flow is printed with fields of the transport layer named "tp_src" and
 * "icmp_type" for all protocols, but "ofproto/trace" takes them for those of
 * TCP and ICMPv4.  Returns 'word' with the name of 'protocol', which the
 * caller frees. */
static char *
name_field(const char *word, const char *protocol)
{
    int len = strcspn(protocol, "6");

    if (!strncmp(word, "tp_", 3)) {
        return xasprintf("%.*s%s", len, protocol, word + 2);
    } else if (!strncmp(word, "icmp_", 5) && !strcmp(protocol, "icmp6")) {
        return xasprintf("icmpv6%s", word + 4);
    }
    return xstrdup(word);
}

static void
parse_flow(struct parser *p, const char *flow)
{
    char *copy = xstrdup(flow);
    const char *protocol = copy;
    char *save = NULL;

    svec_clear(&p->packet);
    for (char *word = strtok_r(copy, ",", &save); word;
         word = strtok_r(NULL, ",", &save)) {
        if (!is_metadata(word)) {
            svec_add_nocopy(&p->packet, name_field(word, protocol));
        }
    }
    free(copy);
}

/* Returns the value of 'field' in the packet as it came in, or NULL. */
static const char *
original(const struct parser *p, const char *field)
{
    size_t len = strlen(field);

    for (size_t i = 0; i < p->packet.n; i++) {
        if (!strncmp(p->packet.names[i], field, len)
            && p->packet.names[i][len] == '=') {
            return p->packet.names[i] + len + 1;
        }
    }
    return NULL;
}

/* Returns the packet as it is now. */
static char *
format_packet(const struct parser *p)
{
    struct ds ds = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < p->packet.n; i++) {
        const char *word = p->packet.names[i];
        size_t len = strcspn(word, "=");
        char *field = xmemdup0(word, len);
        const char *value = word[len] ? smap_get(&p->now.fields, field) : NULL;

        ds_put_format(&ds, "%s%s", i ? "," : "", value ? field : word);
        if (value) {
            ds_put_format(&ds, "=%s", value);
        }
        free(field);
    }
    return ds_steal_cstr(&ds);
}

static void
add_step(struct parser *p, unsigned int table, const char *text)
{
    struct trace_result *r = p->result;
    const char *cookie = strstr(text, ", cookie 0x");

    if (r->n_steps >= r->allocated_steps) {
        r->steps = x2nrealloc(r->steps, &r->allocated_steps, sizeof *r->steps);
    }
    r->steps[r->n_steps++] = (struct trace_step) {
        .table = table,
        .miss = !strncmp(text, "No match", 8),
        .cookie = cookie ? strtoull(cookie + 9, NULL, 16) : 0,
    };
}

static void
add_copy(struct parser *p, enum trace_output output, unsigned int value)
{
    struct trace_result *r = p->result;

    if (r->n_copies >= r->allocated_copies) {
        r->copies = x2nrealloc(r->copies, &r->allocated_copies,
                               sizeof *r->copies);
    }
    r->copies[r->n_copies++] = (struct trace_copy) {
        .output = output,
        .port = output == TRACE_PORT ? value : 0,
        .reason = output == TRACE_CONTROLLER ? value : 0,
        .tun_id = p->now.tun_id,
        .tun_dst = nullable_xstrdup(p->now.tun_dst),
        .packet = format_packet(p),
    };
}

/* Field 'name', in the words of any OpenFlow version, is set to 'value'. */
static void
set_field(struct parser *p, const char *name, const char *value)
{
    if (!strcmp(name, "tun_id") || !strcmp(name, "NXM_NX_TUN_ID[]")) {
        p->now.tun_id = strtoull(value, NULL, 0);
    } else if (!strcmp(name, "tun_dst") || !strcmp(name, "tun_ipv6_dst")) {
        free(p->now.tun_dst);
        p->now.tun_dst = xstrdup(value);
    } else if (!strcmp(name, "NXM_NX_TUN_IPV4_DST[]")) {
        ovs_be32 ip = htonl(strtoul(value, NULL, 0));

        free(p->now.tun_dst);
        p->now.tun_dst = xasprintf(IP_FMT, IP_ARGS(ip));
    } else if (!strcmp(name, "eth_src")) {
        smap_replace(&p->now.fields, "dl_src", value);
    } else if (!strcmp(name, "eth_dst")) {
        smap_replace(&p->now.fields, "dl_dst", value);
    }
}

static void
dec_ttl(struct parser *p)
{
    const char *ttl = smap_get(&p->now.fields, "nw_ttl");

    ttl = ttl ? ttl : original(p, "nw_ttl");
    if (ttl) {
        char *less = xasprintf("%d", atoi(ttl) - 1);

        smap_replace(&p->now.fields, "nw_ttl", less);
        free(less);
    }
}

static void
parse_action(struct parser *p, const char *action)
{
    const char *colon = strchr(action, ':');
    const char *arrow = strstr(action, "->");
    unsigned int port;

    if ((!strncmp(action, "set_field:", 10) || !strncmp(action, "load:", 5))
        && arrow) {
        char *value = xmemdup0(colon + 1, arrow - colon - 1);

        set_field(p, arrow + 2, value);
        free(value);
    } else if (!strncmp(action, "mod_dl_src:", 11)) {
        set_field(p, "eth_src", action + 11);
    } else if (!strncmp(action, "mod_dl_dst:", 11)) {
        set_field(p, "eth_dst", action + 11);
    } else if (!strncmp(action, "dec_ttl", 7)) {
        dec_ttl(p);
    } else if (ovs_scan(action, "output:%u", &port)) {
        add_copy(p, TRACE_PORT, port);
    } else if (!strcmp(action, "IN_PORT")) {
        add_copy(p, TRACE_BACK, 0);
    } else if (!strncmp(action, "controller(", 11)
               || !strncmp(action, "CONTROLLER", 10)) {
        const char *userdata = strstr(action, "userdata=");

        add_copy(p, TRACE_CONTROLLER,
                 userdata ? strtoul(userdata + 9, NULL, 16) : 0);
    }
}

/* Parses a line that comments on the action before it: "-> " or ">> ". */
static void
parse_note(struct parser *p, const char *note)
{
    struct trace_result *r = p->result;
    struct trace_copy *copy = r->n_copies ? &r->copies[r->n_copies - 1] : NULL;
    unsigned int port;

    if (ovs_scan(note, "-> output port is %u", &port)) {
        add_copy(p, TRACE_PORT, port);
    } else if (copy && !strncmp(note, ">> skipping output", 18)) {
        copy_destroy(copy);
        r->n_copies--;
    } else if (copy && !strncmp(note, "-> tunneling from ", 18)) {
        const char *src = strchr(note + 18, ' ');

        if (src && !copy->tun_src) {
            copy->tun_src = xmemdup0(src + 1, strcspn(src + 1, " "));
        }
    } else if (copy && (!strncmp(note, ">>", 2)
                        || strstr(note, "neighbor cache miss")
                        || strstr(note, "native tunnel routing failed"))) {
        free(copy->problem);
        copy->problem = xstrdup(note + 3);
    }
}

static void
begin_check(struct parser *p, int indent)
{
    if (!p->checking) {
        p->checking = true;
        p->check_indent = indent;
        p->check_first = NULL;
        state_copy(&p->check_state, &p->now);
        p->check_steps = p->result->n_steps;
        p->check_copies = p->result->n_copies;
    }
}

static void
end_check(struct parser *p)
{
    if (p->checking) {
        p->checking = false;
        free(p->check_first);
        state_destroy(&p->check_state);
    }
}

/* If the smaller packet's way begins with 'action', forgets the other one. */
static void
continue_check(struct parser *p, int indent, const char *action)
{
    if (!p->checking || indent != p->check_indent) {
        return;
    }
    if (!p->check_first) {
        p->check_first = xstrdup(action);
    } else if (!strcmp(p->check_first, action)) {
        struct trace_result *r = p->result;

        while (r->n_copies > p->check_copies) {
            copy_destroy(&r->copies[--r->n_copies]);
        }
        r->n_steps = p->check_steps;
        state_destroy(&p->now);
        state_copy(&p->now, &p->check_state);
        end_check(p);
    }
}

/* What went back is an answer, which actions have made of the whole packet. */
static void
parse_final_flow(struct parser *p, const char *flow)
{
    if (strncmp(flow, "unchanged", 9)) {
        parse_flow(p, flow);
        smap_clear(&p->now.fields);
    }
    for (size_t i = 0; i < p->result->n_copies; i++) {
        struct trace_copy *copy = &p->result->copies[i];

        if (copy->output == TRACE_BACK) {
            free(copy->packet);
            copy->packet = format_packet(p);
        }
    }
}

static void
parse_line(struct parser *p, const char *line)
{
    int indent = strspn(line, " ");
    const char *text = line + indent;
    unsigned int table;
    int n;

    if (!strncmp(line, "Flow: ", 6)) {
        parse_flow(p, line + 6);
        return;
    } else if (!strncmp(line, "Final flow: ", 12)) {
        parse_final_flow(p, line + 12);
        return;
    } else if (!strncmp(text, "bridge(\"", 8)) {
        size_t len = strlen(p->bridge);
        bool ours = (!strncmp(text + 8, p->bridge, len)
                     && text[8 + len] == '"');

        p->other_indent = ours ? -1 : indent;
        return;
    }
    if (p->other_indent >= 0) {
        if (indent > p->other_indent || !strncmp(text, "---", 3)) {
            return;
        }
        p->other_indent = -1;
    }

    if (ovs_scan(text, "%u. %n", &table, &n) && n) {
        add_step(p, table, text + n);
    } else if (!strncmp(text, "-> ", 3) || !strncmp(text, ">>", 2)) {
        parse_note(p, text);
    } else if (!strncmp(text, "check_pkt_larger(", 17)) {
        begin_check(p, indent);
    } else {
        continue_check(p, indent, text);
        parse_action(p, text);
    }
}

void
trace_parse(const char *text, const char *bridge, struct trace_result *result)
{
    struct parser p = {
        .result = result,
        .bridge = bridge,
        .packet = SVEC_EMPTY_INITIALIZER,
        .other_indent = -1,
    };
    char *copy = xstrdup(text);
    char *save = NULL;

    memset(result, 0, sizeof *result);
    smap_init(&p.now.fields);
    for (char *line = strtok_r(copy, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        parse_line(&p, line);
    }
    end_check(&p);
    state_destroy(&p.now);
    svec_destroy(&p.packet);
    free(copy);
}
