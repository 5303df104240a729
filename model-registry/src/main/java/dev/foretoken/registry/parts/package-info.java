/**
 * Owns the list of parts that stands for a file which is stored in pieces: {@code NAME.parts} beside a folder {@code parts}.
 *
 * <p>Does not open parts. Entry type: {@link dev.foretoken.registry.parts.PartList}. Any thread may call everything here; what was read is
 * immutable.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.parts;
