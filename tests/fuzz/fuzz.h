/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz: what the fuzz targets share.
 *
 * A target is a function that libFuzzer, or fuzz-main.c in its place, calls
 * with one input after the other.  It must hold the properties that it checks
 * for any bytes. */

#ifndef FUZZ_H
#define FUZZ_H 1

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The target. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program, which is what libFuzzer takes for a finding, unless
 * 'CONDITION' is true. */
#define FUZZ_CHECK(CONDITION)                                             \
    do {                                                                  \
        if (!(CONDITION)) {                                               \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__,  \
                    #CONDITION);                                          \
            abort();                                                      \
        }                                                                 \
    } while (0)

/* Returns 'size' bytes of zeros that end where their memory ends.  The caller
 * frees them. */
static inline uint8_t *
fuzz_zeros(size_t size)
{
    uint8_t *zeros = calloc(1, size ? size : 1);

    if (!zeros) {
        abort();
    }
    return zeros;
}

/* Returns a copy of the 'size' bytes at 'data' that ends where its memory
 * ends.  The caller frees it. */
static inline uint8_t *
fuzz_copy(const uint8_t *data, size_t size)
{
    uint8_t *copy = fuzz_zeros(size);

    if (size) {
        memcpy(copy, data, size);
    }
    return copy;
}

#endif /* fuzz.h */
