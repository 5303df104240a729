package dev.foretoken.nativeruntime.adapters;

import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.LowRankProduct;
import dev.foretoken.nativeruntime.plan.MatrixRef;

/**
 * One use of a module, or of a part of it: as phi3's {@code qkv_proj} is query, key and value.
 *
 * @param outputs rows of the module's {@code lora_B} that are this map's
 * @param firstInput column of the module's {@code lora_A} that is the first of this map
 */
record AdapterPlace(LowRankProduct product, FloatType type, int[] outputs, int firstInput, MatrixRef matrix) {}
