/**
 * Owns the checks of the shape of the source tree: package arrows, file and method sizes, names. Entry type: {@link
 * dev.foretoken.e2e.structure.SourceTree}.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.structure;
