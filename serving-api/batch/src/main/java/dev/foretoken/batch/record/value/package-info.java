/**
 * Owns the value of a record as a line of JSON: how one is cut into its parts without reading the request inside, and how the line of an answer is
 * made.
 *
 * <p>Does not know topics. Entry types: {@link dev.foretoken.batch.record.value.RequestLine} and {@link
 * dev.foretoken.batch.record.value.AnswerLine}; any thread may call them.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.batch.record.value;
