package dev.foretoken.nativeruntime.compress;

import dev.foretoken.nativeruntime.build.VariantBuilder;
import java.util.List;

/** All methods that write recipes. */
public final class RecipeBuilders {

    private RecipeBuilders() {}

    public static List<VariantBuilder> all() {
        return List.of(
                new KvShareBuilder(),
                new DropBuilder(),
                new FoldBuilder(),
                new LowRankBuilder(),
                new PruneBuilder(),
                new SliceBuilder());
    }
}
