/* SPDX-License-Identifier: Apache-2.0 */

#include "key-filter.h"

#include <stdlib.h>
#include <string.h>

struct key_filter_entry
key_filter_entry(const struct mplsudp_key *in_key, bool has_key,
                 const struct mplsudp_address *local_ip)
{
    struct key_filter_entry entry;

    memset(&entry, 0, sizeof entry);
    entry.any_key = in_key->flow || !has_key;
    entry.key = in_key->value;
    entry.any_local = !local_ip->set;
    memcpy(entry.local, local_ip->bytes, sizeof entry.local);
    return entry;
}

static int
compare_entries(const void *a_, const void *b_)
{
    const struct key_filter_entry *a = a_;
    const struct key_filter_entry *b = b_;

    if (a->any_key != b->any_key) {
        return a->any_key ? -1 : 1;
    }
    return a->any_key || a->key == b->key ? 0 : a->key < b->key ? -1 : 1;
}

void
key_filter_sort(struct key_filter *filter)
{
    qsort(filter->entries, filter->n, sizeof filter->entries[0],
          compare_entries);
    filter->n_any = 0;
    while (filter->n_any < filter->n
           && filter->entries[filter->n_any].any_key) {
        filter->n_any++;
    }
}

static bool
takes_local(const struct key_filter_entry *entry, const uint8_t *local)
{
    return entry->any_local || !memcmp(entry->local, local,
                                       sizeof entry->local);
}

bool
key_filter_takes(const struct key_filter *filter, uint64_t key,
                 const uint8_t local[OUTER_ADDRESS_SIZE])
{
    size_t low = filter->n_any, high = filter->n;

    for (size_t i = 0; i < filter->n_any; i++) {
        if (takes_local(&filter->entries[i], local)) {
            return true;
        }
    }
    while (low < high) {        /* To the first entry that is not less. */
        size_t middle = low + (high - low) / 2;

        if (filter->entries[middle].key < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < filter->n && filter->entries[low].key == key; low++) {
        if (takes_local(&filter->entries[low], local)) {
            return true;
        }
    }
    return false;
}
