/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz-main: runs a fuzz target without libFuzzer, for any compiler.
 *
 *     fuzz-TARGET FILE|FOLDER...
 *
 * calls the target with each file, and each file of each folder, and prints
 * how many there were. */

#define _POSIX_C_SOURCE 200809L

#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

enum { INPUT_MAX = 1 << 20 };

static unsigned int n_inputs;

static void
run_file(const char *name)
{
    static uint8_t data[INPUT_MAX];
    FILE *file = fopen(name, "rb");
    uint8_t *copy;
    size_t size;

    if (!file) {
        perror(name);
        exit(EXIT_FAILURE);
    }
    size = fread(data, 1, sizeof data, file);
    fclose(file);
    fprintf(stderr, "%s\n", name);
    copy = fuzz_copy(data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    n_inputs++;
}

static void
run_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    if (!dir) {
        perror(folder);
        exit(EXIT_FAILURE);
    }
    while ((entry = readdir(dir)) != NULL) {
        char name[4096];

        if (*entry->d_name != '.') {
            snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
            run_file(name);
        }
    }
    closedir(dir);
}

int
main(int argc, char *argv[])
{
    for (int i = 1; i < argc; i++) {
        struct stat s;

        if (!stat(argv[i], &s) && S_ISDIR(s.st_mode)) {
            run_folder(argv[i]);
        } else {
            run_file(argv[i]);
        }
    }
    printf("%u inputs\n", n_inputs);
    return EXIT_SUCCESS;
}
