package dev.foretoken.registry.gguf.export;

import dev.foretoken.registry.gguf.ValueType;
import java.util.List;

/** A metadata value to be written. */
sealed interface MetaValue {

    ValueType type();

    /** Unsigned, 32 bits. */
    record Whole(int value) implements MetaValue {
        @Override
        public ValueType type() {
            return ValueType.UINT32;
        }
    }

    record Real(float value) implements MetaValue {
        @Override
        public ValueType type() {
            return ValueType.FLOAT32;
        }
    }

    record Flag(boolean value) implements MetaValue {
        @Override
        public ValueType type() {
            return ValueType.BOOL;
        }
    }

    record Text(String value) implements MetaValue {
        @Override
        public ValueType type() {
            return ValueType.STRING;
        }
    }

    record Texts(List<String> values) implements MetaValue {
        @Override
        public ValueType type() {
            return ValueType.ARRAY;
        }
    }

    record Wholes(List<Integer> values) implements MetaValue {
        @Override
        public ValueType type() {
            return ValueType.ARRAY;
        }
    }

    record Reals(List<Float> values) implements MetaValue {
        @Override
        public ValueType type() {
            return ValueType.ARRAY;
        }
    }
}
