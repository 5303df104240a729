/**
 * Tests of the kernels: the oracle against numbers worked out by hand, every other implementation against the oracle. Holds no production
 * code. Entry type: {@link dev.foretoken.nativeruntime.kernels.KernelCase}. Run by JUnit's thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.kernels;
