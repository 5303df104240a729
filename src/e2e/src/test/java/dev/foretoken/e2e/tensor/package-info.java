/**
 * Owns the tests of graphs over their public protocols: the Open Inference Protocol and what is asked of encoders, in running processes. Does
 * not test what graphs compute beyond their golden outputs. Any thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.tensor;
