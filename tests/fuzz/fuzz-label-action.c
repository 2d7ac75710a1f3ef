/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz-label-action: reads push_labels and pop_labels as text, as values and
 * as a pushed header (lib/label-action.h, lib/label-push.h).
 *
 * Input: a byte that says what follows: '+' the text of push_labels, '-' of
 * pop_labels, 'p' a struct label_push, 'q' a struct label_pop, 'h' a header;
 * then that. */

#include "label-action.h"

#include "fuzz.h"
#include "label-push.h"

/* A buffer for text that ends where it may, without a null in it. */
static char *
text_alloc(void)
{
    return memset(fuzz_zeros(LABEL_ACTION_TEXT_SIZE), 'X',
                  LABEL_ACTION_TEXT_SIZE);
}

/* Returns true if 'ok'; else 'error' is to be a message. */
static bool
is_taken(bool ok, char *error)
{
    FUZZ_CHECK(ok || (memchr(error, '\0', LABEL_ACTION_TEXT_SIZE) && *error));
    return ok;
}

static bool
push_equal(const struct label_push *a, const struct label_push *b)
{
    return a->n == b->n && a->control_word == b->control_word
           && a->tc == b->tc && a->ttl == b->ttl
           && !memcmp(a->labels, b->labels, a->n * sizeof *a->labels);
}

/* A header that is made is read back, and made again. */
static void
check_header(const struct label_push *push, enum label_push_onto onto)
{
    struct label_push_header header, again;
    struct label_push read;
    bool onto_mpls;
    size_t size;
    uint8_t *copy;

    label_push_build(push, onto, &header);
    size = LABEL_PUSH_HEAD + (size_t) header.size;
    copy = fuzz_copy((const uint8_t *) &header, size);
    FUZZ_CHECK(label_push_read((const struct label_push_header *) copy, size,
                               &read, &onto_mpls));
    FUZZ_CHECK(onto_mpls == (onto == LABEL_PUSH_ONTO_MPLS));
    label_push_build(&read, onto, &again);
    FUZZ_CHECK(!memcmp(&again, &header, sizeof again));
    free(copy);
}

/* What may be pushed is printed, and that is parsed to the same. */
static void
check_push(const struct label_push *push, char *error)
{
    char *text = text_alloc(), *again_text = text_alloc();
    struct label_push again;

    FUZZ_CHECK(label_push_check(push, error));
    label_push_format(push, text);
    FUZZ_CHECK(memchr(text, '\0', LABEL_ACTION_TEXT_SIZE));
    FUZZ_CHECK(label_push_parse(text, &again, error));
    FUZZ_CHECK(push_equal(push, &again));
    label_push_format(&again, again_text);
    FUZZ_CHECK(!strcmp(text, again_text));
    for (int onto = 0; onto <= LABEL_PUSH_ONTO_OTHER; onto++) {
        check_header(push, onto);
    }
    free(again_text);
    free(text);
}

static void
check_pop(const struct label_pop *pop, char *error)
{
    char *text = text_alloc();
    struct label_pop again;

    FUZZ_CHECK(label_pop_check(pop, error));
    label_pop_format(pop, text);
    FUZZ_CHECK(memchr(text, '\0', LABEL_ACTION_TEXT_SIZE));
    FUZZ_CHECK(label_pop_parse(text, &again, error));
    FUZZ_CHECK(!memcmp(pop, &again, sizeof again));
    FUZZ_CHECK(label_pop_payload(pop) < MPLSUDP_N_PAYLOADS);
    FUZZ_CHECK(!label_pop_is_all(pop)
               || label_pop_payload(pop) != MPLSUDP_PAYLOAD_MPLS);
    free(text);
}

static void
run_text(const uint8_t *data, size_t size, bool is_push, char *error)
{
    char *text = (char *) fuzz_zeros(size + 1);
    struct label_push push;
    struct label_pop pop;

    memcpy(text, data, size);
    if (is_push) {
        if (is_taken(label_push_parse(text, &push, error), error)) {
            check_push(&push, error);
        }
    } else if (is_taken(label_pop_parse(text, &pop, error), error)) {
        check_pop(&pop, error);
    }
    free(text);
}

/* Of each value some bits that make it likely to be right: a random number of
 * 32 bits is no label. */
static void
run_push(const uint8_t *data, size_t size, char *error)
{
    struct label_push push;

    memset(&push, 0, sizeof push);
    memcpy(&push, data, size < sizeof push ? size : sizeof push);
    push.control_word = size && data[0] & 1;
    for (int i = 0; i < LABEL_ACTION_MAX; i++) {
        push.labels[i] &= (1 << 21) - 1;
    }
    if (is_taken(label_push_check(&push, error), error)) {
        check_push(&push, error);
    }
}

static void
run_pop(const uint8_t *data, size_t size, char *error)
{
    struct label_pop pop;

    if (size >= sizeof pop) {
        memcpy(&pop, data, sizeof pop);
        if (is_taken(label_pop_check(&pop, error), error)) {
            check_pop(&pop, error);
        }
    }
}

/* A header that is read may be pushed, and is what that makes. */
static void
run_header(const uint8_t *data, size_t size, char *error)
{
    uint8_t *copy = fuzz_copy(data, size);
    struct label_push_header header;
    struct label_push push;
    bool onto_mpls;

    if (label_push_read((const struct label_push_header *) copy, size, &push,
                        &onto_mpls)) {
        check_push(&push, error);
        label_push_build(&push, onto_mpls ? LABEL_PUSH_ONTO_MPLS
                                          : LABEL_PUSH_ONTO_ETHERNET,
                         &header);
        FUZZ_CHECK(size == LABEL_PUSH_HEAD + (size_t) header.size);
        FUZZ_CHECK(!memcmp(&header, data, size));
    }
    free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *error;

    if (!size) {
        return 0;
    }
    error = text_alloc();
    switch (data[0]) {
    case '+':
    case '-':
        run_text(data + 1, size - 1, data[0] == '+', error);
        break;
    case 'p':
        run_push(data + 1, size - 1, error);
        break;
    case 'q':
        run_pop(data + 1, size - 1, error);
        break;
    case 'h':
        run_header(data + 1, size - 1, error);
        break;
    default:
        break;
    }
    free(error);
    return 0;
}
