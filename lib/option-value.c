/* SPDX-License-Identifier: Apache-2.0 */

#include "option-value.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "label-stack.h"

/* strtoull() alone would take "100/200" for 100, "-1" for a large number, and
 * "0100" for 64. */
bool
option_parse_number(const char *text, uint64_t min, uint64_t max,
                    uint64_t *number)
{
    unsigned long long value;
    char *end;

    if (*text < '0' || *text > '9'
        || (*text == '0' && text[1] >= '0' && text[1] <= '9')) {
        return false;
    }
    errno = 0;
    value = strtoull(text, &end, 0);
    if (errno || *end || value < min || value > max) {
        return false;
    }
    *number = value;
    return true;
}

bool
option_parse_inherit(const char *text, uint64_t min, uint64_t max,
                     int *number)
{
    uint64_t value;

    if (!strcmp(text, "inherit")) {
        *number = MPLSUDP_INHERIT;
        return true;
    } else if (option_parse_number(text, min, max, &value)) {
        *number = (int) value;
        return true;
    }
    return false;
}

bool
option_format_inherit(int number, char *text)
{
    if (number == MPLSUDP_INHERIT) {
        strcpy(text, "inherit");
    } else if (number != MPLSUDP_DEFAULT) {
        snprintf(text, OPTION_TEXT_SIZE, "%d", number);
    }
    return number != MPLSUDP_DEFAULT;
}

bool
option_parse_bool(const char *text, bool *value)
{
    bool on = !strcmp(text, "true");

    if (!on && strcmp(text, "false")) {
        return false;
    }
    *value = on;
    return true;
}

bool
option_format_bool(bool value, char *text)
{
    strcpy(text, value ? "true" : "false");
    return true;
}

static const uint8_t ipv4_mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool
is_ipv4(const uint8_t *address)
{
    return !memcmp(address, ipv4_mapped, sizeof ipv4_mapped);
}

bool
option_address_is_ipv4(const struct mplsudp_address *address)
{
    return is_ipv4(address->bytes);
}

/* True if packets can be sent to 'address': not multicast, broadcast or
 * unspecified. */
static bool
is_unicast(const uint8_t *address)
{
    static const uint8_t zero[OUTER_ADDRESS_SIZE];

    return is_ipv4(address)
           ? address[12] >> 4 < 0xe && memcmp(address + 12, zero, 4)
           : address[0] != 0xff && memcmp(address, zero, sizeof zero);
}

static bool
parse_ip(const char *text, uint8_t out[OUTER_ADDRESS_SIZE])
{
    uint8_t ipv4[4];

    if (inet_pton(AF_INET, text, ipv4) == 1) {
        memcpy(out, ipv4_mapped, sizeof ipv4_mapped);
        memcpy(out + sizeof ipv4_mapped, ipv4, sizeof ipv4);
        return true;
    }
    return inet_pton(AF_INET6, text, out) == 1;
}

static void
format_ip(const uint8_t *address, char *text, size_t size)
{
    if (is_ipv4(address)) {
        inet_ntop(AF_INET, address + 12, text, (socklen_t) size);
    } else {
        inet_ntop(AF_INET6, address, text, (socklen_t) size);
    }
}

bool
option_parse_address(const char *text, struct mplsudp_address *out)
{
    struct mplsudp_address address;

    memset(&address, 0, sizeof address);
    if (!strcmp(text, "flow")) {
        address.flow = true;
    } else if (parse_ip(text, address.bytes) && is_unicast(address.bytes)) {
        address.set = true;
    } else {
        return false;
    }
    *out = address;
    return true;
}

bool
option_format_address(const struct mplsudp_address *address, char *text)
{
    if (address->flow) {
        strcpy(text, "flow");
    } else if (address->set) {
        format_ip(address->bytes, text, OPTION_TEXT_SIZE);
    }
    return address->flow || address->set;
}

bool
option_parse_key(const char *text, bool transmit, struct mplsudp_key *key)
{
    bool flow = !strcmp(text, "flow");
    uint64_t value = 0;

    if (!flow
        && (!option_parse_number(text, 0, (UINT64_C(1) << 60) - 1, &value)
            || (transmit && label_key_check(value)))) {
        return false;
    }
    key->value = value;
    key->flow = flow;
    key->set = !flow;
    return true;
}

bool
option_format_key(const struct mplsudp_key *key, char *text)
{
    if (key->flow) {
        strcpy(text, "flow");
    } else if (key->set) {
        snprintf(text, OPTION_TEXT_SIZE, "%"PRIu64, key->value);
    }
    return key->flow || key->set;
}

bool
option_keys_equal(const struct mplsudp_key *a, const struct mplsudp_key *b)
{
    return a->flow == b->flow && a->set == b->set && a->value == b->value;
}

/* Copies what stands in '*text' before 'separator', or all, to 'item' of
 * 'size' bytes, and moves '*text' behind the separator, or to null at the end.
 * Returns false if the item is too long. */
static bool
next_item(const char **text, char separator, char *item, size_t size)
{
    const char *end = strchr(*text, separator);
    size_t length = end ? (size_t) (end - *text) : strlen(*text);

    if (length >= size) {
        return false;
    }
    memcpy(item, *text, length);
    item[length] = '\0';
    *text = end ? end + 1 : NULL;
    return true;
}

bool
option_parse_labels(const char *text, struct mplsudp_labels *out)
{
    struct mplsudp_labels labels;

    memset(&labels, 0, sizeof labels);
    while (text) {
        char item[16];
        uint64_t label;

        if (labels.n >= MPLSUDP_LABELS_MAX
            || !next_item(&text, '/', item, sizeof item)
            || !option_parse_number(item, LABEL_UNRESERVED_MIN, LABEL_MAX,
                                    &label)) {
            return false;
        }
        labels.labels[labels.n++] = (uint32_t) label;
    }
    *out = labels;
    return true;
}

bool
option_format_labels(const struct mplsudp_labels *labels, char *text)
{
    size_t ofs = 0;

    for (uint32_t i = 0; i < labels->n; i++) {
        ofs += (size_t) snprintf(text + ofs, OPTION_TEXT_SIZE - ofs,
                                 "%s%"PRIu32, i ? "/" : "",
                                 labels->labels[i]);
    }
    return labels->n != 0;
}

/* Returns the mask of byte 'i' of an address with a prefix of 'prefix'
 * bits. */
static uint8_t
mask_byte(unsigned int i, uint8_t prefix)
{
    return prefix >= i * 8 + 8 ? 0xff
           : prefix <= i * 8 ? 0 : (uint8_t) (0xff00 >> (prefix - i * 8));
}

static bool
parse_network(char *text, struct mplsudp_network *network)
{
    char *slash = strchr(text, '/');
    uint64_t prefix;
    bool ipv4;

    if (slash) {
        *slash = '\0';
    }
    if (!parse_ip(text, network->address)) {
        return false;
    }
    ipv4 = is_ipv4(network->address);
    prefix = ipv4 ? 32 : 128;
    if (slash && !option_parse_number(slash + 1, 0, prefix, &prefix)) {
        return false;
    }
    network->prefix = (uint8_t) (ipv4 ? prefix + 96 : prefix);
    for (unsigned int i = 0; i < OUTER_ADDRESS_SIZE; i++) {
        network->address[i] &= mask_byte(i, network->prefix);
    }
    return true;
}

bool
option_parse_peers(const char *text, struct mplsudp_peers *out)
{
    struct mplsudp_peers peers;

    memset(&peers, 0, sizeof peers);
    while (text) {
        char item[64];

        if (peers.n >= MPLSUDP_PEERS_MAX
            || !next_item(&text, ',', item, sizeof item)
            || !parse_network(item, &peers.networks[peers.n])) {
            return false;
        }
        peers.n++;
    }
    *out = peers;
    return true;
}

bool
option_format_peers(const struct mplsudp_peers *peers, char *text)
{
    size_t ofs = 0;

    for (uint32_t i = 0; i < peers->n; i++) {
        const struct mplsudp_network *network = &peers->networks[i];
        bool ipv4 = is_ipv4(network->address);
        char ip[INET6_ADDRSTRLEN];

        format_ip(network->address, ip, sizeof ip);
        ofs += (size_t) snprintf(text + ofs, OPTION_TEXT_SIZE - ofs, "%s%s",
                                 i ? "," : "", ip);
        if (network->prefix < 128) {
            ofs += (size_t) snprintf(text + ofs, OPTION_TEXT_SIZE - ofs,
                                     "/%d", network->prefix - (ipv4 ? 96 : 0));
        }
    }
    return peers->n != 0;
}

bool
option_peers_include(const struct mplsudp_peers *peers,
                     const uint8_t address[OUTER_ADDRESS_SIZE])
{
    for (uint32_t i = 0; i < peers->n; i++) {
        const struct mplsudp_network *network = &peers->networks[i];
        unsigned int whole = network->prefix / 8;

        if (is_ipv4(network->address) == is_ipv4(address)
            && !memcmp(network->address, address, whole)
            && (whole == OUTER_ADDRESS_SIZE
                || network->address[whole]
                   == (address[whole] & mask_byte(whole, network->prefix)))) {
            return true;
        }
    }
    return false;
}
