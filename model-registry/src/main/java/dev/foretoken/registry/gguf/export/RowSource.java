package dev.foretoken.registry.gguf.export;

import java.util.List;
import java.util.Set;

/** The tensors of a checkpoint in the Hugging Face layout, as numbers. For one thread. */
public interface RowSource extends AutoCloseable {

    /** Names as in the checkpoint, such as {@code model.layers.0.mlp.up_proj.weight}. */
    Set<String> names();

    /** One or two sizes: [outputs, inputs] of a matrix. */
    List<Long> shape(String name);

    /**
     * Reads one row of a matrix, or all of a vector.
     *
     * @param row 0 for a vector
     * @param out fp32 [inputs], or [elements] for a vector
     */
    void read(String name, long row, float[] out);

    @Override
    void close();
}
