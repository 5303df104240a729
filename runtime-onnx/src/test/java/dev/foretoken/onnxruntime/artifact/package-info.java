/**
 * Owns the tests of what lies at a path.
 *
 * <p>Runs no graph. Entry type: {@link dev.foretoken.onnxruntime.artifact.GraphArtifactTest}. The test's thread calls everything.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.onnxruntime.artifact;
