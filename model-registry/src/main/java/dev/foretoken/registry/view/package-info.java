/**
 * Owns the folders in which runtimes find variants: links to blobs, under the names that the variant's files have.
 *
 * <p>Does not open models, and copies no weights. Entry type: {@link dev.foretoken.registry.view.VariantView}. Any thread and any number of
 * processes may make and remove views at once.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.view;
