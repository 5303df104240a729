package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.onnxruntime.artifact.Pooling;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes one vector of those of a text's tokens, of which padding is none. */
final class TokenPooling {

    private final FloatValues vectors;
    private final @Nullable FloatValues mask;
    private final int tokens;
    private final int width;

    private TokenPooling(Tensor vectors, @Nullable Tensor mask, int tokens) {
        this.vectors = FloatValues.of(vectors);
        this.mask = mask == null ? null : FloatValues.of(mask);
        this.tokens = tokens;
        this.width = Math.toIntExact(vectors.shape().getLast());
    }

    /**
     * @param source [batch, tokens, width], or [batch, width] for {@link Pooling#NONE}
     * @param mask [batch, tokens], 0 for padding; null = no token is
     * @return fp32 [batch, width]
     */
    static Tensor pool(String name, Tensor source, @Nullable Tensor mask, Pooling pooling, boolean normalize) {
        int rows = Math.toIntExact(source.shape().getFirst());
        int tokens =
                pooling == Pooling.NONE ? 1 : Math.toIntExact(source.shape().get(1));
        TokenPooling rest = new TokenPooling(source, pooling == Pooling.NONE ? null : mask, tokens);
        float[] pooled = new float[Math.multiplyExact(rows, rest.width)];
        for (int row = 0; row < rows; row++) {
            float[] vector = rest.row(row, pooling);
            if (normalize) {
                normalize(vector);
            }
            System.arraycopy(vector, 0, pooled, row * rest.width, rest.width);
        }
        return new Tensor(
                name, ElementType.FP32, List.of((long) rows, (long) rest.width), MemorySegment.ofArray(pooled));
    }

    private float[] row(int row, Pooling pooling) {
        return switch (pooling) {
            case NONE -> token(row, 0);
            case CLS -> token(row, first(row));
            case LAST -> token(row, last(row));
            case MEAN -> mean(row);
        };
    }

    private float[] mean(int row) {
        float[] sum = new float[width];
        int counted = 0;
        for (int token = 0; token < tokens; token++) {
            if (isText(row, token)) {
                vectors.addTo(sum, at(row, token));
                counted++;
            }
        }
        for (int i = 0; i < width; i++) {
            sum[i] /= Math.max(1, counted);
        }
        return sum;
    }

    private int first(int row) {
        int token = 0;
        while (token < tokens - 1 && !isText(row, token)) {
            token++;
        }
        return token;
    }

    private int last(int row) {
        int token = tokens - 1;
        while (token > 0 && !isText(row, token)) {
            token--;
        }
        return token;
    }

    private boolean isText(int row, int token) {
        return mask == null || mask.at((long) row * tokens + token) != 0;
    }

    private float[] token(int row, int token) {
        float[] vector = new float[width];
        if (tokens > 0) {
            vectors.addTo(vector, at(row, token));
        }
        return vector;
    }

    private long at(int row, int token) {
        return ((long) row * tokens + token) * width;
    }

    private static void normalize(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        if (squares == 0) {
            Arrays.fill(vector, 0);
            return;
        }
        float scale = (float) (1 / Math.sqrt(squares));
        for (int i = 0; i < vector.length; i++) {
            vector[i] *= scale;
        }
    }
}
