/**
 * Owns the tests of pushing to and pulling from container registries: one contract against the reference registry, where it is installed,
 * and against a registry in this process that also misbehaves. Entry type: {@link dev.foretoken.registry.oci.OciContract}; the test runner
 * calls it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.oci;
