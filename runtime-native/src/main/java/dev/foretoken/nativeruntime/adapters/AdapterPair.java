package dev.foretoken.nativeruntime.adapters;

import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;

/** What an adapter has for one module: {@code down} [rank, inputs] and {@code up} [outputs, rank], checked. */
record AdapterPair(AdapterModule module, StoredTensor down, StoredTensor up, int rank, float scale) {

    /** Once packed, at most. */
    long bytes() {
        long bytes = 0;
        for (AdapterPlace place : module.places()) {
            long floats =
                    DensePanels.elements(place.type(), rank, place.matrix().columns())
                            + DensePanels.elements(place.type(), place.matrix().rows(), rank);
            bytes += floats * place.type().bytes();
        }
        return bytes;
    }
}
