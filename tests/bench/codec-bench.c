/* SPDX-License-Identifier: Apache-2.0
 *
 * codec-bench: how long the operations of lib/ take, one by one, as "make
 * bench-codec" has it; --help says how to run it by hand.
 *
 * Each benchmark does one operation on 64 packets of different flows in turn,
 * so often that it takes 20 ms.  All benchmarks run one after the other, and
 * that several times over, so that what else the machine does meanwhile
 * touches all of them alike; medians and minima are reported.  Time is CPU
 * time: while others have the CPU, it stands still.  Operations do not wait
 * for each other's results, so this is what an operation adds to a batch, not
 * how long after its start it ends.  Cycles are those of the time stamp
 * counter, whose clock is not the core's.
 *
 * Each benchmark is checked before it is measured, and once more when all were
 * measured.  Passes or fails nothing by time. */

#define _GNU_SOURCE 1           /* getopt_long(), clock_gettime(). */

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "codec-bench.h"

#if defined(__clang__)
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

#if defined(__x86_64__)
enum { HAVE_TSC = 1 };
#define READ_TSC() __builtin_ia32_rdtsc()
#else
enum { HAVE_TSC = 0 };
#define READ_TSC() UINT64_C(0)
#endif

enum {
    BENCHES_MAX = 200,
    MEMORY_MAX = 4 * BENCHES_MAX,
    ROUNDS_MAX = 99,
    CACHE_LINE = 64
};

/* A benchmark with what was measured, for one operation, by rounds. */
struct measured {
    struct bench bench;
    size_t n;                   /* Operations that take a round's time. */
    double ns[ROUNDS_MAX];
    double cycles[ROUNDS_MAX];
};

static struct measured benches[BENCHES_MAX];
static size_t n_benches;

/* What bench_alloc() gave. */
static void *memory[MEMORY_MAX];
static size_t n_memory;

/* Options. */
static const char *only = "";
static const char *json_file;
static unsigned int rounds = 7;
static double round_ns = 20e6;

void
bench_fail(const char *name, const char *complaint)
{
    fprintf(stderr, "codec-bench: %s: %s\n", name, complaint);
    exit(EXIT_FAILURE);
}

void
bench_add(const struct bench *bench)
{
    if (!strstr(bench->name, only)) {
        return;
    }
    if (n_benches == BENCHES_MAX) {
        bench_fail(bench->name, "there are too many benchmarks");
    }
    benches[n_benches++].bench = *bench;
}

void *
bench_alloc(size_t size)
{
    size_t whole_lines = (size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    void *p = n_memory < MEMORY_MAX ? aligned_alloc(CACHE_LINE, whole_lines)
                                    : NULL;

    if (!p) {
        bench_fail("memory", "there is not enough");
    }
    memory[n_memory++] = p;
    return memset(p, 0, whole_lines);
}

static void
free_all(void)
{
    while (n_memory > 0) {
        free(memory[--n_memory]);
    }
}

/* ---- Measuring. ---- */

static double
now_ns(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return 1e9 * (double) now.tv_sec + (double) now.tv_nsec;
}

/* Does 'n' operations.  Returns the nanoseconds that took this thread, and
 * stores in '*cycles' how often the time stamp counter counted in them. */
static double
run(const struct bench *bench, size_t n, double *cycles)
{
    static volatile uint64_t sink;      /* Someone might want it. */
    double wall = now_ns(CLOCK_MONOTONIC);
    double cpu = now_ns(CLOCK_THREAD_CPUTIME_ID);
    uint64_t tsc = READ_TSC();

    sink = bench->run(bench->work, n);
    tsc = READ_TSC() - tsc;
    cpu = now_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
    wall = now_ns(CLOCK_MONOTONIC) - wall;
    (void) sink;
    *cycles = (double) tsc * cpu / wall;
    return cpu;
}

/* Finds out how many operations take a round's time. */
static void
calibrate(struct measured *m)
{
    double ns = 0, cycles;

    for (m->n = BENCH_RING_SIZE; ns < round_ns / 4; m->n *= 2) {
        ns = run(&m->bench, m->n, &cycles);
    }
    m->n /= 2;
    m->n = (size_t) ((double) m->n * round_ns / ns);
    m->n -= m->n % BENCH_RING_SIZE;
    m->n += m->n ? 0 : BENCH_RING_SIZE;
}

static void
measure_round(unsigned int round)
{
    for (size_t i = 0; i < n_benches; i++) {
        struct measured *m = &benches[i];
        double ns, cycles;

        run(&m->bench, BENCH_RING_SIZE, &cycles);       /* Into the cache. */
        ns = run(&m->bench, m->n, &cycles);
        m->ns[round] = ns / (double) m->n;
        m->cycles[round] = cycles / (double) m->n;
    }
}

static void
check_all(void)
{
    for (size_t i = 0; i < n_benches; i++) {
        const struct bench *bench = &benches[i].bench;
        const char *complaint = bench->check ? bench->check(bench->work)
                                             : NULL;

        if (complaint) {
            bench_fail(bench->name, complaint);
        }
    }
}

static int
compare(const void *a_, const void *b_)
{
    const double *a = a_, *b = b_;

    return *a < *b ? -1 : *a > *b;
}

static void
measure_all(void)
{
    check_all();
    for (size_t i = 0; i < n_benches; i++) {
        calibrate(&benches[i]);
    }
    for (unsigned int round = 0; round < rounds; round++) {
        measure_round(round);
    }
    check_all();
    for (size_t i = 0; i < n_benches; i++) {
        qsort(benches[i].ns, rounds, sizeof(double), compare);
        qsort(benches[i].cycles, rounds, sizeof(double), compare);
    }
}

/* Returns the median of 'samples', which are in order. */
static double
median(const double *samples)
{
    return (samples[(rounds - 1) / 2] + samples[rounds / 2]) / 2;
}

/* ---- Reporting. ---- */

static void
print_table(void)
{
    printf("lib/ by %s: median and minimum of %u round%s of %.0f ms, "
           "CPU time of one operation%s\n",
           COMPILER, rounds, rounds == 1 ? "" : "s", round_ns / 1e6,
           HAVE_TSC ? "; cycles are the TSC's" : "");
#if !defined(__OPTIMIZE__)
    printf("This was compiled without optimisation: numbers mean little.\n");
#endif
    printf("%-42s %9s %9s%s %7s%s\n", "", "ns", "ns min",
           HAVE_TSC ? "    cycles" : "", "GB/s",
           HAVE_TSC ? " bytes/cycle" : "");
    for (size_t i = 0; i < n_benches; i++) {
        const struct measured *m = &benches[i];
        double bytes = (double) m->bench.bytes;

        printf("%-42s %9.2f %9.2f", m->bench.name, median(m->ns), m->ns[0]);
        if (HAVE_TSC) {
            printf(" %9.1f", median(m->cycles));
        }
        if (m->bench.bytes) {
            printf(" %7.2f", bytes / median(m->ns));
            if (HAVE_TSC) {
                printf(" %11.2f", bytes / median(m->cycles));
            }
        }
        putchar('\n');
    }
}

static void
write_result(FILE *file, const struct measured *m)
{
    double bytes = (double) m->bench.bytes;

    fprintf(file, "    {\"name\": \"%s\", \"ns\": %.3f, \"ns_min\": %.3f",
            m->bench.name, median(m->ns), m->ns[0]);
    if (HAVE_TSC) {
        fprintf(file, ", \"cycles\": %.2f", median(m->cycles));
    }
    if (m->bench.bytes) {
        fprintf(file, ", \"gb_per_s\": %.3f", bytes / median(m->ns));
        if (HAVE_TSC) {
            fprintf(file, ", \"bytes_per_cycle\": %.3f",
                    bytes / median(m->cycles));
        }
    }
    fputc('}', file);
}

static void
write_json(FILE *file)
{
    fprintf(file, "{\n  \"rounds\": %u,\n  \"compiler\": \"%s\",\n"
                  "  \"results\": [\n", rounds, COMPILER);
    for (size_t i = 0; i < n_benches; i++) {
        write_result(file, &benches[i]);
        fputs(i + 1 < n_benches ? ",\n" : "\n", file);
    }
    fputs("  ]\n}\n", file);
}

/* ---- Options. ---- */

static void
print_help(void)
{
    printf("codec-bench: how long the operations of lib/ take\n"
           "usage: codec-bench [OPTION]...\n"
           "  --rounds N     measure each N times, 1-%d (default: 7)\n"
           "  --quick        3 rounds, of 5 ms rather than 20 ms\n"
           "  --only TEXT    only benchmarks with TEXT in their names\n"
           "  --json FILE    write the results to FILE, too\n"
           "  --help         print this\n", ROUNDS_MAX);
}

static void
parse_rounds(const char *text)
{
    char *end;
    long int n = strtol(text, &end, 10);

    if (end == text || *end || n < 1 || n > ROUNDS_MAX) {
        fprintf(stderr, "codec-bench: --rounds takes a number from 1 to %d, "
                        "not \"%s\"\n", ROUNDS_MAX, text);
        exit(EXIT_FAILURE);
    }
    rounds = (unsigned int) n;
}

static void
parse_options(int argc, char *argv[])
{
    static const struct option options[] = {
        { "rounds", required_argument, NULL, 'r' },
        { "quick", no_argument, NULL, 'q' },
        { "only", required_argument, NULL, 'o' },
        { "json", required_argument, NULL, 'j' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 }
    };
    const char *rounds_text = NULL;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'r':
            rounds_text = optarg;
            break;
        case 'q':
            rounds = 3;
            round_ns = 5e6;
            break;
        case 'o':
            only = optarg;
            break;
        case 'j':
            json_file = optarg;
            break;
        case 'h':
            print_help();
            exit(EXIT_SUCCESS);
        default:
            exit(EXIT_FAILURE);         /* getopt_long() said why. */
        }
    }
    if (optind < argc) {
        bench_fail(argv[optind], "no such argument; --help lists them");
    }
    if (rounds_text) {
        parse_rounds(rounds_text);
    }
}

int
main(int argc, char *argv[])
{
    FILE *json = NULL;

    atexit(free_all);
    parse_options(argc, argv);
    bench_add_labels();
    bench_add_tunnels();
    if (!n_benches) {
        bench_fail(only, "no benchmark has this in its name");
    }
    if (json_file && !(json = fopen(json_file, "w"))) {
        perror(json_file);
        return EXIT_FAILURE;
    }
    measure_all();
    print_table();
    if (json) {
        bool failed;

        write_json(json);
        failed = ferror(json) != 0;
        if (fclose(json) || failed) {
            perror(json_file);
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}
