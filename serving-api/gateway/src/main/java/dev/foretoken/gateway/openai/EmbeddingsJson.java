package dev.foretoken.gateway.openai;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.encode.EncodedRows;
import dev.foretoken.gateway.json.JsonWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

/** OpenAI's answer to a request for vectors. */
public final class EmbeddingsJson {

    /** How far from 1 the length of a vector may be that its model has normalized. */
    private static final double UNIT_TOLERANCE = 1e-3;

    private EmbeddingsJson() {}

    /** @throws ForetokenException INVALID_REQUEST when the vectors have fewer numbers than were asked for */
    public static void write(JsonWriter out, EmbeddingRequest request, String model, EncodedRows encoded) {
        out.raw("{\"object\":\"list\",\"data\":[");
        for (int i = 0; i < encoded.rows().size(); i++) {
            out.comma(i).raw("{\"object\":\"embedding\",\"index\":").number(i).raw(",\"embedding\":");
            float[] vector = shortened(encoded.rows().get(i), request.dimensions());
            if (request.base64()) {
                out.raw("\"").raw(Base64.getEncoder().encode(bytes(vector))).raw("\"}");
            } else {
                numbers(out, vector);
                out.raw("}");
            }
        }
        out.raw("],\"model\":").string(model);
        usage(out.raw(",\"usage\":"), encoded.tokens());
        out.raw("}");
    }

    /** The first numbers of a vector that was trained to be cut (Matryoshka); one of length 1 gets that length again. */
    private static float[] shortened(float[] vector, int dimensions) {
        if (dimensions == 0 || dimensions == vector.length) {
            return vector;
        }
        if (dimensions > vector.length) {
            throw ForetokenException.invalid(
                    "dimensions", "dimensions=" + dimensions + ", the model's vectors have " + vector.length);
        }
        float[] out = java.util.Arrays.copyOf(vector, dimensions);
        double length = length(out);
        if (Math.abs(length(vector) - 1) < UNIT_TOLERANCE && length > 0) {
            for (int i = 0; i < out.length; i++) {
                out[i] = (float) (out[i] / length);
            }
        }
        return out;
    }

    private static double length(float[] vector) {
        double sum = 0;
        for (float each : vector) {
            sum += (double) each * each;
        }
        return Math.sqrt(sum);
    }

    private static byte[] bytes(float[] vector) {
        ByteBuffer out = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.asFloatBuffer().put(vector);
        return out.array();
    }

    static void numbers(JsonWriter out, float[] values) {
        out.raw("[");
        for (int i = 0; i < values.length; i++) {
            number(out.comma(i), values[i]);
        }
        out.raw("]");
    }

    /** JSON has no other numbers; a model that makes them is at fault. */
    static void number(JsonWriter out, float value) {
        if (!Float.isFinite(value)) {
            throw new IllegalStateException("the model has answered with " + value);
        }
        out.raw(Float.toString(value));
    }

    static void usage(JsonWriter out, long tokens) {
        out.raw("{\"prompt_tokens\":")
                .number(tokens)
                .raw(",\"total_tokens\":")
                .number(tokens)
                .raw("}");
    }
}
