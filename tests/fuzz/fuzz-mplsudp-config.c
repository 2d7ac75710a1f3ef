/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz-mplsudp-config: parses options and prints them again
 * (lib/mplsudp-config.h).
 *
 * Input: text of lines "name=value"; its first character, as a number, also
 * says of which type the port is. */

#include "mplsudp-config.h"

#include "fuzz.h"

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
    mplsudp_config_check(&config);
    return 0;
}
