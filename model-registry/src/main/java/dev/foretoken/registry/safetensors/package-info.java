/**
 * Owns what the files around safetensors weights say: a file's header, and the index of a checkpoint of several files. Nothing of it is
 * believed before it is checked.
 *
 * <p>Does not read weights. Entry types: {@link dev.foretoken.registry.safetensors.SafetensorsHeader} and {@link
 * dev.foretoken.registry.safetensors.ShardIndex}. Any thread may call everything here; what was read is immutable.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.safetensors;
