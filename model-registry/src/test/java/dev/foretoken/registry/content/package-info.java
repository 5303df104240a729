/**
 * Tests of manifests and configurations: their bytes, and what is refused.
 *
 * <p>Does not store anything. Entry type: {@link dev.foretoken.registry.content.SampleVariant}. Tests call it from their thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.content;
