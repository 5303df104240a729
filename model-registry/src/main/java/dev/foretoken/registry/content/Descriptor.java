package dev.foretoken.registry.content;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Names one blob, as an OCI content descriptor does.
 *
 * @param mediaType what the bytes are, {@code type/subtype}
 * @param size in bytes, at least 0
 * @param annotations whatever its maker wants to say; at most {@value Annotations#MOST}
 */
public record Descriptor(String mediaType, Digest digest, long size, Map<String, String> annotations) {

    private static final Pattern MEDIA_TYPE =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}");

    /** @throws ForetokenException CONFIG_INVALID for a negative size, a malformed media type or annotations over the limits */
    public Descriptor {
        annotations = Annotations.checked(annotations);
        if (!MEDIA_TYPE.matcher(mediaType).matches()) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "media type " + Quoted.of(mediaType) + ", must be TYPE/SUBTYPE");
        }
        if (size < 0) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "size " + size + " of " + digest + ", must be at least 0");
        }
    }

    public Descriptor(String mediaType, Digest digest, long size) {
        this(mediaType, digest, size, Map.of());
    }
}
