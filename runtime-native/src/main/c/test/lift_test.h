#ifndef FT_LIFT_TEST_H
#define FT_LIFT_TEST_H

#include "foretoken.h"

/* Products with few columns that are added to picked rows; failures are counted in test_memory.h. */
void test_lifts(ft_context *context);

#endif
