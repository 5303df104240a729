#ifndef FT_ATTENTION_TEST_H
#define FT_ATTENTION_TEST_H

#include "foretoken.h"

/* Attention over every type of cache, in every shape; failures are counted in test_memory.h. */
void test_attentions(ft_context *context);

#endif
