package dev.foretoken.nativeruntime.plan;

import java.util.List;

/** A weight that is held as one matrix. Equal ones share one copy. */
public sealed interface Matrix extends Weight permits MatrixRef, JoinedColumns, StackedRows, ExpandedProduct {

    @Override
    default List<Matrix> packed() {
        return List.of(this);
    }

    /** The name of the tensor, or of the first one. */
    default String tensor() {
        return matrices().getFirst().tensor();
    }
}
