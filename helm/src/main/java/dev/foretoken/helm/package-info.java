/**
 * Writes what follows from the chart's {@code values.yaml}: its schema and its page.
 *
 * <p>Owns the comments' form ({@code # --}, {@code # @schema}) and nothing of what they say. Does not render templates: Helm does. Entry point:
 * {@link ChartDocuments}. One thread.
 */
@NullMarked
package dev.foretoken.helm;

import org.jspecify.annotations.NullMarked;
