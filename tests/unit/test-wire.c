/* SPDX-License-Identifier: Apache-2.0
 *
 * test-wire: big-endian integers at every alignment (lib/wire.h). */

#include "wire.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

static const struct {
    uint32_t value;
    uint8_t bytes[4];
} integers[] = {
    { 0, { 0, 0, 0, 0 } },
    { 1, { 0, 0, 0, 1 } },
    { 0x80, { 0, 0, 0, 0x80 } },
    { 0x1234, { 0, 0, 0x12, 0x34 } },
    { 0x8000, { 0, 0, 0x80, 0 } },
    { 0x01020304, { 1, 2, 3, 4 } },
    { 0x80000000, { 0x80, 0, 0, 0 } },
    { 0xfffefdfc, { 0xff, 0xfe, 0xfd, 0xfc } },
    { UINT32_MAX, { 0xff, 0xff, 0xff, 0xff } },
};

/* Tests one integer at 'ofs' bytes into a buffer that ends right behind it. */
static void
test_integer(uint32_t value, const uint8_t bytes[4], size_t ofs)
{
    uint8_t *buffer = malloc(ofs + 4);

    memset(buffer, 0x55, ofs + 4);
    wire_put32(buffer + ofs, value);
    unit_bytes("wire_put32", bytes, buffer + ofs, 4);
    unit_number("wire_get32", value, wire_get32(buffer + ofs));

    memset(buffer, 0x55, ofs + 4);
    wire_put16(buffer + ofs + 2, (uint16_t) value);
    unit_bytes("wire_put16", bytes + 2, buffer + ofs + 2, 2);
    unit_number("bytes before it", 0x5555, wire_get16(buffer + ofs));
    unit_number("wire_get16", value & 0xffff, wire_get16(buffer + ofs + 2));
    free(buffer);
}

void
test_wire(void)
{
    for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++) {
        unit_case("0x%x", (unsigned int) integers[i].value);
        for (size_t ofs = 0; ofs < 8; ofs++) {
            test_integer(integers[i].value, integers[i].bytes, ofs);
        }
    }
}
