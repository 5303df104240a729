package dev.foretoken.registry.ingest.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One TensorProto: shape, type, and where its bytes are; the bytes themselves are skipped. */
final class TensorFields {

    private static final int DIMENSIONS = 1;
    private static final int TYPE = 2;
    private static final int NAME = 8;
    private static final int RAW = 9;
    private static final int EXTERNAL = 13;
    private static final int PLACE = 14;
    private static final int MAX_DIMENSIONS = 64;
    private static final int MAX_TEXT = 4096;
    private static final int ELSEWHERE = 1;

    /** Bits of an element by the number of its type; 0 where they vary or are not known. */
    private static final int[] BITS = {
        0, 32, 8, 8, 16, 16, 32, 64, 0, 8, 16, 64, 32, 64, 64, 128, 16, 8, 8, 8, 8, 4, 4, 4, 8, 2, 2
    };

    private final CodedInputStream in;
    private final Map<String, String> entries = new HashMap<>();
    private String name = "";
    private long elements = 1;
    private int dimensions;
    private int type;
    private int place;
    private long raw = -1;

    private TensorFields(CodedInputStream in) {
        this.in = in;
    }

    /** Reads to the end of the message. */
    static TensorFields read(CodedInputStream in) throws IOException {
        TensorFields fields = new TensorFields(in);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            fields.field(tag);
        }
        TensorWalk.requireEnd(in);
        fields.requireRawAsShaped();
        return fields;
    }

    private void field(int tag) throws IOException {
        int wire = WireFormat.getTagWireType(tag);
        boolean counted = wire == WireFormat.WIRETYPE_LENGTH_DELIMITED;
        switch (WireFormat.getTagFieldNumber(tag)) {
            case DIMENSIONS -> dimensions(counted);
            case TYPE -> type = whole(wire);
            case NAME -> name = text(counted, "a tensor's name");
            case RAW -> raw(counted);
            case EXTERNAL -> entry(counted);
            case PLACE -> place = whole(wire);
            default -> {
                TensorWalk.requireNoGroup(wire);
                in.skipField(tag);
            }
        }
    }

    private void dimensions(boolean packed) throws IOException {
        if (!packed) {
            dimension(in.readInt64());
            return;
        }
        int outer = in.pushLimit(in.readRawVarint32());
        while (!in.isAtEnd()) {
            dimension(in.readInt64());
        }
        in.popLimit(outer);
    }

    private void dimension(long size) {
        if (size < 0 || ++dimensions > MAX_DIMENSIONS) {
            throw damaged("has a dimension that is not a size, or more than %d of them".formatted(MAX_DIMENSIONS));
        }
        try {
            elements = Math.multiplyExact(elements, size);
        } catch (ArithmeticException e) {
            throw damaged("has more elements than a file can have");
        }
    }

    private int whole(int wire) throws IOException {
        if (wire != WireFormat.WIRETYPE_VARINT) {
            throw damaged("has a number that is none");
        }
        return in.readInt32();
    }

    private void raw(boolean counted) throws IOException {
        int bytes = length(counted);
        raw = bytes;
        in.skipRawBytes(bytes);
    }

    private int length(boolean counted) throws IOException {
        int bytes = counted ? in.readRawVarint32() : -1;
        if (bytes < 0) {
            throw damaged("has bytes without a length");
        }
        return bytes;
    }

    private String text(boolean counted, String what) throws IOException {
        int bytes = length(counted);
        if (bytes > MAX_TEXT) {
            throw damaged("has %s of %d bytes, at most %d are read".formatted(what, bytes, MAX_TEXT));
        }
        return new String(in.readRawBytes(bytes), StandardCharsets.UTF_8);
    }

    /** A key and a value. */
    private void entry(boolean counted) throws IOException {
        int outer = in.pushLimit(length(counted));
        String key = "";
        String value = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            boolean text = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> key = text(text, "a key");
                case 2 -> value = text(text, "a value");
                default -> throw damaged("has a field in its external data that is neither key nor value");
            }
        }
        TensorWalk.requireEnd(in);
        in.popLimit(outer);
        if (entries.put(key, value) != null) {
            throw damaged("says twice what the %s of its external data is".formatted(printable(key)));
        }
    }

    private void requireRawAsShaped() {
        long expected = expected();
        if (raw >= 0 && expected >= 0 && raw != expected && place != ELSEWHERE) {
            throw damaged("has %d bytes, but its shape takes %d".formatted(raw, expected));
        }
    }

    /** Bytes by shape and type; -1 where the type does not say. */
    private long expected() {
        int bits = type > 0 && type < BITS.length ? BITS[type] : 0;
        if (bits == 0) {
            return -1;
        }
        try {
            return Math.addExact(Math.multiplyExact(elements, bits), 7) / 8;
        } catch (ArithmeticException e) {
            throw damaged("has more bytes than a file can have");
        }
    }

    long elements() {
        return elements;
    }

    /** Empty for a tensor whose bytes are here. */
    Optional<ExternalTensor> external() {
        if (place != ELSEWHERE && entries.isEmpty()) {
            return Optional.empty();
        }
        for (String key : entries.keySet()) {
            if (!key.equals("location") && !key.equals("offset") && !key.equals("length") && !key.equals("checksum")) {
                throw damaged("has external data with a %s, which is not known".formatted(printable(key)));
            }
        }
        String location = entries.get("location");
        if (location == null) {
            throw damaged("is in another file, and does not say in which");
        }
        long offset = Math.max(0, number("offset"));
        return Optional.of(new ExternalTensor(printable(name), location, offset, number("length"), expected()));
    }

    private long number(String key) {
        String text = entries.get(key);
        if (text == null) {
            return -1;
        }
        if (!text.matches("[0-9]{1,19}")) {
            throw damaged(
                    "has external data with the %s %s, which is not a number of bytes".formatted(key, printable(text)));
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw damaged("has external data with a %s of more bytes than a file can have".formatted(key));
        }
    }

    private DamagedTensor damaged(String what) {
        return new DamagedTensor("tensor %s %s".formatted(printable(name), what));
    }

    private static String printable(String text) {
        String start = text.length() <= 120 ? text : text.substring(0, 120) + "...";
        return start.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    }
}
