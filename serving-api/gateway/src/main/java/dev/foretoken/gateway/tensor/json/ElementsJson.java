package dev.foretoken.gateway.tensor.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.tensor.ElementReader;
import dev.foretoken.gateway.tensor.ElementWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The field {@code data}: elements in one list or in lists of lists on the way in, in one list on the way out. */
final class ElementsJson {

    private static final String FIELD = "data";

    private ElementsJson() {}

    /** @throws ForetokenException INVALID_REQUEST for lists that are not of the shape, and for what is no element */
    static void read(JsonFields tensor, List<Long> shape, ElementWriter out) {
        JsonNode data = tensor.get(FIELD);
        if (data == null) {
            throw tensor.invalid(FIELD, "is missing; send the elements, or binary_data_size and their bytes");
        }
        if (!(data instanceof ArrayNode list)) {
            throw tensor.wrong(FIELD, "an array", data);
        }
        if (shape.size() > 1 && !list.isEmpty() && list.get(0).isArray()) {
            nested(tensor, list, shape, 0, out);
        } else {
            flat(tensor, list, out);
        }
    }

    private static void nested(JsonFields tensor, ArrayNode list, List<Long> shape, int depth, ElementWriter out) {
        if (list.size() != shape.get(depth)) {
            throw tensor.invalid(
                    FIELD, "has a list of " + list.size() + " at depth " + depth + ", but the shape is " + shape);
        }
        if (depth == shape.size() - 1) {
            flat(tensor, list, out);
            return;
        }
        for (JsonNode element : list) {
            if (!(element instanceof ArrayNode inner)) {
                throw tensor.wrong(FIELD, "lists of lists as deep as the shape " + shape, element);
            }
            nested(tensor, inner, shape, depth + 1, out);
        }
    }

    private static void flat(JsonFields tensor, ArrayNode list, ElementWriter out) {
        for (JsonNode element : list) {
            switch (element.getNodeType()) {
                case BOOLEAN -> out.put(element.booleanValue());
                case STRING -> out.put(element.textValue().getBytes(StandardCharsets.UTF_8));
                case NUMBER -> number(tensor, element, out);
                case ARRAY, OBJECT, NULL, MISSING, BINARY, POJO ->
                    throw tensor.wrong(FIELD, "a list of elements", element);
            }
        }
    }

    private static void number(JsonFields tensor, JsonNode element, ElementWriter out) {
        if (!element.isIntegralNumber()) {
            double value = element.doubleValue();
            if (Double.isInfinite(value)) {
                throw tensor.wrong(FIELD, "a number that fits 64 bits", element);
            }
            out.put(value);
        } else if (element.canConvertToLong()) {
            out.put(element.longValue());
        } else if (element.bigIntegerValue().signum() > 0
                && element.bigIntegerValue().bitLength() <= Long.SIZE) {
            out.putUnsigned(element.bigIntegerValue().longValue());
        } else {
            throw tensor.wrong(FIELD, "a number that fits 64 bits", element);
        }
    }

    /** @throws ForetokenException INVALID_REQUEST for what JSON cannot write: NaN, infinities, bytes that are no text */
    static void write(JsonWriter out, Tensor tensor) {
        ElementReader elements = new ElementReader(tensor);
        out.raw("[");
        for (int i = 0; elements.hasNext(); i++) {
            out.comma(i);
            switch (tensor.type()) {
                case BOOL -> out.raw(elements.integer() != 0 ? "true" : "false");
                case UINT8, UINT16, UINT32, INT8, INT16, INT32, INT64 -> out.number(elements.integer());
                case UINT64 -> out.raw(Long.toUnsignedString(elements.integer()));
                case FP16, BF16, FP32 -> real(out, tensor, i, elements.real());
                case FP64 -> real(out, tensor, i, elements.real64());
                case BYTES -> out.string(text(tensor, i, elements.bytes()));
            }
        }
        out.raw("]");
    }

    private static void real(JsonWriter out, Tensor tensor, int index, float value) {
        if (!Float.isFinite(value)) {
            throw unwritable(tensor, index, Float.toString(value));
        }
        out.raw(Float.toString(value));
    }

    private static void real(JsonWriter out, Tensor tensor, int index, double value) {
        if (!Double.isFinite(value)) {
            throw unwritable(tensor, index, Double.toString(value));
        }
        out.raw(Double.toString(value));
    }

    private static String text(Tensor tensor, int index, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw unwritable(tensor, index, "bytes that are not UTF-8");
        }
    }

    private static ForetokenException unwritable(Tensor tensor, int index, String found) {
        return ForetokenException.invalid(
                "outputs",
                "output '" + tensor.name() + "' has " + found + " as element " + index
                        + ", which JSON cannot write; ask for it with binary_data");
    }
}
