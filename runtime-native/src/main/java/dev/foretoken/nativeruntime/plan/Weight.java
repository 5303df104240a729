package dev.foretoken.nativeruntime.plan;

import java.util.List;

/**
 * What a linear map multiplies with: a matrix [rows = outputs, columns = inputs] that is held as one, or as the matrices that it is the product
 * or the union of.
 */
public sealed interface Weight permits Matrix, LowRank, SparseProduct, JoinedRows {

    int rows();

    int columns();

    /** Everything of tensors that it is made of. */
    List<MatrixRef> matrices();

    /** What is packed for it, in an order that {@link #rows} and {@link #columns} keep. */
    List<Matrix> packed();

    /** Numbers per token that lie between its products; 0 where it is one product. */
    default int between() {
        return 0;
    }

    /** Some of the outputs, from {@code first} on. */
    Weight rows(int first, int count);

    /** The same map of some of the inputs. */
    Weight columns(int first, int count);
}
