/**
 * Owns how a gRPC server of this product listens and ends: its limits, its threads, the order of its shutdown.
 *
 * <p>Knows no service and no credential. Entry type: {@link dev.foretoken.wire.server.ListeningServer}. One thread starts and stops it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.wire.server;
