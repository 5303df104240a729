/**
 * Owns what lies at a path: which graph it is, what its exporter and its folder say of it, and that it reads no file but its own.
 *
 * <p>Loads and runs nothing. Entry type: {@link dev.foretoken.onnxruntime.artifact.GraphArtifact}. Any thread may call it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.onnxruntime.artifact;
