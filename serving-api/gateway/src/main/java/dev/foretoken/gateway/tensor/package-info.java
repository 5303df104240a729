/**
 * Owns tensors as callers send and get them, the same for REST and gRPC: limits, elements in memory, parameters of a call, versions of a model,
 * and the way to the engine that runs the graph.
 *
 * <p>Does not parse or write a protocol ({@code tensor.json}, {@code grpc}) and does not know what a graph computes. Entry type:
 * {@link dev.foretoken.gateway.tensor.Inferences}. The thread of a request calls everything here.
 */
@NullMarked
package dev.foretoken.gateway.tensor;

import org.jspecify.annotations.NullMarked;
