#ifndef FT_STATE_TEST_H
#define FT_STATE_TEST_H

#include "foretoken.h"

/* Layers with a state, in odd shapes; failures are counted in test_memory.h. */
void test_states(ft_context *context);

#endif
