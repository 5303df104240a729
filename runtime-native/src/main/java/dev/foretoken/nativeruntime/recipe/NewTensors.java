package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.PlaceRef;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.util.List;

/** Tensors that a plan names, as what is to be made. */
final class NewTensors {

    private NewTensors() {}

    static Making.NewTensor of(MatrixRef ref) {
        return new Making.NewTensor(ref.tensor(), ref.shape());
    }

    static Making.NewTensor of(VectorRef ref) {
        return new Making.NewTensor(ref.tensor(), ref.shape());
    }

    static Making.NewTensor of(PlaceRef ref) {
        return new Making.NewTensor(ref.tensor(), List.of((long) ref.storedRows(), (long) ref.terms()));
    }
}
