/* SPDX-License-Identifier: Apache-2.0 */

#include "label-action.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "label-stack.h"

enum { ITEM_SIZE = 32 };        /* Longest part between commas, and null. */

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static bool
complain(char *error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(error, LABEL_ACTION_TEXT_SIZE, format, args);
    va_end(args);
    return false;
}

bool
label_action_label_ok(uint64_t label)
{
    return label <= LABEL_MAX && label != LABEL_IMPLICIT_NULL;
}

enum mplsudp_payload
label_pop_payload(const struct label_pop *pop)
{
    return pop->payload != LABEL_POP_PAYLOAD_DEFAULT
           ? (enum mplsudp_payload) pop->payload
           : label_pop_is_all(pop) ? MPLSUDP_PAYLOAD_AUTO
           : MPLSUDP_PAYLOAD_MPLS;
}

bool
label_push_check(const struct label_push *push, char *error)
{
    if (!push->n || push->n > LABEL_ACTION_MAX) {
        return complain(error, "%d labels; push_labels takes 1 to %d",
                        push->n, LABEL_ACTION_MAX);
    }
    for (unsigned int i = 0; i < push->n; i++) {
        if (!label_action_label_ok(push->labels[i])) {
            return complain(error, "label %"PRIu32" cannot be pushed; labels "
                            "are 0 to %d except %d, implicit null",
                            push->labels[i], LABEL_MAX, LABEL_IMPLICIT_NULL);
        }
    }
    if (push->tc < MPLSUDP_DEFAULT || push->tc > 7) {
        return complain(error, "tc=%d; tc is 0 to 7 or inherit", push->tc);
    }
    if (push->ttl < MPLSUDP_DEFAULT || !push->ttl || push->ttl > 255) {
        return complain(error, "ttl=%d; ttl is 1 to 255 or inherit",
                        push->ttl);
    }
    return true;
}

bool
label_pop_check(const struct label_pop *pop, char *error)
{
    if (pop->count > LABEL_ACTION_MAX && pop->count < LABEL_POP_ALL) {
        return complain(error, "count=%d; count is 1 to %d or all",
                        pop->count, LABEL_ACTION_MAX);
    }
    if (pop->payload > LABEL_POP_PAYLOAD_DEFAULT) {
        return complain(error, "payload is number %d; it is ethernet, ip, "
                        "mpls or auto", pop->payload);
    }
    if (pop->ttl_copy > 1 || pop->control_word > 1) {
        return complain(error, "a flag is neither 0 nor 1");
    }
    if (label_pop_payload(pop) == MPLSUDP_PAYLOAD_MPLS) {
        if (label_pop_is_all(pop)) {
            return complain(error, "payload=mpls with all labels taken off; "
                            "give a count of labels");
        } else if (pop->control_word) {
            return complain(error, "control_word with payload=mpls; a control "
                            "word stands below the bottom of the stack only");
        }
    }
    return true;
}

/* One part of the text between parentheses. */
struct item {
    char text[ITEM_SIZE];       /* All of it, for messages. */
    char key[ITEM_SIZE];        /* What stands before "=", or all. */
    const char *value;          /* Behind "=", or null. */
};

/* Cuts the part up to the next 'separator' off '*text', which becomes null at
 * the end.  One that is too long ends in "...", so that it is no number. */
static void
next_item(const char **text, char separator, struct item *item)
{
    const char *end = strchr(*text, separator);
    int length = end ? (int) (end - *text) : (int) strlen(*text);
    char *equals;

    snprintf(item->text, sizeof item->text, "%.*s", length, *text);
    if (length >= ITEM_SIZE) {
        strcpy(item->text + ITEM_SIZE - sizeof "...", "...");
    }
    *text = end ? end + 1 : NULL;
    strcpy(item->key, item->text);
    equals = strchr(item->key, '=');
    item->value = equals ? equals + 1 : NULL;
    if (equals) {
        *equals = '\0';
    }
}

/* Returns true, and notes in '*seen', that 'item' has 'key', and a value if
 * 'has_value'; false if it has not, or has it again. */
static bool
item_is(const struct item *item, const char *key, bool has_value,
        unsigned int bit, unsigned int *seen)
{
    if (strcmp(item->key, key) || !item->value == has_value
        || *seen & 1u << bit) {
        return false;
    }
    *seen |= 1u << bit;
    return true;
}

static bool
parse_labels(const char *text, struct label_push *push, char *error)
{
    struct item item;
    uint64_t label;

    while (text) {
        next_item(&text, '/', &item);
        if (!option_parse_number(item.text, 0, LABEL_MAX, &label)
            || !label_action_label_ok(label)) {
            return complain(error, "\"%s\" is no label that can be pushed; "
                            "labels are 0 to %d except %d, implicit null, "
                            "with / between them", item.text, LABEL_MAX,
                            LABEL_IMPLICIT_NULL);
        }
        if (push->n >= LABEL_ACTION_MAX) {
            return complain(error, "label %s is one too many; push_labels "
                            "takes 1 to %d", item.text, LABEL_ACTION_MAX);
        }
        push->labels[push->n++] = (uint32_t) label;
    }
    return true;
}

static bool
parse_inherit(const struct item *item, uint64_t min, uint64_t max,
              int16_t *out, char *error)
{
    int value;

    if (!option_parse_inherit(item->value, min, max, &value)) {
        return complain(error, "%s; %s is %d to %d or inherit", item->text,
                        item->key, (int) min, (int) max);
    }
    *out = (int16_t) value;
    return true;
}

static bool
parse_push_item(const struct item *item, unsigned int *seen,
                struct label_push *push, char *error)
{
    if (item_is(item, "tc", true, 0, seen)) {
        return parse_inherit(item, 0, 7, &push->tc, error);
    } else if (item_is(item, "ttl", true, 1, seen)) {
        return parse_inherit(item, 1, 255, &push->ttl, error);
    } else if (item_is(item, "control_word", false, 2, seen)) {
        push->control_word = true;
        return true;
    }
    return complain(error, "\"%s\"; behind the labels may stand, once each, "
                    "tc=, ttl= and control_word", item->text);
}

bool
label_push_parse(const char *text, struct label_push *push, char *error)
{
    unsigned int seen = 0;
    char labels[LABEL_ACTION_TEXT_SIZE];
    size_t length = strcspn(text, ",");

    memset(push, 0, sizeof *push);
    push->tc = MPLSUDP_DEFAULT;
    push->ttl = MPLSUDP_DEFAULT;
    if (!length) {
        return complain(error, "no labels; push_labels takes 1 to %d, top "
                        "first, with / between them", LABEL_ACTION_MAX);
    }
    if (length >= sizeof labels) {
        return complain(error, "too long; push_labels takes 1 to %d labels",
                        LABEL_ACTION_MAX);
    }
    memcpy(labels, text, length);
    labels[length] = '\0';
    if (!parse_labels(labels, push, error)) {
        return false;
    }
    text = text[length] ? text + length + 1 : NULL;
    while (text) {
        struct item item;

        next_item(&text, ',', &item);
        if (!parse_push_item(&item, &seen, push, error)) {
            return false;
        }
    }
    return true;
}

static bool
parse_payload(const struct item *item, struct label_pop *pop, char *error)
{
    for (int i = 0; i < MPLSUDP_N_PAYLOADS; i++) {
        if (!strcmp(item->value, mplsudp_payload_name(i))) {
            pop->payload = (uint8_t) i;
            return true;
        }
    }
    return complain(error, "%s; payload is ethernet, ip, mpls or auto",
                    item->text);
}

static bool
parse_count(const struct item *item, struct label_pop *pop, char *error)
{
    uint64_t count;

    if (!strcmp(item->value, "all")) {
        pop->count = LABEL_POP_COUNT_ALL;
    } else if (option_parse_number(item->value, 1, LABEL_ACTION_MAX, &count)) {
        pop->count = (uint8_t) count;
    } else {
        return complain(error, "%s; count is 1 to %d or all", item->text,
                        LABEL_ACTION_MAX);
    }
    return true;
}

static bool
parse_pop_item(const struct item *item, unsigned int *seen,
               struct label_pop *pop, char *error)
{
    if (item_is(item, "count", true, 0, seen)) {
        return parse_count(item, pop, error);
    } else if (item_is(item, "all", false, 0, seen)) {
        pop->count = LABEL_POP_ALL;
    } else if (item_is(item, "payload", true, 1, seen)) {
        return parse_payload(item, pop, error);
    } else if (item_is(item, "ttl", true, 2, seen)) {
        if (strcmp(item->value, "copy")) {
            return complain(error, "%s; ttl is copy or not given",
                            item->text);
        }
        pop->ttl_copy = 1;
    } else if (item_is(item, "control_word", false, 3, seen)) {
        pop->control_word = 1;
    } else {
        return complain(error, "\"%s\"; pop_labels takes, once each, count= "
                        "or all, payload=, ttl=copy and control_word",
                        item->text);
    }
    return true;
}

bool
label_pop_parse(const char *text, struct label_pop *pop, char *error)
{
    unsigned int seen = 0;

    memset(pop, 0, sizeof *pop);
    pop->payload = LABEL_POP_PAYLOAD_DEFAULT;
    if (!*text) {
        text = NULL;
    }
    while (text) {
        struct item item;

        next_item(&text, ',', &item);
        if (!parse_pop_item(&item, &seen, pop, error)) {
            return false;
        }
    }
    return label_pop_check(pop, error);
}

/* Appends to 'text', with a comma before it unless it is the first. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
append(char *text, const char *format, ...)
{
    size_t ofs = strlen(text);
    va_list args;

    if (ofs) {
        text[ofs++] = ',';
    }
    va_start(args, format);
    vsnprintf(text + ofs, LABEL_ACTION_TEXT_SIZE - ofs, format, args);
    va_end(args);
}

static void
append_inherit(char *text, const char *key, int value)
{
    if (value == MPLSUDP_INHERIT) {
        append(text, "%s=inherit", key);
    } else if (value != MPLSUDP_DEFAULT) {
        append(text, "%s=%d", key, value);
    }
}

void
label_push_format(const struct label_push *push, char *text)
{
    size_t ofs = 0;

    text[0] = '\0';
    for (unsigned int i = 0; i < push->n; i++) {
        ofs += (size_t) snprintf(text + ofs, LABEL_ACTION_TEXT_SIZE - ofs,
                                 "%s%"PRIu32, i ? "/" : "", push->labels[i]);
    }
    append_inherit(text, "tc", push->tc);
    append_inherit(text, "ttl", push->ttl);
    if (push->control_word) {
        append(text, "control_word");
    }
}

void
label_pop_format(const struct label_pop *pop, char *text)
{
    text[0] = '\0';
    if (pop->count == LABEL_POP_ALL) {
        append(text, "all");
    } else if (pop->count == LABEL_POP_COUNT_ALL) {
        append(text, "count=all");
    } else if (pop->count) {
        append(text, "count=%d", pop->count);
    }
    if (pop->payload != LABEL_POP_PAYLOAD_DEFAULT) {
        append(text, "payload=%s", mplsudp_payload_name(pop->payload));
    }
    if (pop->ttl_copy) {
        append(text, "ttl=copy");
    }
    if (pop->control_word) {
        append(text, "control_word");
    }
}
