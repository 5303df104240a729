#ifndef FT_QUANTIZED_TEST_H
#define FT_QUANTIZED_TEST_H

#include "foretoken.h"

/* Failures over all formats. */
int test_quantized(ft_context *context);

#endif
