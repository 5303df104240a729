package dev.foretoken.onnxruntime.session.capi;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The function table as the maker's compiler laid it out: ONNX Runtime's archive has a library for macOS whose symbols are not stripped, so that
 * each entry's address has a name, and each name, in the Itanium C++ ABI, its parameters. The table is the same for every system.
 */
final class MakersTable {

    private static final String LIBRARY = "/ai/onnxruntime/native/osx-aarch64/libonnxruntime.dylib";
    private static final String TABLE = "__ZL15ort_api_1_to_" + OrtApi.VERSION;
    private static final String FUNCTION = "__ZN7OrtApis";
    /** Mach-O: the header, and the two load commands that are read here. */
    private static final int HEADER_BYTES = 32;

    private static final int SEGMENT = 0x19;
    private static final int SYMBOLS = 2;
    private static final int SYMBOL_BYTES = 16;
    /** Of a pointer in a library that was not loaded yet; above is where the next one lies. */
    private static final long ADDRESS = (1L << 36) - 1;

    private final ByteBuffer file;
    private final Map<Long, String> functions = new HashMap<>();
    private long table = -1;

    private MakersTable(byte[] library) {
        file = ByteBuffer.wrap(library).order(ByteOrder.LITTLE_ENDIAN);
        for (int command : commands(SYMBOLS)) {
            readSymbols(file.getInt(command + 8), file.getInt(command + 12), file.getInt(command + 16));
        }
    }

    /** Empty for an archive without that library, as that of the CUDA build is. */
    static Optional<MakersTable> read() throws IOException {
        try (InputStream in = OrtEnvironment.class.getResourceAsStream(LIBRARY)) {
            return in == null ? Optional.empty() : Optional.of(new MakersTable(in.readAllBytes()));
        }
    }

    private List<Integer> commands(int kind) {
        List<Integer> found = new ArrayList<>();
        int at = HEADER_BYTES;
        for (int i = 0; i < file.getInt(16); i++) {
            if (file.getInt(at) == kind) {
                found.add(at);
            }
            at += file.getInt(at + 4);
        }
        return found;
    }

    private void readSymbols(int symbols, int count, int texts) {
        for (int i = 0; i < count; i++) {
            int symbol = symbols + SYMBOL_BYTES * i;
            String name = text(texts + file.getInt(symbol));
            if (name.equals(TABLE)) {
                table = file.getLong(symbol + 8);
            } else if (name.startsWith(FUNCTION)) {
                functions.put(file.getLong(symbol + 8), name.substring(FUNCTION.length()));
            }
        }
    }

    private String text(int at) {
        int end = at;
        while (file.get(end) != 0) {
            end++;
        }
        return new String(file.array(), at, end - at, StandardCharsets.US_ASCII);
    }

    private int offset(long address) {
        for (int command : commands(SEGMENT)) {
            long from = address - file.getLong(command + 24);
            if (from >= 0 && from < file.getLong(command + 48)) {
                return Math.toIntExact(file.getLong(command + 40) + from);
            }
        }
        throw new NoSuchElementException("the library has no bytes for " + address);
    }

    /** The function at a place: its name, and its parameters as in {@link OrtFunction}. */
    Function at(int place) {
        long address = file.getLong(offset(table) + Long.BYTES * place) & ADDRESS;
        String mangled = functions.get(address);
        if (mangled == null) {
            throw new NoSuchElementException("entry " + place + " of the table has no name");
        }
        int digits = digits(mangled, 0);
        int end = digits + Integer.parseInt(mangled.substring(0, digits));
        return new Function(mangled.substring(digits, end), parameters(mangled.substring(end + 1)));
    }

    private static int digits(String text, int from) {
        int end = from;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static String parameters(String mangled) {
        StringBuilder kinds = new StringBuilder();
        int at = 0;
        while (at < mangled.length()) {
            int type = at;
            while ("PK".indexOf(mangled.charAt(type)) >= 0) {
                type++;
            }
            int end = end(mangled, type);
            String shown = mangled.substring(at, end);
            kinds.append(kind(shown));
            at = end;
        }
        return kinds.toString();
    }

    /** Where the type ends: a name after its length, one that was there before, or a letter. */
    private static int end(String mangled, int type) {
        int digits = digits(mangled, type);
        if (digits > type) {
            return digits + Integer.parseInt(mangled.substring(type, digits));
        }
        return mangled.charAt(type) == 'S' ? mangled.indexOf('_', type) + 1 : type + 1;
    }

    /** What is named and no pointer is an enumeration; what was there before is a pointer. */
    private static String kind(String type) {
        return switch (type.charAt(0)) {
            case 'P', 'S', 'm', 'x' -> "p";
            case 'v' -> "";
            default -> "i";
        };
    }

    record Function(String name, String parameters) {}
}
