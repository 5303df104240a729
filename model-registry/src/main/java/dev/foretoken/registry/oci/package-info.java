/**
 * Owns the OCI distribution protocol: variants and their signatures pushed to and pulled from a container registry.
 *
 * <p>Does not build images, runs no credential helper and keeps no state between calls but tokens. A signature is a manifest of its own
 * whose {@code subject} is the variant's manifest, found by the referrers API or, in older registries, by its tag {@code sha256-HEX}. Entry
 * types: {@link dev.foretoken.registry.oci.OciPush} and {@link dev.foretoken.registry.oci.OciPull}. Called by the thread that runs a command
 * or a request.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.oci;
