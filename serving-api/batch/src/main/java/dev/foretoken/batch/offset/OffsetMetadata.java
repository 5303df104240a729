package dev.foretoken.batch.offset;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The text of a set of offsets: the character of the version, that of the form, then in Base64 (URL, no padding) a checksum and the set in the
 * shorter of two forms. The checksum covers the committed offset too, so that metadata which somebody kept while moving the offset is not believed.
 */
final class OffsetMetadata {

    private static final char VERSION = '1';
    private static final char LENGTHS = 'r';
    private static final char BITMAP = 'b';
    private static final int CHECKSUM_BYTES = Integer.BYTES;

    private OffsetMetadata() {}

    /** @param runs in order, beyond {@code committed}, none touching another */
    static String encode(long committed, List<OffsetRun> runs) {
        if (runs.isEmpty()) {
            return "";
        }
        byte[] lengths = RunLengths.encode(committed, runs);
        boolean dense = OffsetBitmap.bytes(runs.getLast().end() - committed) < lengths.length;
        byte[] body = dense ? OffsetBitmap.encode(committed, runs) : lengths;
        return text(committed, dense ? BITMAP : LENGTHS, body);
    }

    /** The text of a body in this form. */
    static String text(long committed, char form, byte[] body) {
        byte[] checked = ByteBuffer.allocate(CHECKSUM_BYTES + body.length)
                .putInt(checksum(committed, body))
                .put(body)
                .array();
        return "" + VERSION + form + Base64.getUrlEncoder().withoutPadding().encodeToString(checked);
    }

    private static int checksum(long committed, byte[] body) {
        CRC32C sum = new CRC32C();
        sum.update(ByteBuffer.allocate(Long.BYTES).putLong(committed).flip());
        sum.update(body);
        return (int) sum.getValue();
    }

    /**
     * Longest text of a set of at most so many runs in so many offsets.
     *
     * @param span offsets from the committed one to the last that can be complete
     */
    static long worstLength(long runs, long span) {
        long body = Math.min(RunLengths.worstBytes(runs, span), OffsetBitmap.bytes(span));
        return 2 + ((CHECKSUM_BYTES + body) * 4 + 2) / 3;
    }

    static RestoredOffsets decode(long committed, String metadata, long logEnd, int maxBytes) {
        if (metadata.isEmpty()) {
            return new RestoredOffsets(new CompletedOffsets(committed), Optional.empty());
        }
        try {
            return new RestoredOffsets(
                    new CompletedOffsets(committed, runs(committed, metadata, logEnd, maxBytes)), Optional.empty());
        } catch (DamagedMetadataException e) {
            return new RestoredOffsets(new CompletedOffsets(committed), Optional.of(e.sentence()));
        }
    }

    private static List<OffsetRun> runs(long committed, String metadata, long logEnd, int maxBytes)
            throws DamagedMetadataException {
        if (metadata.length() > maxBytes) {
            throw new DamagedMetadataException("it has " + metadata.length() + " bytes, more than " + maxBytes);
        }
        if (metadata.length() < 2 || metadata.charAt(0) != VERSION) {
            throw new DamagedMetadataException("it is not of version " + VERSION);
        }
        byte[] body = body(committed, metadata);
        List<OffsetRun> runs = switch (metadata.charAt(1)) {
            case LENGTHS -> RunLengths.decode(committed, body);
            case BITMAP -> OffsetBitmap.decode(committed, body);
            default -> throw new DamagedMetadataException("its form is unknown");
        };
        if (runs.isEmpty()) {
            throw new DamagedMetadataException("it holds no offset");
        }
        if (runs.getLast().end() > logEnd) {
            throw new DamagedMetadataException(
                    "it holds offsets from " + logEnd + " on, which the partition does not have");
        }
        return runs;
    }

    private static byte[] body(long committed, String metadata) throws DamagedMetadataException {
        byte[] checked;
        try {
            checked = Base64.getUrlDecoder().decode(metadata.substring(2));
        } catch (IllegalArgumentException e) {
            throw new DamagedMetadataException("it is not Base64");
        }
        if (checked.length <= CHECKSUM_BYTES) {
            throw new DamagedMetadataException("it ends too soon");
        }
        byte[] body = Arrays.copyOfRange(checked, CHECKSUM_BYTES, checked.length);
        if (ByteBuffer.wrap(checked).getInt() != checksum(committed, body)) {
            throw new DamagedMetadataException(
                    "its checksum does not fit, or it belongs to another offset than " + committed);
        }
        return body;
    }
}
