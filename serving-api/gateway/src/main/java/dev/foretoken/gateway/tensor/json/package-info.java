/**
 * Owns the Open Inference Protocol's JSON, with its extension for binary tensors: a request into tensors, an answer into JSON and bytes.
 *
 * <p>Does not read sockets or call engines. Entry types: {@link dev.foretoken.gateway.tensor.json.InferJson} on the way in,
 * {@link dev.foretoken.gateway.tensor.json.InferReply} on the way out. Called by the thread of the request.
 */
@NullMarked
package dev.foretoken.gateway.tensor.json;

import org.jspecify.annotations.NullMarked;
