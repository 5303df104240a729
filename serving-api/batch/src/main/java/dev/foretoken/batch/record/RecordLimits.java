package dev.foretoken.batch.record;

import static dev.foretoken.contract.ConfigCheck.requireRange;

/**
 * Bounds of records.
 *
 * @param maxRecordBytes of key, value and headers of a request; longer ones are not read
 * @param maxDeadLetterBytes of the value, and of the headers, of a record that are kept in its dead letter; below what the broker takes
 */
public record RecordLimits(int maxRecordBytes, int maxDeadLetterBytes) {

    private static final int MOST = 1 << 30;

    /** As bodies over HTTP; dead letters as brokers take them without being told otherwise. */
    public static final RecordLimits DEFAULT = new RecordLimits(8 << 20, 400 << 10);

    public RecordLimits {
        requireRange("batch.record.max-record-bytes", maxRecordBytes, 1024, MOST);
        requireRange("batch.record.max-dead-letter-bytes", maxDeadLetterBytes, 0, MOST);
    }
}
