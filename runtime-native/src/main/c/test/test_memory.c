#include "test_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int failures;
static uint32_t state = 1;

void check(int ok, const char *what, int64_t a, int64_t b, int64_t c) {
    if (!ok && failures++ < 10) {
        fprintf(stderr, "FAILED %s (%ld, %ld, %ld)\n", what, (long)a, (long)b, (long)c);
    }
}

int next(int limit) {
    state = state * 1664525u + 1013904223u;
    return (int)((state >> 8) % (uint32_t)limit);
}

/* Memory of a test, freed together. */
static void *kept[64];
static int kept_count;

void *bytes(int64_t count) {
    char *p = malloc((size_t)count + 4);
    memset(p, 0xff, (size_t)count + 4); /* NaN, whatever the type */
    kept[kept_count++] = p;
    return p + 4;
}

void release(void) {
    while (kept_count > 0) {
        free(kept[--kept_count]);
    }
}

float *numbers(int64_t count) {
    float *p = bytes(count * 4);
    for (int64_t i = 0; i < count; i++) {
        p[i] = (float)(next(9) - 4);
    }
    return p;
}
