package dev.foretoken.nativeruntime.reader;

import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.registry.gguf.GgufFile;

/**
 * The tensors of one layer of a GGUF file. Which of them a layer has says what it computes: metadata do not.
 *
 * @param prefix what stands before their names
 * @param epsilon of norms
 */
record GgufLayer(GgufFile file, String prefix, float epsilon) {

    boolean has(String tensor) {
        return file.tensor(prefix + tensor).isPresent();
    }

    /** With the bias that the file has, if any. */
    Linear linear(String name, int outputs, int inputs) {
        return new Linear(
                new MatrixRef(prefix + name + ".weight", outputs, inputs),
                has(name + ".bias") ? new VectorRef(prefix + name + ".bias", outputs) : null);
    }

    Norm norm(String tensor, int width) {
        return Norm.rms(vector(tensor, width), epsilon);
    }

    VectorRef vector(String tensor, long... shape) {
        return VectorRef.all(prefix + tensor, shape);
    }

    /** A map to one number, which is stored as a vector. */
    Linear toOne(String name, int inputs) {
        VectorRef weight = vector(name + ".weight", inputs);
        MatrixRef.View view = new MatrixRef.View(0, inputs, 1);
        return new Linear(new MatrixRef(weight.tensor(), weight.shape(), view, 1, inputs), null);
    }
}
