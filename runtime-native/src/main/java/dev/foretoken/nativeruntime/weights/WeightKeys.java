package dev.foretoken.nativeruntime.weights;

import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.plan.Matrix;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.SparseProduct;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.util.ArrayList;
import java.util.List;

/** What the weights of one source are called in a pool when they are packed in one way. */
record WeightKeys(WeightSource source, String packing) {

    static WeightKeys of(WeightSource source, Weights encoding, Kernels kernels) {
        return new WeightKeys(source, encoding.name() + " " + kernels.path());
    }

    WeightPool.Key product(Matrix matrix, boolean exact) {
        return of(exact ? WeightPool.Use.EXACT : WeightPool.Use.PRODUCT, matrix, matrix.matrices());
    }

    WeightPool.Key table(MatrixRef ref) {
        return of(WeightPool.Use.TABLE, ref, List.of(ref));
    }

    WeightPool.Key sparse(SparseProduct product) {
        List<Object> origins = new ArrayList<>(origins(product.matrices()));
        origins.add(source.origin(product.places().tensor()));
        return new WeightPool.Key(origins, product, WeightPool.Use.SPARSE, packing);
    }

    /** However matrices are packed. */
    WeightPool.Key vector(VectorRef ref) {
        return new WeightPool.Key(List.of(source.origin(ref.tensor())), ref, WeightPool.Use.VECTOR, "");
    }

    private WeightPool.Key of(WeightPool.Use use, Object what, List<MatrixRef> of) {
        return new WeightPool.Key(origins(of), what, use, packing);
    }

    private List<Object> origins(List<MatrixRef> of) {
        return of.stream().map(ref -> source.origin(ref.tensor())).toList();
    }
}
