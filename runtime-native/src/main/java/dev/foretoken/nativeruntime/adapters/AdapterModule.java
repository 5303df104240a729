package dev.foretoken.nativeruntime.adapters;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.LowRankProduct;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A stored linear map [outputs, inputs], or [inputs, outputs] where {@code transposed}, that adapters can change, and where it is used. */
final class AdapterModule {

    private final String name;
    private final long rows;
    private final long width;
    private final List<AdapterPlace> places = new ArrayList<>();
    private final Set<MatrixRef> views = new HashSet<>();
    private final boolean transposed;
    private String flaw = "";

    AdapterModule(String name, MatrixRef first) {
        this.name = name;
        this.rows = first.shape().getFirst();
        this.width = first.shape().getLast();
        this.transposed = first.view().columnStride() != 1;
    }

    /** Adds a use; the tensor has two dimensions. What cannot be followed is refused when an adapter asks for it. */
    void use(MatrixRef ref, LowRankProduct product, FloatType type) {
        MatrixRef.View view = ref.view();
        boolean turned = view.columnStride() != 1;
        long along = turned ? view.columnStride() : view.rowStride();
        boolean plain = turned == transposed && (turned ? along == width : along % width == 0);
        if (!views.add(ref)) {
            flaw = "is shared by several layers, each of which may have an adapter of its own";
        }
        if (!plain) {
            flaw = "is read in several ways, which adapters cannot follow";
        }
        if (!flaw.isEmpty()) {
            return;
        }
        int[] outputs = new int[ref.rows()];
        for (int row = 0; row < outputs.length; row++) {
            long at = view.offset() + row * view.rowStride();
            outputs[row] = (int) (turned ? at % width : at / width);
        }
        int firstInput = (int) (turned ? view.offset() / width : view.offset() % width);
        places.add(new AdapterPlace(product, type, outputs, firstInput, ref));
    }

    String name() {
        return name;
    }

    boolean transposed() {
        return transposed;
    }

    int outputs() {
        return (int) (transposed ? width : rows);
    }

    int inputs() {
        return (int) (transposed ? rows : width);
    }

    List<AdapterPlace> places() {
        return places;
    }

    /** Else a part of what an adapter adds would be lost. */
    void requireWhole() {
        if (!flaw.isEmpty()) {
            throw unsupported(flaw);
        }
        long used = views.stream().mapToLong(MatrixRef::elements).sum();
        if (used != rows * width) {
            throw unsupported("is only in part a linear map, so an adapter of it would be lost in part");
        }
    }

    private ForetokenException unsupported(String what) {
        return new ForetokenException(ErrorCode.MODEL_UNSUPPORTED, "Module %s of this model %s".formatted(name, what));
    }
}
