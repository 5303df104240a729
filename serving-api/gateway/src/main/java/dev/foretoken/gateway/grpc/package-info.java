/**
 * Owns the public gRPC interface: {@code foretoken.v1.Inference}, {@code inference.GRPCInferenceService}, the standard health service and reflection.
 *
 * <p>Does not check ranges or detokenize: that is {@code gateway.answer}'s, shared with HTTP. Entry type: {@link
 * dev.foretoken.gateway.grpc.GrpcServer}. Every call runs on a virtual thread of its own.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.gateway.grpc;
