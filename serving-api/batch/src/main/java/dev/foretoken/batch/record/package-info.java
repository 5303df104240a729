/**
 * Owns how requests and answers are written as records of a topic: keys, values, headers, and what becomes of records that are none. The page
 * {@code src/docs/batch-records.md} says it for those who write and read them.
 *
 * <p>Does not know consumers, producers or which records were read before. Entry types: {@link dev.foretoken.batch.record.RecordReader}, {@link
 * dev.foretoken.batch.record.AnswerRecord} and {@link dev.foretoken.batch.record.DeadLetter}. All are immutable; any thread may use them.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.batch.record;
