package dev.foretoken.nativeruntime.adapters;

import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.LowRankProduct;
import dev.foretoken.nativeruntime.plan.Linear;
import java.util.List;

/**
 * Linear maps over one input, and what adapters add to each.
 *
 * @param types of each map: how matrices of adapters are kept
 */
record AdapterSite(List<Linear> linears, List<FloatType> types, List<LowRankProduct> products) {
    AdapterSite {
        linears = List.copyOf(linears);
        types = List.copyOf(types);
        products = List.copyOf(products);
    }
}
