/**
 * Tests of the registry as a whole.
 *
 * <p>Does not test file formats. Entry type: {@link dev.foretoken.registry.RegistryAliasTest}. Tests call it from their thread, and from
 * processes of their own.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry;
