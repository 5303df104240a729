/**
 * Owns what a caller of the public gRPC interface sees, with stubs generated from its proto. Does not test HTTP. Entry type: {@link
 * dev.foretoken.e2e.grpc.GrpcClient}. Test threads call it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.grpc;
