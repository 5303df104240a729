/* What the tests share: memory that the sanitizers guard, random whole numbers, and the count of what was wrong. */
#ifndef FT_TEST_MEMORY_H
#define FT_TEST_MEMORY_H

#include <stdint.h>

extern int failures;

/* Counts a failure unless ok, and prints the first ones with three numbers that say where. */
void check(int ok, const char *what, int64_t a, int64_t b, int64_t c);

/* In [0, limit). */
int next(int limit);

/* Memory at an odd multiple of 4 that ends where the allocation ends, filled with NaN, until release. */
void *bytes(int64_t count);
void release(void);

/* Such memory with whole numbers in [-4, 4]. */
float *numbers(int64_t count);

#endif
