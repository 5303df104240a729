package dev.foretoken.registry.ingest.onnx;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;

/**
 * A tensor whose bytes are in a file of their own.
 *
 * @param tensor its name, fit for messages
 * @param location of the file, as it is written: not checked
 * @param offset of the first byte
 * @param length in bytes; -1 where none is given
 * @param expected bytes by shape and type; -1 for a type whose size is not known
 */
public record ExternalTensor(String tensor, String location, long offset, long length, long expected) {

    /** @throws ForetokenException MODEL_FILE_CORRUPT when the tensor is not within {@code fileBytes} or not as large as it should be */
    public void requireWithin(long fileBytes) {
        if (offset > fileBytes) {
            throw corrupt("tensor %s begins at byte %d of a file of %d bytes".formatted(tensor, offset, fileBytes));
        }
        long there = fileBytes - offset;
        if (length > there) {
            throw corrupt("tensor %s takes %d bytes from %d on, in a file of %d bytes"
                    .formatted(tensor, length, offset, fileBytes));
        }
        long bytes = length < 0 ? there : length;
        if (expected > bytes || (length >= 0 && expected >= 0 && expected != length)) {
            throw corrupt("tensor %s has %d bytes, but its shape takes %d".formatted(tensor, bytes, expected));
        }
    }

    private static ForetokenException corrupt(String message) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, message);
    }
}
