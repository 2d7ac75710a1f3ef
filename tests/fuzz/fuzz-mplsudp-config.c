/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz-mplsudp-config: parses options, prints them again, and builds templates
 * from them (lib/mplsudp-config.h, lib/mplsudp-template.h).
 *
 * Input: text of lines "name=value"; its first character, as a number, also
 * says of which type the port is. */

#include "mplsudp-config.h"

#include "fuzz.h"
#include "mplsudp-decap.h"
#include "mplsudp-template.h"

/* What is printed is parsed to the same, and printed the same. */
static void
check_format(const struct mplsudp_option *option,
             const struct mplsudp_config *config)
{
    char text[OPTION_TEXT_SIZE], again[OPTION_TEXT_SIZE];
    struct mplsudp_config copy = *config;

    memset(text, 'x', sizeof text);
    if (option->format(config, text)) {
        FUZZ_CHECK(memchr(text, '\0', sizeof text));
        FUZZ_CHECK(option->parse(&copy, text));
        FUZZ_CHECK(!memcmp(&copy, config, sizeof copy));
        FUZZ_CHECK(option->format(&copy, again));
        FUZZ_CHECK(!strcmp(text, again));
    }
}

/* Prints all options, and parses them into a configuration of its own. */
static void
check_all(const struct mplsudp_config *config)
{
    const struct mplsudp_option *option = NULL;
    struct mplsudp_config copy;

    mplsudp_config_init(&copy, config->type);
    while ((option = mplsudp_option_next(config->type, option)) != NULL) {
        char text[OPTION_TEXT_SIZE];

        check_format(option, config);
        if (option->format(config, text)) {
            FUZZ_CHECK(option->parse(&copy, text));
        }
    }
    FUZZ_CHECK(!memcmp(&copy, config, sizeof copy));
}

/* Transport labels can be sent, and all addresses of each of the networks, but
 * no others, are peers. */
static void
check_lists(const struct mplsudp_config *config)
{
    const struct mplsudp_labels *labels = &config->labels;
    const struct mplsudp_peers *peers = &config->peers;

    FUZZ_CHECK(labels->n <= MPLSUDP_LABELS_MAX);
    for (uint32_t i = 0; i < labels->n; i++) {
        FUZZ_CHECK(labels->labels[i] >= LABEL_UNRESERVED_MIN
                   && labels->labels[i] <= LABEL_MAX);
    }
    FUZZ_CHECK(peers->n <= MPLSUDP_PEERS_MAX);
    for (uint32_t i = 0; i < peers->n; i++) {
        const struct mplsudp_network *network = &peers->networks[i];
        struct mplsudp_peers alone = { .n = 1, .networks = { *network } };
        uint8_t address[OUTER_ADDRESS_SIZE];

        FUZZ_CHECK(network->prefix <= 128);
        memcpy(address, network->address, sizeof address);
        FUZZ_CHECK(option_peers_include(peers, address));
        for (int j = 0; j < 4; j++) {
            int bits[] = { 0, network->prefix - 1, network->prefix, 127 };
            int bit = bits[j];

            if (bit < 0 || bit > 127) {
                continue;
            }
            address[bit / 8] ^= 0x80 >> bit % 8;
            FUZZ_CHECK(option_peers_include(&alone, address)
                       == (bit >= network->prefix));
            address[bit / 8] ^= 0x80 >> bit % 8;
        }
    }
}

/* A valid configuration makes a template that is one, with all its labels. */
static void
check_template(const struct mplsudp_config *config)
{
    struct mplsudp_template_params params = {
        .outer = { .ipv6 = config->remote_ip.set
                           && !option_address_is_ipv4(&config->remote_ip),
                   .ttl = 64 },
        .key = config->out_key.value,
        .mtu = config->tunnel_mtu,
    };
    uint8_t *template = malloc(MPLSUDP_TEMPLATE_MAX);
    struct mplsudp_receive receive;
    struct mplsudp_push push;
    size_t size;

    size = mplsudp_template_build(config, &params, template);
    FUZZ_CHECK(size <= MPLSUDP_TEMPLATE_MAX);
    FUZZ_CHECK(mplsudp_template_push(template, size, &push));
    FUZZ_CHECK(push.key_verdict == label_key_check(params.key));
    if (push.key_verdict == MPLSUDP_PASS) {
        uint8_t *stack = template + push.outer_size;
        size_t n = push.stack_size / LSE_SIZE;

        for (size_t i = 0; i < n; i++) {
            FUZZ_CHECK(lse_bottom(wire_get32(stack + i * LSE_SIZE))
                       == (i == n - 1));
        }
        n -= config->labels.n + (config->entropy_label ? 2 : 0);
        FUZZ_CHECK(n >= 1 && n <= LABEL_KEY_DEPTH);
    }
    free(template);
    mplsudp_receive_init(config, &receive);
    FUZZ_CHECK(receive.payload == config->payload);
}

static void
parse_line(struct mplsudp_config *config, char *line)
{
    struct mplsudp_config before = *config;
    const struct mplsudp_option *option;
    char *value = strchr(line, '=');

    if (!value) {
        return;
    }
    *value++ = '\0';
    option = mplsudp_option_find(config->type, line);
    if (option && !option->parse(config, value)) {
        FUZZ_CHECK(!memcmp(&before, config, sizeof before));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct mplsudp_config config;

    if (size) {
        memcpy(text, data, size);
    }
    text[size] = '\0';
    mplsudp_config_init(&config, size ? data[0] % MPLSUDP_N_TYPES : 0);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        parse_line(&config, line);
    }
    free(text);
    check_all(&config);
    check_lists(&config);
    if (!mplsudp_config_check(&config)) {
        check_template(&config);
    }
    return 0;
}
