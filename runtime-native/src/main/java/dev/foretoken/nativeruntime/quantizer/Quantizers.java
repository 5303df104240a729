package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.build.VariantBuilder;
import java.util.List;

/** Every method of this package. */
public final class Quantizers {

    private Quantizers() {}

    /** The plain ones first. */
    public static List<VariantBuilder> all() {
        return List.of(
                new NearestBuilder(),
                new EightBitBuilder(),
                new BlockwiseBuilder(),
                new AwqBuilder(),
                new GptqBuilder(),
                new GgufBuilder(),
                new CacheBuilder());
    }
}
