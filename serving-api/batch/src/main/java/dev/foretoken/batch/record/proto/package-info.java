/**
 * Owns the value of a record as a message of Protobuf: the one place here that knows the wire.
 *
 * <p>Does not know topics. Entry type: {@link dev.foretoken.batch.record.proto.RequestMessage}; any thread may call it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.batch.record.proto;
