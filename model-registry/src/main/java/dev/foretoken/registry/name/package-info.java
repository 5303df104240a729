/**
 * Owns how models, versions, variants and aliases are named and how a reference such as {@code toy@3/q4} is read.
 *
 * <p>Does not know what exists: a reference is only words until the registry resolves it. Entry type: {@link
 * dev.foretoken.registry.name.Reference}. Any thread calls it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.name;
