/**
 * Owns what sessions of every kind are tested with.
 *
 * <p>Knows no implementation. Entry type: {@link dev.foretoken.onnxruntime.session.GraphSessionContract}. The test's thread calls everything.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.onnxruntime.session;
