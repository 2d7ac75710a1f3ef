/* SPDX-License-Identifier: Apache-2.0
 *
 * test-mplsudp-config: options from text and back (lib/mplsudp-config.h). */

#include "mplsudp-config.h"

#include <stdio.h>
#include <string.h>

#include "tunnel.h"
#include "unit.h"

/* Values that an option accepts, and the text that it is printed as. */
static const struct {
    const char *option, *value, *printed;
} accepted[] = {
    { "remote_ip", "192.0.2.2", "192.0.2.2" },
    { "remote_ip", "10.255.255.255", "10.255.255.255" },
    { "remote_ip", "2001:db8::2", "2001:db8::2" },
    { "remote_ip", "2001:0DB8:0:0::2", "2001:db8::2" },
    { "remote_ip", "::ffff:192.0.2.2", "192.0.2.2" },
    { "remote_ip", "fe80::1", "fe80::1" },
    { "remote_ip", "2001:db8:1111:2222:3333:4444:5555:6666",
      "2001:db8:1111:2222:3333:4444:5555:6666" },
    { "remote_ip", "flow", "flow" },
    { "local_ip", "192.0.2.1", "192.0.2.1" },
    { "local_ip", "2001:db8::1", "2001:db8::1" },
    { "local_ip", "flow", "flow" },
    { "key", "16", "16" },
    { "key", "1048575", "1048575" },
    { "key", "0x10", "16" },
    { "key", "104857800", "104857800" },    /* 100 above 200. */
    { "key", "1152921504606846975", "1152921504606846975" },
    { "key", "flow", "flow" },
    { "in_key", "0", "0" },
    { "in_key", "15", "15" },
    { "in_key", "1152921504606846975", "1152921504606846975" },
    { "in_key", "flow", "flow" },
    { "out_key", "16", "16" },
    { "out_key", "0xfffffffffffffff", "1152921504606846975" },
    { "out_key", "flow", "flow" },
    { "tos", "0", "0x0" },
    { "tos", "4", "0x4" },
    { "tos", "252", "0xfc" },
    { "tos", "0xb8", "0xb8" },
    { "tos", "inherit", "inherit" },
    { "ttl", "1", "1" },
    { "ttl", "255", "255" },
    { "ttl", "inherit", "inherit" },
    { "df_default", "true", "true" },
    { "df_default", "false", "false" },
    { "egress_pkt_mark", "0", "0" },
    { "egress_pkt_mark", "4294967295", "4294967295" },
    { "dst_port", "1", "1" },
    { "dst_port", "6635", "6635" },
    { "dst_port", "65535", "65535" },
    { "payload", "mpls", "mpls" },
    { "payload", "ethernet", "ethernet" },
    { "payload", "ip", "ip" },
    { "payload", "auto", "auto" },
    { "control_word", "true", "true" },
    { "control_word", "false", "false" },
    { "csum", "true", "true" },
    { "csum", "false", "false" },
    { "zero_csum6_rx", "true", "true" },
    { "zero_csum6_rx", "false", "false" },
    { "entropy", "true", "true" },
    { "entropy", "false", "false" },
    { "entropy_label", "true", "true" },
    { "entropy_label", "false", "false" },
    { "label_ttl", "1", "1" },
    { "label_ttl", "255", "255" },
    { "label_ttl", "inherit", "inherit" },
    { "label_tc", "0", "0" },
    { "label_tc", "7", "7" },
    { "label_tc", "inherit", "inherit" },
    { "tunnel_mtu", "68", "68" },
    { "tunnel_mtu", "1500", "1500" },
    { "tunnel_mtu", "65535", "65535" },
};

/* Values that an option refuses, beside those in 'never'. */
static const struct {
    const char *option, *value;
} refused[] = {
    { "dst_port", "6636" },
    { "dst_port", "06635" },
    { "remote_ip", "192.0.2" },
    { "remote_ip", "192.0.2.256" },
    { "remote_ip", "192.0.2.1/24" },
    { "remote_ip", "192.0.2.1,192.0.2.2" },
    { "remote_ip", "host.example" },
    { "remote_ip", "Flow" },
    { "remote_ip", "2001:db8::1::2" },
    { "remote_ip", "fe80::1%eth0" },
    { "remote_ip", "[2001:db8::1]" },
    { "remote_ip", "224.0.0.1" },
    { "remote_ip", "239.255.255.255" },
    { "remote_ip", "ff02::1" },
    { "remote_ip", "::ffff:224.0.0.1" },
    { "remote_ip", "0.0.0.0" },
    { "remote_ip", "::" },
    { "remote_ip", "255.255.255.255" },
    { "local_ip", "224.0.0.1" },
    { "local_ip", "ff02::1" },
    { "local_ip", "any" },
    { "key", "0" },
    { "key", "3" },
    { "key", "15" },
    { "key", "100/200" },
    { "key", "1048576" },                   /* No bottom label. */
    { "key", "0x6400c8" },                  /* Label 6 on top. */
    { "key", "1152921504606846976" },       /* Bit 60. */
    { "key", "18446744073709551615" },
    { "key", "18446744073709551632" },      /* 2**64 + 16. */
    { "in_key", "1152921504606846976" },
    { "in_key", "100/200" },
    { "out_key", "0" },
    { "out_key", "15" },
    { "out_key", "1152921504606846976" },
    { "tos", "1" },
    { "tos", "2" },
    { "tos", "3" },
    { "tos", "253" },
    { "tos", "256" },
    { "ttl", "0" },
    { "ttl", "256" },
    { "df_default", "1" },
    { "df_default", "yes" },
    { "df_default", "TRUE" },
    { "egress_pkt_mark", "4294967296" },
    { "egress_pkt_mark", "inherit" },
    { "dst_port", "0" },
    { "dst_port", "65536" },
    { "dst_port", "flow" },
    { "payload", "MPLS" },
    { "payload", "l2" },
    { "payload", "mplsx" },
    { "control_word", "0" },
    { "control_word", "truefalse" },
    { "csum", "on" },
    { "zero_csum6_rx", "on" },
    { "entropy", "off" },
    { "entropy_label", "16" },
    { "label_ttl", "0" },
    { "label_ttl", "256" },
    { "label_ttl", "default" },
    { "label_tc", "8" },
    { "label_tc", "0.5" },
    { "tunnel_mtu", "0" },
    { "tunnel_mtu", "67" },
    { "tunnel_mtu", "65536" },
};

/* Values that no option accepts. */
static const char *const never[] = {
    "", " ", "-1", "+16", " 16", "16 ", "16x", "0x", "0xg", "1e3", "0x-16",
    "08", "16.0", "16,17", "--16", "99999999999999999999999", "none", "truE",
    "inherit ", "flowx", "\x7f",
};

/* Sets '*config' to defaults or, if 'odd', to values unlike them. */
static void
set_up(struct mplsudp_config *config, bool odd)
{
    mplsudp_config_init(config, MPLSUDP_TYPE_UDP);
    if (odd) {
        config->tos = 0x20;
        config->ttl = 3;
        config->df_default = config->control_word = config->csum = false;
        config->zero_csum6_rx = true;
        config->entropy = false;
        config->entropy_label = true;
        config->labels.n = 1;
        config->labels.labels[0] = 77;
        config->peers.n = 1;
        config->peers.networks[0].prefix = 3;
        config->has_egress_pkt_mark = true;
        config->egress_pkt_mark = 5;
        config->dst_port = 51234;
        config->payload = MPLSUDP_PAYLOAD_IP;
        config->label_ttl = 9;
        config->label_tc = 5;
        config->tunnel_mtu = 1400;
        config->in_key.set = config->out_key.set = true;
        config->in_key.value = 13;
        config->out_key.value = 77;
        memset(config->remote_ip.bytes, 0x20, OUTER_ADDRESS_SIZE);
        config->remote_ip.set = config->local_ip.flow = true;
    }
}

static const struct mplsudp_option *
find(const char *name)
{
    return mplsudp_option_find(MPLSUDP_TYPE_UDP, name);
}

static void
check_accepted(const char *name, const char *value, const char *printed,
               bool odd)
{
    const struct mplsudp_option *option = find(name);
    struct mplsudp_config config, again;
    char text[OPTION_TEXT_SIZE];

    set_up(&config, odd);
    if (!unit_true("is accepted", option->parse(&config, value))
        || !unit_true("is printed", option->format(&config, text))) {
        return;
    }
    unit_text("printed", printed, text);
    set_up(&again, odd);
    unit_true("printed is accepted", option->parse(&again, text));
    unit_true("configuration is the same",
              !memcmp(&config, &again, sizeof config));
}

/* Checks that 'option' does not take 'value', and leaves its own. */
static void
check_refused(const struct mplsudp_option *option, const char *value)
{
    char refused_text[64], kept_text[64];

    snprintf(refused_text, sizeof refused_text, "\"%s\" is refused", value);
    snprintf(kept_text, sizeof kept_text, "kept its value at \"%s\"", value);

    for (int odd = 0; odd < 2; odd++) {
        struct mplsudp_config config, before;

        set_up(&config, odd);
        before = config;
        unit_true(refused_text, !option->parse(&config, value));
        unit_true(kept_text,
                  !memcmp(&config, &before, sizeof config));
    }
}

static void
test_values(void)
{
    const struct mplsudp_option *option = NULL;

    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        unit_case("%s=%s", accepted[i].option, accepted[i].value);
        check_accepted(accepted[i].option, accepted[i].value,
                       accepted[i].printed, false);
        check_accepted(accepted[i].option, accepted[i].value,
                       accepted[i].printed, true);
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        unit_case("%s=%s", refused[i].option, refused[i].value);
        check_refused(find(refused[i].option),
                      refused[i].value);
    }
    while ((option = mplsudp_option_next(MPLSUDP_TYPE_UDP, option)) != NULL) {
        unit_case("%s refuses what no option accepts", option->name);
        for (size_t j = 0; j < sizeof never / sizeof never[0]; j++) {
            check_refused(option, never[j]);
        }
    }
}

static void
test_table(void)
{
    const struct mplsudp_option *option = NULL;

    while ((option = mplsudp_option_next(MPLSUDP_TYPE_UDP, option)) != NULL) {
        struct mplsudp_config config;
        char text[OPTION_TEXT_SIZE];

        unit_case("option %s", option->name);
        unit_true("is found", find(option->name) == option);
        unit_true("says what it accepts", *option->accepts);
        mplsudp_config_init(&config, MPLSUDP_TYPE_UDP);
        strcpy(text, "untouched");
        if (!option->format(&config, text)) {
            unit_text("prints nothing if it is not set", "untouched", text);
        }
    }
    unit_case("options that do not exist");
    unit_true("unknown", !find("no_such_option"));
    unit_true("empty", !find(""));
    unit_true("beginning", !find("remote"));
    unit_true("capitals", !find("KEY"));
}

/* Defaults, as the manual's table has them; null if the option is not set. */
static void
test_defaults(void)
{
    static const struct {
        const char *option, *printed;
    } defaults[] = {
        { "remote_ip", NULL }, { "local_ip", NULL }, { "key", NULL },
        { "in_key", NULL }, { "out_key", NULL }, { "tos", "0x0" },
        { "ttl", "64" }, { "df_default", "true" },
        { "egress_pkt_mark", NULL }, { "dst_port", "6635" },
        { "payload", "mpls" }, { "control_word", "true" },
        { "csum", "true" }, { "zero_csum6_rx", "false" },
        { "entropy", "true" }, { "label_ttl", NULL }, { "label_tc", "0" },
        { "labels", NULL }, { "entropy_label", "false" },
        { "tunnel_mtu", NULL }, { "peers", NULL },
    };
    struct mplsudp_config config, other;
    size_t n_options = 0;

    memset(&config, 0x55, sizeof config);
    memset(&other, 0xaa, sizeof other);
    mplsudp_config_init(&config, MPLSUDP_TYPE_UDP);
    mplsudp_config_init(&other, MPLSUDP_TYPE_UDP);
    unit_case("defaults can be compared with memcmp()");
    unit_true("equal", !memcmp(&config, &other, sizeof config));
    unit_case("defaults cover each option");
    for (const struct mplsudp_option *option = NULL;
         (option = mplsudp_option_next(MPLSUDP_TYPE_UDP, option)) != NULL; ) {
        n_options++;
    }
    unit_number("options", sizeof defaults / sizeof defaults[0], n_options);
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) {
        char text[OPTION_TEXT_SIZE];
        const struct mplsudp_option *option
            = find(defaults[i].option);

        unit_case("default of %s%s", defaults[i].option,
                  !strcmp(defaults[i].option, "csum") ? ", U-08 U-23 Z-02"
                  : !strcmp(defaults[i].option, "entropy_label") ? ", E-04"
                  : "");
        unit_text("value", defaults[i].printed,
                  option->format(&config, text) ? text : NULL);
    }
}

/* Only mplsudp has what is of UDP; all else is the same for all types. */
static void
test_types(void)
{
    static const char *const udp_only[] = {
        "dst_port", "csum", "zero_csum6_rx"
    };
    static const char *const names[] = { "mplsudp", "mplsgre", "mplsip" };

    for (int type = 0; type < MPLSUDP_N_TYPES; type++) {
        const struct mplsudp_option *option = NULL, *all = NULL;
        bool udp = type == MPLSUDP_TYPE_UDP;
        struct mplsudp_config config, others;
        size_t n = 0;

        unit_case("options of %s", names[type]);
        while ((all = mplsudp_option_next(MPLSUDP_TYPE_UDP, all)) != NULL) {
            bool has = udp || !all->mplsudp_only;

            unit_true(all->name, mplsudp_option_find(type, all->name)
                                 == (has ? all : NULL));
            if (has) {
                option = mplsudp_option_next(type, option);
                unit_true("the next one", option == all);
                n++;
            }
        }
        unit_true("no more", !mplsudp_option_next(type, option));
        unit_number("number", udp ? 21 : 18, n);
        for (int i = 0; i < 3; i++) {
            unit_number(udp_only[i], udp,
                        mplsudp_option_find(type, udp_only[i]) != NULL);
        }

        unit_case("defaults of %s", names[type]);
        mplsudp_config_init(&config, type);
        unit_number("type", type, config.type);
        unit_number("dst_port", udp ? 6635 : 0, config.dst_port);
        unit_number("csum", udp, config.csum);
        mplsudp_config_init(&others, MPLSUDP_TYPE_UDP);
        others.type = type;
        others.dst_port = config.dst_port;
        others.csum = config.csum;
        unit_true("all others", !memcmp(&config, &others, sizeof config));
    }
}

static void
test_type_names(void)
{
    static const struct {
        const char *name;
        int type;
    } names[] = {
        { "mplsudp", MPLSUDP_TYPE_UDP }, { "mplsgre", MPLSUDP_TYPE_GRE },
        { "mplsip", MPLSUDP_TYPE_IP }, { "", -1 }, { "mpls", -1 },
        { "mplsudpx", -1 }, { "MPLSUDP", -1 }, { "gre", -1 },
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        enum mplsudp_type type = (enum mplsudp_type) MPLSUDP_N_TYPES;
        bool exists = names[i].type >= 0;

        unit_case("type \"%s\"", names[i].name);
        unit_number("is found", exists,
                    mplsudp_type_find(names[i].name, &type));
        unit_number("type", exists ? names[i].type : MPLSUDP_N_TYPES, type);
    }
    for (int i = 0; i < MPLSUDP_N_TYPES; i++) {
        unit_case("what %s is, RFC 7510 3, RFC 4023 3", tunnel_types[i].name);
        unit_text("name", tunnel_types[i].name, mplsudp_types[i].name);
        unit_number("protocol", tunnel_types[i].protocol,
                    mplsudp_types[i].protocol);
        unit_number("size", tunnel_types[i].header_size,
                    mplsudp_types[i].header_size);
    }
}

/* key, in_key and out_key print as the least that says the same. */
static void
test_keys(void)
{
    static const struct {
        const char *options, *key, *in_key, *out_key;
    } keys[] = {
        { "key=100", "100", NULL, NULL },
        { "in_key=100 out_key=100", "100", NULL, NULL },
        { "in_key=100 out_key=200", NULL, "100", "200" },
        { "in_key=flow out_key=200", NULL, "flow", "200" },
        { "in_key=flow", NULL, "flow", NULL },
        { "in_key=0", NULL, "0", NULL },
        { "out_key=16", NULL, NULL, "16" },
        { "key=flow", "flow", NULL, NULL },
        { "in_key=flow out_key=flow", "flow", NULL, NULL },
        { "key=100 in_key=flow", NULL, "flow", "100" },
        { "key=flow key=16", "16", NULL, NULL },
    };

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *const expected[] = {
            keys[i].key, keys[i].in_key, keys[i].out_key
        };
        static const char *const names[] = { "key", "in_key", "out_key" };
        struct mplsudp_config config;

        unit_case("%s", keys[i].options);
        unit_true("is accepted", tunnel_options(&config, keys[i].options));
        for (int j = 0; j < 3; j++) {
            char text[OPTION_TEXT_SIZE];
            const struct mplsudp_option *option
                = find(names[j]);

            unit_text(names[j], expected[j],
                      option->format(&config, text) ? text : NULL);
        }
    }
}

static const struct {
    const char *options;
    const char *word;       /* In the complaint; null if there is none. */
} checks[] = {
    { "", "remote_ip" },
    { "local_ip=192.0.2.1", "remote_ip" },
    { "remote_ip=192.0.2.2", NULL },
    { "remote_ip=flow", NULL },
    { "remote_ip=192.0.2.2 local_ip=192.0.2.1", NULL },
    { "remote_ip=2001:db8::2 local_ip=2001:db8::1", NULL },
    { "remote_ip=flow local_ip=192.0.2.1", NULL },
    { "remote_ip=flow local_ip=2001:db8::1", NULL },
    { "remote_ip=flow local_ip=flow", NULL },
    { "remote_ip=192.0.2.2 local_ip=flow", "local_ip=flow" },
    { "remote_ip=192.0.2.2 local_ip=2001:db8::1", "both" },
    { "remote_ip=2001:db8::2 local_ip=192.0.2.1", "both" },
    { "remote_ip=::ffff:192.0.2.2 local_ip=192.0.2.1", NULL },
    { "remote_ip=flow payload=auto", NULL },
    { "remote_ip=flow payload=auto control_word=false", "payload=auto" },
    { "remote_ip=flow payload=ethernet control_word=false", NULL },
    { "remote_ip=flow zero_csum6_rx=true", "zero_csum6_rx" },
    { "remote_ip=192.0.2.2 local_ip=192.0.2.1 zero_csum6_rx=true", "IPv6" },
    { "remote_ip=2001:db8::2 zero_csum6_rx=true", "zero_csum6_rx" },
    { "remote_ip=flow local_ip=2001:db8::1 zero_csum6_rx=true",
      "zero_csum6_rx" },
    { "remote_ip=2001:db8::2 local_ip=2001:db8::1 zero_csum6_rx=true",
      NULL },
    { "remote_ip=flow payload=mpls in_key=100", "in_key" },
    { "remote_ip=flow payload=mpls in_key=100 out_key=200", "in_key" },
    { "remote_ip=flow payload=mpls in_key=flow", NULL },
    { "remote_ip=flow payload=mpls key=100", NULL },
    { "remote_ip=flow payload=mpls out_key=100", NULL },
    { "remote_ip=flow payload=ethernet in_key=100 out_key=200", NULL },
    { "remote_ip=flow payload=ip in_key=100", NULL },
    { "remote_ip=flow peers=192.0.2.0/24", NULL },
    { "remote_ip=flow peers=192.0.2.0/24,::/0 local_ip=flow", NULL },
    { "remote_ip=192.0.2.1 peers=192.0.2.0/24",
      "option 'peers' needs 'remote_ip=flow'" },
    { "type=mplsgre remote_ip=192.0.2.1 peers=192.0.2.0/24",
      "option 'peers' needs 'remote_ip=flow'" },
    { "remote_ip=flow entropy_label=true", NULL },
    { "type=mplsip remote_ip=flow entropy_label=true entropy=false", NULL },
    { "remote_ip=flow entropy_label=true labels=16", NULL },
    { "remote_ip=flow entropy_label=false labels=16/17", NULL },
    { "type=mplsgre remote_ip=2001:db8::2 labels=16", NULL },
    { "type=mplsip remote_ip=192.0.2.1 local_ip=2001:db8::2", "both" },
    { "type=mplsip", "remote_ip" },
};

static void
test_check(void)
{
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        struct mplsudp_config config;
        const char *complaint;

        unit_case("check: %s%s",
                  strstr(checks[i].options, "zero") ? "U-11 Z-09 " : "",
                  checks[i].options);
        unit_true("is accepted", tunnel_options(&config, checks[i].options));
        complaint = mplsudp_config_check(&config);
        if (!complaint || !checks[i].word) {
            unit_text("complaint", checks[i].word, complaint);
        } else {
            unit_true("complaint names the option",
                      strstr(complaint, checks[i].word) != NULL);
        }
    }
}

void
test_mplsudp_config(void)
{
    test_table();
    test_defaults();
    test_types();
    test_type_names();
    test_values();
    test_keys();
    test_check();
}
