/**
 * Owns how a step is computed: the order of kernels over a plan's sublayers, work space, rotation tables, and what is reported of logits.
 *
 * <p>Does not choose kernels, read files or decide what a step holds. Entry type: {@link
 * dev.foretoken.nativeruntime.exec.NativeSequenceRuntime}. Called by one thread, that of the scheduler's loop.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.exec;
