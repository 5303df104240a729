/**
 * Owns the engine that lives in another process: submits to a runtime pod over gRPC and mirrors its models and load.
 *
 * <p>Does not choose between pods and does not know text. Entry type: {@link dev.foretoken.gateway.remote.RemoteEngine}. Any thread may
 * submit; gRPC's threads deliver.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.gateway.remote;
