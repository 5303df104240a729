/**
 * Owns the tests of single steps of quantization.
 *
 * <p>Does not build whole variants. Entry type: {@link dev.foretoken.nativeruntime.quantizer.ColumnCodesTest}. Called by JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.quantizer;
