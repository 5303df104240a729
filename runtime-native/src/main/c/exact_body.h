/* fp32 activations and fp32 multiply-add, whatever the weights are stored as. */
#define ENC_ACTIVATION FT_ACTIVATION_F32
#define ENC_X float
#define ENC_W vf
#define ENC_BROADCAST(p) vf_set1(*(p))
#define ENC_MULTIPLY_ADD(acc, w, x) ((acc) = vf_fma((w), (x), (acc)))
#include "encoding_body.h"
