/** Tests of graphs of tensors: what is joined, who goes first, what is bounded, and that everyone gets their own rows. */
@org.jspecify.annotations.NullMarked
package dev.foretoken.scheduler.tensor;
