package dev.foretoken.registry.gguf;

import java.lang.foreign.MemorySegment;

/** Reads one metadata value, and walks over the elements of an array without keeping them. */
final class ValueReader {

    /** Far longer than any text of a model. */
    static final int MAX_TEXT_BYTES = 16 << 20;

    private static final int MAX_NESTING = 4;

    private final Cursor cursor;
    private final MemorySegment file;

    ValueReader(Cursor cursor, MemorySegment file) {
        this.cursor = cursor;
        this.file = file;
    }

    GgufValue read(String key) {
        return value(type(key), key, 0);
    }

    private ValueType type(String key) {
        int number = cursor.i32("the type of " + key);
        ValueType[] types = ValueType.values();
        if (number < 0 || number >= types.length) {
            throw cursor.damaged("the value of %s has the unknown type %s; known are 0 to %d"
                    .formatted(key, Integer.toUnsignedString(number), types.length - 1));
        }
        return types[number];
    }

    private GgufValue value(ValueType type, String key, int depth) {
        return switch (type) {
            case UINT8 -> new GgufValue.Whole(type, cursor.i8(key) & 0xFF);
            case INT8 -> new GgufValue.Whole(type, cursor.i8(key));
            case UINT16 -> new GgufValue.Whole(type, cursor.i16(key) & 0xFFFF);
            case INT16 -> new GgufValue.Whole(type, cursor.i16(key));
            case UINT32 -> new GgufValue.Whole(type, Integer.toUnsignedLong(cursor.i32(key)));
            case INT32 -> new GgufValue.Whole(type, cursor.i32(key));
            case UINT64 -> new GgufValue.Whole(type, unsigned(cursor.i64(key)));
            case INT64 -> new GgufValue.Whole(type, cursor.i64(key));
            case FLOAT32 -> new GgufValue.Real(type, Float.intBitsToFloat(cursor.i32(key)));
            case FLOAT64 -> new GgufValue.Real(type, Double.longBitsToDouble(cursor.i64(key)));
            case BOOL -> new GgufValue.Flag(cursor.i8(key) != 0);
            case STRING -> new GgufValue.Text(cursor.string(key, MAX_TEXT_BYTES));
            case ARRAY -> array(key, depth);
        };
    }

    private static long unsigned(long bits) {
        return bits < 0 ? Long.MAX_VALUE : bits;
    }

    private GgufValue.Array array(String key, int depth) {
        ValueType type = type(key);
        int count = cursor.count("the number of values of " + key, type.leastBytes(), Integer.MAX_VALUE);
        long start = cursor.position();
        if (type == ValueType.ARRAY && depth == MAX_NESTING) {
            throw cursor.damaged("the arrays of %s are nested more than %d deep".formatted(key, MAX_NESTING));
        }
        if (type.fixedBytes() > 0) {
            cursor.take((long) count * type.fixedBytes(), key);
        } else {
            for (int i = 0; i < count; i++) {
                skip(type, key, depth + 1);
            }
        }
        return new GgufValue.Array(type, count, file.asSlice(start, cursor.position() - start));
    }

    private void skip(ValueType type, String key, int depth) {
        if (type == ValueType.ARRAY) {
            array(key, depth);
        } else {
            cursor.string(key, MAX_TEXT_BYTES);
        }
    }

    /** The texts of an array of strings, in order. */
    static String[] texts(GgufValue.Array array) {
        String[] texts = new String[array.count()];
        Cursor cursor = new Cursor("the array", array.elements());
        for (int i = 0; i < texts.length; i++) {
            texts[i] = new GgufValue.Text(cursor.string("a text", MAX_TEXT_BYTES)).value();
        }
        return texts;
    }

    /** The numbers of an array of whole or real numbers or of flags, in order. */
    static double[] numbers(GgufValue.Array array) {
        double[] numbers = new double[array.count()];
        ValueReader reader = new ValueReader(new Cursor("the array", array.elements()), array.elements());
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = switch (reader.value(array.elementType(), "a number", 0)) {
                case GgufValue.Whole whole -> whole.value();
                case GgufValue.Real real -> real.value();
                case GgufValue.Flag flag -> flag.value() ? 1 : 0;
                case GgufValue.Text text -> Double.NaN;
                case GgufValue.Array inner -> Double.NaN;
            };
        }
        return numbers;
    }
}
