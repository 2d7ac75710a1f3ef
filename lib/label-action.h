/* SPDX-License-Identifier: Apache-2.0
 *
 * label-action: what the actions push_labels and pop_labels say, text to
 * checked values and back.
 *
 *     push_labels(100/200/300[,tc=N|inherit][,ttl=N|inherit][,control_word])
 *     pop_labels[(count=N|all[,payload=ethernet|ip|mpls|auto][,ttl=copy]
 *                [,control_word])]
 *
 * Called by ofproto/ofp-label-actions.c for OpenFlow actions, whose text
 * prints as it was given, and by datapath-ext/label-actions.c for datapath
 * actions.  What they do to packets is in label-push.h and label-pop.h. */

#ifndef LABEL_ACTION_H
#define LABEL_ACTION_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mplsudp-config.h"

enum {
    LABEL_ACTION_MAX = 16,      /* Labels that an action pushes or counts. */
    LABEL_ACTION_TEXT_SIZE = 256,       /* Longest text or error message. */
};

/* push_labels(). */
struct label_push {
    uint32_t labels[LABEL_ACTION_MAX];  /* Top first. */
    uint8_t n;                  /* Of 'labels', 1-16. */
    bool control_word;          /* Between stack and payload. */
    int16_t tc;                 /* 0-7, MPLSUDP_INHERIT, MPLSUDP_DEFAULT: 0. */
    int16_t ttl;                /* 1-255, MPLSUDP_INHERIT, MPLSUDP_DEFAULT: 255
                                 * for Ethernet frames, else inherited. */
};

/* Values of 'count' beside the numbers. */
enum {
    LABEL_POP_DEFAULT = 0,      /* Not given: all. */
    LABEL_POP_ALL = 254,        /* Given as "all". */
    LABEL_POP_COUNT_ALL = 255   /* Given as "count=all". */
};

/* 'payload' if it was not given: auto if all labels go, else mpls. */
enum { LABEL_POP_PAYLOAD_DEFAULT = MPLSUDP_N_PAYLOADS };

/* pop_labels().  Also a datapath action: bytes without padding. */
struct label_pop {
    uint8_t count;              /* 1-16 or one of the above. */
    uint8_t payload;            /* enum mplsudp_payload or the above. */
    uint8_t ttl_copy;           /* 1: the last TTL goes to what is below. */
    uint8_t control_word;       /* 1: a control word is taken off, too. */
};

/* Returns true if 'label' may be pushed: 0-1048575 except 3, which is only
 * signalled (RFC 3032 section 2.1). */
bool label_action_label_ok(uint64_t label);

/* Returns the payload that 'pop' means, by default or as given. */
enum mplsudp_payload label_pop_payload(const struct label_pop *pop);

/* Returns true if 'pop' takes off all labels. */
static inline bool
label_pop_is_all(const struct label_pop *pop)
{
    return !pop->count || pop->count > LABEL_ACTION_MAX;
}

/* Check that the fields are in range and go together, however they came to
 * be.  Return false if they are not, and print why to 'error', of
 * LABEL_ACTION_TEXT_SIZE bytes. */
bool label_push_check(const struct label_push *, char *error);
bool label_pop_check(const struct label_pop *, char *error);

/* Parse what stands between the parentheses.  Return false if 'text' is bad,
 * and print to 'error', of LABEL_ACTION_TEXT_SIZE bytes, which part is and
 * what would be right; then the action is undefined. */
bool label_push_parse(const char *text, struct label_push *, char *error);
bool label_pop_parse(const char *text, struct label_pop *, char *error);

/* Print to 'text', of LABEL_ACTION_TEXT_SIZE bytes, what the parse functions
 * take; nothing for a bare pop_labels. */
void label_push_format(const struct label_push *, char *text);
void label_pop_format(const struct label_pop *, char *text);

#endif /* label-action.h */
