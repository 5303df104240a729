/**
 * Owns the registry as people and programs use it: commands, uploads, what is left after a process was killed.
 *
 * <p>Does not test what variants answer. Entry type: {@link dev.foretoken.e2e.registry.Cli}. Test threads call it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.registry;
