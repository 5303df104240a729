package dev.foretoken.nativeruntime.predict;

/**
 * A layer of the base and the one of the auxiliary that it may be predicted from.
 *
 * @param base index among the base's attentions that own K and V
 * @param auxiliary the same of the auxiliary
 */
record LayerPair(int base, int auxiliary) {}
