package dev.foretoken.registry.parts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a file consists of whose parts are files of their own, so that files which have parts in common can share them. It is at {@code
 * NAME.parts} in place of {@code NAME}; a part is at {@code parts/HEX} beside it.
 *
 * <pre>{@code
 * {"size": 81, "digest": "sha256:HEX", "parts": [{"hex": "HEX", "size": 80}, {"hex": "HEX", "size": 1}]}
 * }</pre>
 *
 * @param size of the whole file; the parts add up to it
 * @param digest of the whole file
 * @param parts in order, at least one
 */
public record PartList(long size, String digest, List<Part> parts) {

    /** What follows the name of the whole file. */
    public static final String SUFFIX = ".parts";

    /** The folder of the parts. */
    public static final String FOLDER = "parts";

    /** A file has at most so many. */
    public static final int MAX_PARTS = 20_000;

    private static final long MAX_BYTES = 4L << 20;
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(4)
                            .maxNumberLength(20)
                            .maxStringLength(256)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * One part.
     *
     * @param hex SHA-256 of its bytes; the name of its file
     * @param size at least 1
     */
    public record Part(String hex, long size) {
        public Part {
            if (!HEX.matcher(hex).matches() || size < 1) {
                throw new IllegalArgumentException("a part has 64 hexadecimal digits and at least 1 byte");
            }
        }

        /** Where it is, for a list in {@code folder}. */
        public Path in(Path folder) {
            return folder.resolve(FOLDER).resolve(hex);
        }
    }

    public PartList {
        parts = List.copyOf(parts);
        if (parts.isEmpty()
                || parts.size() > MAX_PARTS
                || !DIGEST.matcher(digest).matches()) {
            throw new IllegalArgumentException("a file has 1 to %d parts and a digest sha256:HEX".formatted(MAX_PARTS));
        }
        if (sum(parts) != size) {
            throw new IllegalArgumentException("the parts have %d bytes, the file %d".formatted(sum(parts), size));
        }
    }

    private static long sum(List<Part> parts) {
        try {
            long sum = 0;
            for (Part part : parts) {
                sum = Math.addExact(sum, part.size());
            }
            return sum;
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("the parts have more bytes than a file can have", e);
        }
    }

    /** Where the list for a file is. */
    public static Path besides(Path file) {
        return file.resolveSibling(file.getFileName() + SUFFIX);
    }

    /** Whether a file is there as parts and not by itself. Links are not followed. */
    public static boolean standsFor(Path file) {
        return file.getFileName() != null
                && !Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                && Files.isRegularFile(besides(file), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Reads the list for a file.
     *
     * @throws ForetokenException MODEL_FILE_CORRUPT, naming the list
     */
    public static PartList of(Path file) {
        Path path = besides(file);
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw corrupt(
                        path.getFileName() + " has more than " + MAX_BYTES + " bytes, which no list of parts has");
            }
            return parse(String.valueOf(path.getFileName()), Files.readAllBytes(path));
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, path.getFileName() + " cannot be read", e);
        }
    }

    /**
     * Parses and checks.
     *
     * @param name for messages
     * @throws ForetokenException MODEL_FILE_CORRUPT
     */
    public static PartList parse(String name, byte[] json) {
        try {
            JsonNode root = JSON.readTree(json);
            List<Part> parts = new ArrayList<>();
            for (JsonNode part : root.path("parts")) {
                parts.add(new Part(text(part, "hex"), size(part)));
            }
            return new PartList(size(root), text(root, "digest"), parts);
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, name + " is damaged: it is not valid JSON", e);
        } catch (IllegalArgumentException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, name + " is damaged: " + e.getMessage(), e);
        }
    }

    private static String text(JsonNode object, String field) {
        JsonNode value = object.path(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException("it has no text \"%s\"".formatted(field));
        }
        return value.textValue();
    }

    private static long size(JsonNode object) {
        JsonNode value = object.path("size");
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new IllegalArgumentException("it has no whole number \"size\"");
        }
        return value.longValue();
    }

    /** The list as it is stored. */
    public byte[] json() {
        ObjectNode root = JSON.createObjectNode();
        root.put("size", size).put("digest", digest);
        ArrayNode list = root.putArray("parts");
        parts.forEach(part -> list.addObject().put("hex", part.hex()).put("size", part.size()));
        return (root + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static ForetokenException corrupt(String message) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, message);
    }
}
